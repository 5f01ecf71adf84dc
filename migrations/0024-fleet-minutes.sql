-- The fleet minute by minute, so that a day of it is 1,440 rows however many hosts there are.

create table fleet_minute (
  minute_ns bigint primary key,
  hosts integer not null,
  unbounded integer not null,
  by_status integer[] not null,
  bucket smallint[] not null,
  bucket_hosts integer[] not null,
  worst_ns bigint,
  constraint fleet_minute_whole check (minute_ns % 60000000000 = 0),
  constraint fleet_minute_statuses check (cardinality(by_status) = 7),
  constraint fleet_minute_buckets check (cardinality(bucket) = cardinality(bucket_hosts))
);

comment on table fleet_minute is 'Made of host_minute when a minute is over, and again when something of it changed later';
comment on column fleet_minute.by_status is 'Hosts of each status, in the order of bound_status';
comment on column fleet_minute.bucket is 'Hosts whose worst error is at most 2^(bucket / 8) ns, and more than that of the bucket below; those without a bound are in none';
comment on column fleet_minute.worst_ns is 'Greatest worst error of those that have a bound; null = none has';

-- Minutes that changed since the fleet's was made. Rows are only added here, so that no report waits for another.
create table fleet_minute_change (minute_ns bigint not null);

create index fleet_minute_change_by_minute on fleet_minute_change (minute_ns);

create function note_minute_change() returns trigger language plpgsql as $$
begin
  insert into fleet_minute_change select distinct minute_ns from changed;
  return null;
end
$$;

create trigger host_minute_added after insert on host_minute
  referencing new table as changed for each statement execute function note_minute_change();
create trigger host_minute_changed after update on host_minute
  referencing new table as changed for each statement execute function note_minute_change();

insert into fleet_minute_change select distinct minute_ns from host_minute;

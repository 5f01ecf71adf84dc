-- A host that says nothing is unknown, not absent: the fleet's minutes count it.

alter table fleet_minute add column silent integer not null default 0;

comment on column fleet_minute.silent is 'Hosts that belonged to the fleet throughout the minute and of which there is none of it; in no other column';
comment on column fleet_minute.hosts is 'Hosts of which there is something of the minute';

-- Those that were made before are made anew, the newest first.
insert into fleet_minute_change select minute_ns from fleet_minute;

-- Signed evidence as it was received, and what is derived from it. Everything below `evidence` can be rebuilt from it.

create table evidence (
  host_id uuid not null references host (id),
  epoch integer not null,
  seq bigint not null,
  hash bytea not null,
  prev_hash bytea not null,
  received_at timestamptz not null default clock_timestamp(),
  body bytea not null,
  signature_base text not null,
  signature bytea not null,
  quarantined text,
  first_utc_ns bigint,
  last_utc_ns bigint,
  primary key (host_id, epoch, seq),
  constraint evidence_hash_length check (octet_length(hash) = 32 and octet_length(prev_hash) = 32),
  constraint evidence_utc_order check (first_utc_ns <= last_utc_ns)
);

comment on column evidence.quarantined is 'Why nothing was derived from a batch that is rightly signed and in sequence; null = it was';
comment on column evidence.first_utc_ns is 'Place of its first reading on the UTC axis, of its sealing when it has none; null = it was quarantined';

create index evidence_by_time on evidence (host_id, last_utc_ns) include (first_utc_ns);

do $$
begin
  if exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any (enumvals)) then
    alter table evidence alter column body set compression lz4;
  end if;
end
$$;

-- In order from best to worst: greatest() of two is the worse.
create type bound_status as enum ('proven', 'unverified', 'holdover', 'conflict', 'no_majority', 'disrupted', 'unknown');

create table host_state (
  host_id uuid primary key references host (id),
  epoch integer not null,
  seq bigint not null,
  changed_xid xid8 not null default pg_current_xact_id(),
  received_at timestamptz,
  unreadable boolean not null default false,
  boot_id text,
  software text,
  policy_version bigint,
  status bound_status not null default 'unknown',
  reason text default 'never_measured',
  as_of_ns bigint,
  as_of_marked boolean not null default false,
  lo_ns bigint,
  hi_ns bigint,
  injected_ns bigint,
  votes integer,
  need integer,
  terms jsonb,
  assumptions jsonb,
  trusting jsonb not null default '[]',
  sources jsonb not null default '[]',
  constraint host_state_bound check ((lo_ns is null) = (hi_ns is null) and lo_ns <= hi_ns)
) with (fillfactor = 50);

comment on table host_state is 'The latest of each host. No index on changed_xid: a busy fleet changes a fifth of the rows in every look, and updates stay in their page';
comment on column host_state.seq is 'Latest batch of the epoch; 0 = none yet';
comment on column host_state.unreadable is 'The latest batch was quarantined; the rest of the row is older';

create table host_minute (
  host_id uuid not null references host (id),
  minute_ns bigint not null,
  lo_ns bigint,
  hi_ns bigint,
  rows integer not null,
  status bound_status not null,
  marked boolean not null,
  primary key (host_id, minute_ns),
  constraint host_minute_bound check ((lo_ns is null) = (hi_ns is null) and lo_ns <= hi_ns),
  constraint host_minute_whole check (minute_ns % 60000000000 = 0)
);

comment on table host_minute is 'Minutes of the UTC estimate: least lower end, greatest upper end, worst status of all readings in them';
comment on column host_minute.marked is 'A reading without an estimate is in it, placed by the time of its receipt';

create table host_event (
  host_id uuid not null references host (id),
  epoch integer not null,
  seq bigint not null,
  ordinal integer not null,
  at_ns bigint not null,
  at_marked boolean not null,
  kind text not null,
  source text,
  detail jsonb not null,
  primary key (host_id, epoch, seq, ordinal)
);

create index host_event_by_time on host_event (host_id, at_ns);

-- What people see of a host is more than its state: a change to the rest is a change of it too.
create function touch_host_state() returns trigger language plpgsql as $$
begin
  update host_state set changed_xid = pg_current_xact_id() where host_id = new.id;
  return null;
end
$$;

create trigger host_changed after update of name, labels, state on host
  for each row execute function touch_host_state();

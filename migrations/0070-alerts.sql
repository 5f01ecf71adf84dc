-- Rules, what they found, and whom it was told.

-- A rule by the name of one that comes with Truebound stands in its place.
create table alert_rule (
  name text primary key,
  body jsonb not null,
  origin text not null,
  who text not null,
  changed_at timestamptz not null default clock_timestamp(),
  constraint alert_rule_origin check (origin in ('file', 'person'))
);

-- Everything else that is set by name: groups, calendars, maintenance windows, channels, profiles.
create table alert_object (
  kind text not null,
  name text not null,
  body jsonb not null,
  origin text not null,
  who text not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (kind, name),
  constraint alert_object_kind check (kind in ('group', 'calendar', 'maintenance', 'channel', 'profile')),
  constraint alert_object_origin check (origin in ('file', 'person'))
);

-- What a file set that lies in tables of its own: policies by their selector, targets by their name.
create table applied (
  kind text not null,
  key text not null,
  primary key (kind, key),
  constraint applied_kind check (kind in ('policy', 'target', 'settings'))
);

create table alert_setting (
  one boolean primary key default true,
  body jsonb not null,
  constraint alert_setting_one check (one)
);

create table silence (
  id bigint generated always as identity primary key,
  name text,
  matchers jsonb not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  who text not null,
  comment text not null,
  origin text not null,
  constraint silence_order check (from_at <= to_at),
  constraint silence_origin check (origin in ('file', 'person'))
);

create index silence_by_end on silence (to_at);
comment on column silence.name is 'By which the file knows it; null = a person made it';

create table incident (
  id bigint generated always as identity primary key,
  cause_kind text not null,
  cause_key text not null,
  cause_name text not null,
  title text not null,
  severity text not null,
  certainty text not null,
  rules text[] not null,
  alerts integer not null,
  hosts integer not null,
  rehearsal boolean not null default false,
  opened_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  resolved_at timestamptz,
  absorbed_by bigint,
  acknowledged_by text,
  acknowledged_at timestamptz,
  silenced_by text,
  notices integer not null default 0,
  told boolean not null default false,
  constraint incident_acknowledged check ((acknowledged_by is null) = (acknowledged_at is null)),
  constraint incident_severity check (severity in ('critical', 'warning', 'info')),
  constraint incident_certainty check (certainty in ('proved_outside', 'cannot_prove', 'no_evidence', 'proved_inside'))
);

create unique index incident_open on incident (cause_key) where (resolved_at is null);
create index incident_by_time on incident (opened_at desc, id desc);
comment on column incident.notices is 'How many were written; the ordinal of the last';
comment on column incident.told is 'A notice of it went out, so its end is told as well, whatever was silenced since';

create table alert (
  id bigint generated always as identity primary key,
  incident_id bigint not null references incident (id),
  rule text not null,
  finding text not null,
  about_host uuid,
  host_name text,
  host_labels jsonb,
  source text,
  subject text not null,
  severity text not null,
  certainty text not null,
  limit_ns bigint,
  lo_ns bigint,
  hi_ns bigint,
  dominant text,
  epoch integer,
  seq bigint,
  words text not null,
  labels jsonb not null,
  runbook text not null,
  since timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  constraint alert_host check ((about_host is null) = (host_name is null) and (about_host is null) = (host_labels is null)),
  constraint alert_bound check ((lo_ns is null) = (hi_ns is null) and lo_ns <= hi_ns)
);

create unique index alert_open on alert (rule, subject) where (ended_at is null);
create index alert_by_incident on alert (incident_id);
create index alert_by_host on alert (about_host, since desc);
comment on column alert.subject is 'Host and source, or what else it is about: one alert of a rule and a subject goes on at a time';

create table incident_entry (
  incident_id bigint not null references incident (id),
  ordinal integer not null,
  at timestamptz not null default clock_timestamp(),
  kind text not null,
  who text,
  words text not null,
  primary key (incident_id, ordinal)
);

-- The outbox: written in the transaction that changed the incident.
create table notice (
  id bigint generated always as identity primary key,
  incident_id bigint not null references incident (id),
  ordinal integer not null,
  kind text not null,
  content jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint notice_place unique (incident_id, ordinal),
  constraint notice_kind check (kind in ('opened', 'changed', 'acknowledged', 'resolved'))
);

create table delivery (
  notice_id bigint not null references notice (id),
  channel text not null,
  incident_id bigint not null,
  ordinal integer not null,
  state text not null default 'due',
  attempts integer not null default 0,
  next_at timestamptz not null default clock_timestamp(),
  delivered_at timestamptz,
  error text,
  primary key (notice_id, channel),
  constraint delivery_state check (state in ('due', 'delivered', 'given_up')),
  constraint delivery_delivered check ((delivered_at is not null) = (state = 'delivered'))
);

create index delivery_due on delivery (channel, incident_id, ordinal) where (state = 'due');
create index delivery_by_incident on delivery (incident_id);
comment on table delivery is 'One channel''s part of a notice; those of an incident go to a channel in the order of their ordinals';

-- How far the judge of alerts has seen: one row, written in each of its transactions.
create table alert_progress (
  one boolean primary key default true,
  mark xid8 not null,
  judged_at timestamptz not null default clock_timestamp(),
  constraint alert_progress_one check (one)
);

-- What agents kept of the minutes around an incident, as they signed it.
create table flight (
  host_id uuid not null,
  incident_id bigint not null,
  received_at timestamptz not null default clock_timestamp(),
  body bytea not null,
  signature_base text not null,
  signature bytea not null,
  primary key (host_id, incident_id),
  constraint flight_signature check (octet_length(signature) = 64)
);

comment on column flight.body is 'As it was signed and sent: deflated JSON';

-- What is asked of an agent with its next receipt, and what its reports answered.
alter table host_state
  add column burst_wanted text,
  add column burst_done text,
  add column flight_wanted bigint,
  add column rehearsal_wanted json,
  add column rehearsal json;

comment on column host_state.burst_wanted is 'Asked to measure anew; null = not, or it did';
comment on column host_state.burst_done is 'The latest such request that its reports answered';
comment on column host_state.flight_wanted is 'The incident for which it is asked what it recorded; null = none, or it came';
comment on column host_state.rehearsal is 'The declared fault that its latest report was made under; null = a real measurement';

-- Found by whoever looks for events, whatever commits when.
alter table host_event add column written_xid xid8 not null default pg_current_xact_id();
create index host_event_by_xid on host_event (written_xid);

-- A notice stays as it was written.
create trigger notice_stays before update on notice
  for each statement execute function refuse_change();

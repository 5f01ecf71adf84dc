-- How long the archive is kept, what was removed of it, and who changed a rule of evidence.

alter table archive_host add column sha256 bytea,
  add constraint archive_host_sha256_length check (octet_length(sha256) = 32);

create index archive_host_by_part on archive_host (day, part, start);

comment on column archive_host.sha256 is 'Of the block; null = written by an older version: the file''s manifest says it';

alter table evidence_rule add column archive_days integer,
  add constraint evidence_rule_archive_days check (archive_days between 0 and 36500);

comment on column evidence_rule.archive_days is 'Batches in the archive go so many days after their receipt; null = never';

alter table archive_part add column going boolean not null default false;

comment on column archive_part.going is 'Nothing is read from it any more, and archive_removal says so; the row goes once the file is gone';

-- What was removed of the archive is here only.
create table archive_removal (
  id bigint generated always as identity primary key,
  day integer not null,
  part integer not null,
  file text not null,
  bytes bigint not null,
  rows bigint not null,
  sha256 bytea not null,
  hosts jsonb not null,
  archived_at timestamptz not null,
  at timestamptz not null default clock_timestamp()
);

comment on column archive_removal.hosts is 'For each host of the file: its id, its rows, the class and the age by which they went';

create trigger archive_removal_stays before update or delete or truncate on archive_removal
  for each statement execute function refuse_change();

create table evidence_rule_change (
  id bigint generated always as identity primary key,
  selector jsonb not null,
  before jsonb,
  after jsonb,
  who text not null,
  reason text not null,
  at timestamptz not null default clock_timestamp(),
  constraint evidence_rule_change_some check (num_nonnulls(before, after) > 0)
);

create trigger evidence_rule_change_stays before update or delete or truncate on evidence_rule_change
  for each statement execute function refuse_change();

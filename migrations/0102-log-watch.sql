-- What does not fit stops its host's part of the log until a person has looked, and what is in the log is read again, round after round.

create table log_block (
  host_id uuid primary key,
  epoch integer not null,
  seq bigint not null,
  batches integer not null,
  entry text not null,
  shard text not null,
  leaf bigint not null,
  since timestamptz not null default clock_timestamp(),
  through_epoch integer,
  through_seq bigint,
  constraint log_block_through check ((through_epoch is null) = (through_seq is null)),
  constraint log_block_some check (batches > 0)
);

comment on table log_block is 'Hosts whose chain the log does not follow any further: what is stored there is not what was received';
comment on column log_block.entry is 'The mismatch, as its leaf has it';
comment on column log_block.through_epoch is 'A person has acknowledged all that does not fit up to there; null = nobody has';

create table log_scrub (
  is_one boolean primary key default true,
  shard text not null default '',
  leaf bigint not null default 0,
  gone bigint not null default 0,
  leaves bigint not null default 0,
  round_began_at timestamptz not null default clock_timestamp(),
  next_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  ended_leaves bigint,
  constraint log_scrub_one check (is_one)
);

insert into log_scrub default values;

comment on table log_scrub is 'How far the present round has read what is in the log again, and when the last whole round ended';
comment on column log_scrub.leaf is 'The next one of the shard; -1 = all of it was read';
comment on column log_scrub.gone is 'Batches of this round that are not kept any more';

create table log_difference (
  place text primary key,
  shard text not null,
  leaf bigint not null,
  of_host uuid,
  words text not null,
  found_at timestamptz not null default clock_timestamp(),
  acknowledged_at timestamptz
);

comment on table log_difference is 'What was logged and is not now what it was; a later round that finds it sound again takes it away';
comment on column log_difference.leaf is 'Or the last leaf under the hashes that differ';
comment on column log_difference.of_host is 'Null = it is of no host';

-- A statement is found again by the batch that carried it.
create index audit_span_by_batch on audit_span (host_id, epoch, seq);

-- A log of all evidence by RFC 6962: what was once in a signed head cannot be changed, taken out or put in between without being
-- found by whoever holds that head.

create table log_shard (
  shard text primary key,
  secret bytea not null,
  begun_at timestamptz not null default clock_timestamp(),
  constraint log_shard_month check (shard ~ '^\d{4}-(0[1-9]|1[0-2])$'),
  constraint log_shard_secret check (octet_length(secret) = 32)
);

comment on table log_shard is 'One for each UTC month of the database''s clock in which leaves were written';
comment on column log_shard.secret is 'Of it the salts of the leaves are made, so that one can be opened and the others stay closed';

create table log_tile (
  shard text not null references log_shard (shard),
  level smallint not null,
  tile bigint not null,
  hashes bytea not null,
  primary key (shard, level, tile),
  constraint log_tile_hashes check (octet_length(hashes) between 32 and 8192 and octet_length(hashes) % 32 = 0),
  constraint log_tile_place check (level >= 0 and tile >= 0)
);

-- Hashes cannot be compressed.
alter table log_tile alter column hashes set storage external;

comment on table log_tile is 'Level 0 = leaf hashes, 256 to a tile; level k = roots of full tiles of level k - 1. The last tile of a level grows, nothing else changes';

create table log_run (
  shard text not null references log_shard (shard),
  leaf bigint not null,
  of_host uuid not null,
  epoch integer not null,
  first_seq bigint not null,
  batches integer not null,
  stated integer[] not null default '{}',
  mismatch boolean not null default false,
  primary key (shard, leaf),
  constraint log_run_some check (leaf >= 0 and batches > 0)
);

create index log_run_by_host on log_run (of_host, epoch, first_seq);

comment on table log_run is 'Leaves of one host''s batches: from leaf on one for each batch, then one for each statement';
comment on column log_run.stated is 'Of which of them, counted from 0, the statement has a leaf';
comment on column log_run.mismatch is 'What was stored, or missing, was not what had been received: log_entry has the leaf';

create table log_entry (
  shard text not null references log_shard (shard),
  leaf bigint not null,
  kind text not null,
  about text,
  entry text not null,
  primary key (shard, leaf),
  constraint log_entry_place check (leaf >= 0)
);

create index log_entry_by_kind on log_entry (kind, about);

comment on table log_entry is 'All other leaves; entry is the canonical JSON under the leaf''s hash, after the salt';
comment on column log_entry.about is 'The host, or the name of the thing; null = neither';

create table log_head (
  number bigint primary key,
  shard text not null references log_shard (shard),
  size bigint not null,
  root bytea not null,
  timestamp_ns bigint not null,
  previous bytea not null,
  public_key bytea not null,
  signature bytea not null,
  constraint log_head_lengths check (
    octet_length(root) = 32 and octet_length(previous) = 32 and octet_length(public_key) = 32 and octet_length(signature) = 64),
  constraint log_head_place check (number > 0 and size > 0)
);

create index log_head_by_shard on log_head (shard, size);

comment on table log_head is 'Signed heads, counted from 1; each names the one before by its SHA-256';

create table log_host (
  host_id uuid primary key,
  epoch integer not null,
  seq bigint not null,
  chain_hash bytea,
  constraint log_host_hash check (octet_length(chain_hash) = 32)
);

comment on table log_host is 'How far a host''s chain lies in a signed head';
comment on column log_host.chain_hash is 'Of that batch; null = it was not the one that was received';

create table log_pending (
  id bigint generated always as identity primary key,
  entry jsonb not null,
  at timestamptz not null default clock_timestamp()
);

comment on table log_pending is 'Written in the transaction of what it tells of; the sequencer takes it from here into the log';

create table log_anchor (
  id bigint generated always as identity primary key,
  head bigint not null references log_head (number),
  asked_at timestamptz not null default clock_timestamp(),
  authority text not null,
  request bytea not null,
  response bytea not null,
  granted_ns bigint not null
);

create index log_anchor_by_head on log_anchor (head);

comment on table log_anchor is 'RFC 3161 tokens over heads, as they were asked for and answered';
comment on column log_anchor.granted_ns is 'When the authority says it was, ns';

create trigger log_shard_stays before update or delete or truncate on log_shard for each statement execute function refuse_change();
create trigger log_run_stays before update or delete or truncate on log_run for each statement execute function refuse_change();
create trigger log_entry_stays before update or delete or truncate on log_entry for each statement execute function refuse_change();
create trigger log_head_stays before update or delete or truncate on log_head for each statement execute function refuse_change();
create trigger log_anchor_stays before update or delete or truncate on log_anchor for each statement execute function refuse_change();
create trigger log_tile_stays before delete or truncate on log_tile for each statement execute function refuse_change();

create function refuse_other_than_growth() returns trigger language plpgsql as $$
begin
  if (new.shard, new.level, new.tile) is distinct from (old.shard, old.level, old.tile)
    or octet_length(new.hashes) <= octet_length(old.hashes)
    or substring(new.hashes for octet_length(old.hashes)) <> old.hashes then
    raise exception 'Hashes of % are never changed', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;

create trigger log_tile_grows before update on log_tile for each row execute function refuse_other_than_growth();

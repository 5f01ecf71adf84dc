-- Several batches in one delivery, under one signature; evidence by the day of its receipt; a host's chain beside its state, so
-- that a report changes one row of it.

-- Keys and names of hosts, which change seldom. That no batch is counted twice is seen to under the lock of the host's state.
alter table host_state
  add column chain_hash bytea,
  add column checkpointed_seq bigint not null default 0,
  add column uncheckpointed_since timestamptz,
  add column chain_boot_id text,
  add column chain_at_ns bigint,
  add column is_ahead boolean not null default false;

update host_state s set epoch = h.epoch, seq = h.next_seq - 1, chain_hash = h.chain_hash, checkpointed_seq = h.checkpointed_seq,
  uncheckpointed_since = h.enrolled_at, chain_boot_id = s.boot_id, chain_at_ns = case when s.as_of_marked then null else s.as_of_ns end
from host h where h.id = s.host_id;

alter table host_state
  alter column chain_hash set not null,
  add constraint host_state_chain_hash_length check (octet_length(chain_hash) = 32),
  -- Written with every report, never searched: checked, but not taken apart.
  alter column trusting drop default, alter column sources drop default,
  alter column terms type json, alter column assumptions type json, alter column frequency type json,
  alter column trusting type json, alter column sources type json,
  alter column trusting set default '[]', alter column sources set default '[]';

alter table host drop column epoch, drop column next_seq, drop column chain_hash, drop column checkpointed_seq;

comment on column host_state.seq is 'Latest batch of the epoch; 0 = none yet. The next one is seq + 1';
comment on column host_state.chain_hash is 'Hash of the last batch of the epoch; the genesis hash before the first';
comment on column host_state.checkpointed_seq is 'Batches of the epoch up to this one are old enough that the agent may delete them; 0 = none';
comment on column host_state.uncheckpointed_since is 'No batch after the checkpoint came before this; null = there was none yet';
comment on column host_state.chain_at_ns is 'Where the chain''s last reading lay, whatever was told ahead of it; null = not known';
comment on column host_state.is_ahead is 'A backlog is being delivered, and the present was told ahead of it';

create table host_epoch (
  host_id uuid not null,
  epoch integer not null,
  last_seq bigint not null,
  ended_at timestamptz not null,
  primary key (host_id, epoch)
);

comment on table host_epoch is 'Epochs that another one followed. A batch up to last_seq was stored, although retention may have removed it';

insert into host_epoch (host_id, epoch, last_seq, ended_at)
select e.host_id, e.epoch, max(e.seq), max(e.received_at)
from evidence e join host_state s on s.host_id = e.host_id and e.epoch < s.epoch group by e.host_id, e.epoch;

alter table evidence rename to evidence_of_one;
drop index evidence_by_time;

create table evidence (
  host_id uuid not null,
  epoch integer not null,
  seq bigint not null,
  received_at timestamptz not null,
  hash bytea not null,
  prev_hash bytea not null,
  body bytea not null,
  first_utc_ns bigint,
  last_utc_ns bigint,
  quarantined text,
  set_aside integer not null default 0,
  signature bytea,
  signed_from bigint,
  signed_digest bytea,
  target_uri text,
  sent text,
  constraint evidence_key primary key (host_id, epoch, seq, received_at),
  constraint evidence_hashes check (octet_length(hash) = 32 and octet_length(prev_hash) = 32),
  constraint evidence_order check (first_utc_ns <= last_utc_ns),
  constraint evidence_set_aside check (set_aside >= 0),
  constraint evidence_signed check ((signature is null) = (signed_from is null) and signed_from <= seq and octet_length(signature) = 64)
) partition by range (received_at);

comment on table evidence is 'Batches as they came, by the day of their receipt. (host_id, epoch, seq) is unique: written under the lock of the host''s state only';
comment on column evidence.body is 'As it was hashed and sent: deflated JSON, or JSON';
comment on column evidence.quarantined is 'Why nothing was derived from a batch that is rightly signed and in sequence; null = it was';
comment on column evidence.set_aside is 'Records of it that could not be relied upon; everything else was derived from';
comment on column evidence.first_utc_ns is 'Place of its first reading on the UTC axis, of its sealing when it has none; null = it was quarantined';
comment on column evidence.signature is 'Of the delivery that ended with this batch; null = that of the next batch that has one covers it too';
comment on column evidence.signed_from is 'First batch of that delivery: with the hashes from there to here its signature base can be written again';
comment on column evidence.signed_digest is 'Digest of its body, where that held more than these batches; null = they were all of it';
comment on column evidence.target_uri is 'As the agent dialled it';
comment on column evidence.sent is 'Boot id and BOOTTIME of the host when it sent the delivery; null = of before the first release';

create table evidence_default partition of evidence default;

create index evidence_by_time on evidence (host_id, last_utc_ns) include (first_utc_ns);

-- What is compressed already is not compressed again.
alter table evidence alter column body set storage external;
alter table evidence_default alter column body set storage external;

-- Those of before the first release were signed over other words, which only those rows could tell.
insert into evidence (host_id, epoch, seq, received_at, hash, prev_hash, body, first_utc_ns, last_utc_ns, quarantined)
select host_id, epoch, seq, received_at, hash, prev_hash, body, first_utc_ns, last_utc_ns, quarantined from evidence_of_one;
drop table evidence_of_one;

-- Rows of these are written under the lock of the host's state, and hosts are never deleted.
alter table host_minute drop constraint host_minute_host_id_fkey;
alter table host_event drop constraint host_event_host_id_fkey;

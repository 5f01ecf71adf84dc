-- Who may report, how they got in, and what they are told to do.
-- Times of this database are timestamptz, read by clock_timestamp(); nanoseconds of other clocks are bigint columns named _ns.

create function utc_ns(at timestamptz) returns bigint
  language sql immutable strict parallel safe
  return (extract(epoch from at) * 1000000)::bigint * 1000;

comment on function utc_ns is 'Nanoseconds since the Unix epoch; exact, because timestamptz keeps microseconds';

create function at_utc_ns(ns bigint) returns timestamptz
  language sql immutable strict parallel safe
  return to_timestamp(0) + (ns / 1000) * interval '1 microsecond';

comment on function at_utc_ns is 'The inverse of utc_ns';

-- A reference table where the others are sharded by host id: names and keys are unique in the whole fleet.
create table host (
  id uuid primary key,
  name text not null,
  labels jsonb not null,
  public_key bytea not null,
  state text not null default 'active',
  epoch integer not null default 1,
  next_seq bigint not null default 1,
  chain_hash bytea not null,
  checkpointed_seq bigint not null default 0,
  enrolled_with bytea not null,
  enrolled_at timestamptz not null default clock_timestamp(),
  constraint host_name_unique unique (name),
  constraint host_public_key_unique unique (public_key),
  constraint host_public_key_length check (octet_length(public_key) = 32),
  constraint host_chain_hash_length check (octet_length(chain_hash) = 32),
  constraint host_state_known check (state in ('active', 'suspended', 'revoked', 'retired'))
);

comment on column host.chain_hash is 'Hash of the last batch of the epoch; the genesis hash before the first';
comment on column host.checkpointed_seq is 'Batches of the epoch up to this one are old enough that the agent may delete them; 0 = none';
comment on column host.enrolled_with is 'Hash of the join token, so that an agent that lost the reply can ask again';

create table join_token (
  hash bytea primary key,
  labels jsonb not null,
  uses_left integer not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default clock_timestamp(),
  constraint join_token_hash_length check (octet_length(hash) = 32),
  constraint join_token_uses_left_not_negative check (uses_left >= 0)
);

comment on column join_token.labels is 'Labels that the token imposes on a host, whatever the host says';

create table enrol_challenge (
  challenge bytea primary key,
  expires_at timestamptz not null
);

create index enrol_challenge_expires_at on enrol_challenge (expires_at);

-- Every row that matches a host's labels counts; the more labels it names, the later it is applied over the others.
create sequence policy_version;

create table policy (
  selector jsonb primary key,
  block jsonb not null,
  version bigint not null default nextval('policy_version')
);

insert into policy (selector, block) values ('{}', '{}');

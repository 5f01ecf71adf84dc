-- Hosts that measure each other, and what they measure beside themselves.

alter table host_state
  add column raw_ns bigint,
  add column realtime_ns bigint,
  add column mesh json;

comment on column host_state.raw_ns is 'The host''s ruler at the latest reading; means something beside mesh.ruler only';
comment on column host_state.realtime_ns is 'The host''s clock at the latest reading';
comment on column host_state.mesh is 'What the host says of its part in the mesh, its edges apart; null = the policy puts it into none';

-- The newest of each; the evidence has them all.
create table peer_edge (
  host_id uuid not null,
  peer_id uuid not null,
  received_at timestamptz not null,
  from_ruler bigint not null,
  to_ruler bigint,
  raw_ns bigint not null,
  lo_ns bigint not null,
  hi_ns bigint not null,
  hull_raw_ns bigint,
  hull_lo_ns bigint,
  hull_hi_ns bigint,
  slope_min_ppb integer,
  slope_max_ppb integer,
  primary key (host_id, peer_id),
  constraint peer_edge_bound check (lo_ns <= hi_ns),
  constraint peer_edge_hull check (num_nulls(hull_raw_ns, hull_lo_ns, hull_hi_ns, slope_min_ppb, slope_max_ppb) in (0, 5) and hull_lo_ns <= hull_hi_ns)
);

comment on table peer_edge is 'When the host''s ruler read raw_ns, the peer''s read raw_ns plus lo_ns to hi_ns; what was measured on other rulers is void';
comment on column peer_edge.received_at is 'By the clock of the database';
comment on column peer_edge.to_ruler is 'Null = the peer is a target, and its clock was read';
comment on column peer_edge.hull_lo_ns is 'The tight tier, at hull_raw_ns';
comment on column peer_edge.slope_min_ppb is 'By how much the peer''s ruler gains on the host''s';

-- What answers NTP and runs no agent: measured by the agents of its domain.
create table target (
  id uuid primary key,
  name text not null,
  address text not null,
  port integer not null,
  domain text not null,
  labels jsonb not null,
  created_at timestamptz not null default clock_timestamp(),
  removed_at timestamptz,
  constraint target_port check (port between 1 and 65535)
);

create unique index target_name_unique on target (name) where (removed_at is null);

-- Bounds that cannot all be true. One row for as long as the same hosts are suspected.
create table peer_conflict (
  id bigint generated always as identity primary key,
  tier text not null,
  first_seen timestamptz not null default clock_timestamp(),
  last_seen timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  suspects uuid[] not null,
  flagged uuid[] not null,
  cleared uuid[] not null,
  least_liars integer not null,
  cycles jsonb not null,
  constraint peer_conflict_tier check (tier in ('guaranteed', 'tight'))
);

create index peer_conflict_open on peer_conflict (tier) where (ended_at is null);
create index peer_conflict_by_suspect on peer_conflict using gin (suspects);

comment on column peer_conflict.flagged is 'In every smallest set of hosts that explains all of it: they are accused. The other suspects may be right';
comment on column peer_conflict.cycles is 'Each a list of nodes in the order of travel and by how much they contradict each other, ns';

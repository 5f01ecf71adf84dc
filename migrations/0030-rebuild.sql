-- Where `truebound rebuild` derives anew before anything is replaced. Unlogged: what a crash takes is derived once more.

create unlogged table rebuild_minute (
  host_id uuid not null,
  minute_ns bigint not null,
  lo_ns bigint,
  hi_ns bigint,
  rows integer not null,
  status bound_status not null,
  marked boolean not null,
  oscillator_min_ppb integer,
  oscillator_max_ppb integer,
  unbounded boolean not null,
  primary key (host_id, minute_ns)
);

create unlogged table rebuild_event (
  host_id uuid not null,
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

create unlogged table rebuild_host (
  host_id uuid primary key,
  software text not null,
  trail text not null,
  outcome text
);

comment on column rebuild_host.trail is 'How far the host''s evidence was gone through, and what the next batch goes on from (JSON)';
comment on column rebuild_host.outcome is 'What the comparison found (JSON); null = it was not compared yet';

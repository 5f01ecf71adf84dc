-- The tight tier, what the oscillator does, and the assumptions' own state, beside the guaranteed bound of each host.

alter table host_state
  add column tight_lo_ns bigint,
  add column tight_hi_ns bigint,
  add column frequency jsonb,
  add constraint host_state_tight check ((tight_lo_ns is null) = (tight_hi_ns is null) and tight_lo_ns <= tight_hi_ns);

comment on column host_state.frequency is 'ppb, positive = fast, each [min, max]: oscillator of RAW, and what the daemon added to REALTIME';

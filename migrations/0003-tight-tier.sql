-- The tight tier, what the oscillator does, and the assumptions' own state, beside the guaranteed bound of each host.

alter table host_state
  add column tight_lo_ns bigint,
  add column tight_hi_ns bigint,
  add column frequency jsonb,
  add constraint host_state_tight check ((tight_lo_ns is null) = (tight_hi_ns is null) and tight_lo_ns <= tight_hi_ns);

alter table host_minute
  add column oscillator_min_ppb integer,
  add column oscillator_max_ppb integer;

comment on column host_minute.oscillator_min_ppb is 'Frequency error of RAW as it was known last in the minute, positive = fast; null = not known';
comment on column host_state.frequency is 'ppb, positive = fast, each [min, max]: oscillator of RAW, and what the daemon added to REALTIME';

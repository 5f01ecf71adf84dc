-- What a host's own daemon claims of its clock, beside what was measured of it.

alter table host_minute
  add column claim_lo_ns bigint,
  add column claim_hi_ns bigint,
  add column claim_excluded boolean not null default false;
alter table rebuild_minute
  add column claim_lo_ns bigint,
  add column claim_hi_ns bigint,
  add column claim_excluded boolean not null default false;
alter table host_state add column daemon json;

comment on column host_minute.claim_lo_ns is 'Hull of what the host''s own daemon claimed of the offset in the minute, with claim_hi_ns: a claim and no proof; null = it claimed nothing';
comment on column host_minute.claim_excluded is 'A claim in it had no offset in common with what was measured at the same time';
comment on column host_state.daemon is 'What the host''s own daemon said last of its clock, and what was measured meanwhile; null = it was never asked';

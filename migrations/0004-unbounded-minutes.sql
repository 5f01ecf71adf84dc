-- A minute in which a reading had no bound is not bounded by those that had one.

alter table host_minute add column unbounded boolean not null default false;

update host_minute set unbounded = true where lo_ns is null;

comment on column host_minute.unbounded is 'A reading in it had no bound: lo_ns and hi_ns speak for the others only';

-- Hosts without a road: their reports come in files that a person carries, so that none is awaited at any time.
alter table host_state add column carried boolean not null default false;

comment on column host_state.carried is 'Its latest report came in a file that was carried, or it was let in by one; false from the first that it sends itself';

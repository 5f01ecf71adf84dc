-- A batch that is signed by a host's key and does not continue its chain: somebody else has the key and the state, most
-- likely a copy of the machine. It is refused; where it came from is kept until a person has looked.

alter table host_state
  add column address text,
  add column fork_address text,
  add column fork_since timestamptz,
  add column fork_attempts bigint not null default 0,
  add constraint host_state_fork_whole check ((fork_since is null) = (fork_attempts = 0));

comment on column host_state.address is 'Where the latest batch of the chain came from, as the listener saw it';
comment on column host_state.fork_address is 'Where the latest batch beside the chain came from';
comment on column host_state.fork_attempts is 'Batches beside the chain since a person last cleared it; 0 = none';

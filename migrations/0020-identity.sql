-- Keys that follow each other, hosts that come and go, and who may come without a person.

alter table host
  add column next_public_key bytea,
  add column key_since timestamptz not null default clock_timestamp(),
  add column rotation_wanted boolean not null default false,
  add column ephemeral_hours integer,
  add column retired_at timestamptz,
  add constraint host_next_public_key_length check (octet_length(next_public_key) = 32),
  add constraint host_ephemeral_hours_positive check (ephemeral_hours > 0);

update host set key_since = enrolled_at, retired_at = case when state = 'retired' then clock_timestamp() end;

alter table host add constraint host_retired_at_some_time check (state <> 'retired' or retired_at is not null);

comment on column host.public_key is 'The key in use; refused from the first batch on that the next one signed';
comment on column host.next_public_key is 'Agreed on by the key in use, and good beside it until it has signed a batch; null = none';
comment on column host.key_since is 'Since when the key is in use';
comment on column host.rotation_wanted is 'A person wants another key in its place; the agent is told with its next receipt';
comment on column host.ephemeral_hours is 'It is retired after so many hours of silence, or when it says goodbye; null = it stays';
comment on column host.retired_at is 'From then on another host may have its name';

-- The name of a host that is gone is free again.
alter table host drop constraint host_name_unique;
create unique index host_name_unique on host (name) where retired_at is null;

create index host_enrolled_with on host (enrolled_with);
create unique index host_next_public_key on host (next_public_key) where next_public_key is not null;

-- All keys that a host ever had. A batch is signed by the key with the greatest (from_epoch, from_seq) up to its own.
create table host_key (
  host_id uuid not null references host (id),
  public_key bytea not null,
  agreed_at timestamptz not null default clock_timestamp(),
  from_epoch integer,
  from_seq bigint,
  challenge bytea,
  old_signature bytea,
  new_signature bytea,
  primary key (host_id, public_key),
  constraint host_key_length check (octet_length(public_key) = 32),
  constraint host_key_from_whole check ((from_epoch is null) = (from_seq is null)),
  constraint host_key_endorsement_whole check (num_nulls(challenge, old_signature, new_signature) in (0, 3))
);

create index host_key_by_key on host_key (public_key);

insert into host_key (host_id, public_key, agreed_at, from_epoch, from_seq)
select id, public_key, enrolled_at, 1, 1 from host;

comment on column host_key.from_seq is 'The first batch that it signed, in from_epoch; null = none yet';
comment on column host_key.old_signature is 'By the key before, over the challenge, the agent and this key; null for the key of the enrolment';

alter table join_token
  add column ephemeral_hours integer,
  add constraint join_token_ephemeral_hours_positive check (ephemeral_hours > 0);

comment on column join_token.ephemeral_hours is 'Hosts that join with it are retired after so many hours of silence; null = they stay';

alter table enrol_challenge add column network text not null default 'unknown';
create index enrol_challenge_network on enrol_challenge (network);

comment on column enrol_challenge.network is 'Who asked: an IPv4 address, or the /64 of an IPv6 one';

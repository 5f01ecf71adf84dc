-- People who sign in, what they may do, and what they did.

create table person (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  password_hash text,
  oidc_issuer text,
  oidc_subject text,
  created_at timestamptz not null default clock_timestamp(),
  disabled_at timestamptz,
  constraint person_name check (name ~ '^[a-z0-9][a-z0-9._@+-]{0,119}$'),
  constraint person_oidc check ((oidc_issuer is null) = (oidc_subject is null))
);
create unique index person_by_name on person (name);
create unique index person_by_subject on person (oidc_issuer, oidc_subject);

create table person_grant (
  person_id uuid not null references person (id),
  role text not null,
  labels jsonb not null default '{}',
  primary key (person_id, role, labels),
  constraint person_grant_role check (role in ('viewer', 'operator', 'auditor', 'admin'))
);
comment on column person_grant.labels is 'Of the hosts over which the role is held; {} = the whole fleet';

create table person_session (
  hash bytea primary key,
  person_id uuid not null references person (id),
  began_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  began_by text not null,
  address text,
  constraint person_session_hash check (octet_length(hash) = 32),
  constraint person_session_began_by check (began_by in ('password', 'link', 'oidc'))
);
create index person_session_by_person on person_session (person_id);

create table sign_in_link (
  hash bytea primary key,
  person_id uuid not null references person (id),
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint sign_in_link_hash check (octet_length(hash) = 32)
);

create table api_token (
  id uuid primary key default gen_random_uuid(),
  hash bytea not null unique,
  name text not null,
  owner_id uuid references person (id),
  role text not null,
  labels jsonb not null default '{}',
  made_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  constraint api_token_hash check (octet_length(hash) = 32),
  constraint api_token_role check (role in ('viewer', 'operator', 'auditor', 'admin'))
);
comment on column api_token.owner_id is 'It can do no more than its owner can at the time; null = nobody owns it';

create table people_action (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  actor_kind text not null,
  actor text not null,
  operation text not null,
  target text,
  detail jsonb,
  address text
);
comment on table people_action is 'What somebody set out to change, written before it was done';

create table people_outcome (
  action_id bigint primary key references people_action (id),
  at timestamptz not null default clock_timestamp(),
  status integer not null
);

create trigger people_action_stays before update or delete or truncate on people_action
  for each statement execute function refuse_change();
create trigger people_outcome_stays before update or delete or truncate on people_outcome
  for each statement execute function refuse_change();

-- What a join token permits, hosts that wait for a person, and the one key by which this database's receipts are signed.

alter table join_token
  add column uses integer not null default 1,
  add column name_pattern text,
  add column approval boolean not null default false,
  add column revoked_at timestamptz;

comment on column join_token.name_pattern is 'Names that it lets in: * stands for any run of characters; null = any name';
comment on column join_token.approval is 'A host that joins with it waits until a person lets it in';

alter table host
  drop constraint host_state_known,
  add constraint host_state_known check (state in ('pending', 'active', 'suspended', 'revoked', 'retired'));

create table receipt_key (
  public_key bytea primary key,
  since timestamptz not null default clock_timestamp(),
  retired_at timestamptz,
  constraint receipt_key_length check (octet_length(public_key) = 32)
);

-- One key at a time, whichever of several servers comes first.
create unique index receipt_key_one on receipt_key ((retired_at is null)) where retired_at is null;

comment on table receipt_key is 'Every server on this database signs its replies by the one key that is not retired';

-- What is left of batches of hosts of the class audit: their spans, as their agents signed them apart.

create table audit_span (
  host_id uuid not null,
  minute_ns bigint not null,
  epoch integer not null,
  seq bigint not null,
  until_ns bigint not null,
  context bytea not null,
  statements bytea not null,
  primary key (host_id, minute_ns, epoch, seq),
  constraint audit_span_context_length check (octet_length(context) = 16)
);

comment on table audit_span is 'Each statement: its length (LEB128), its bytes (packages/wire/src/span-statement.ts) without the context that they begin with, and the 64 bytes of its Ed25519 signature by a key of host_key';
comment on column audit_span.minute_ns is 'Minute of the UTC estimate in which the first span begins';
comment on column audit_span.until_ns is 'UTC estimate of where the last span ends';
comment on column audit_span.seq is 'The batch that carried the first statement; not signed, because a batch is signed before it has a number';

-- Signatures and differences do not get smaller.
alter table audit_span alter column statements set storage external;

create table audit_context (
  hash bytea primary key,
  text text not null,
  constraint audit_context_hash_length check (octet_length(hash) = 16)
);

comment on table audit_context is 'What statements rest on: a statement holds the first 16 bytes of the SHA-256 of the text';

create table audit_day (
  host_id uuid not null,
  day integer not null,
  primary key (host_id, day)
);

comment on table audit_day is 'Days of receipt of whose batches all that can be stated apart is; what is left of them stays for its age. Counted from 1970-01-01';

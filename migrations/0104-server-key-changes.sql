-- How one key of the server follows another, so that what the former ones signed can be verified for as long as it is kept.

alter table receipt_key
  add column before bytea references receipt_key (public_key),
  add column since_ns bigint,
  add column signature bytea,
  add column proof bytea,
  add constraint receipt_key_change check (
    (before is null) = (proof is null) and (before is null) = (since_ns is null) and (before is not null or signature is null)
    and octet_length(signature) = 64 and octet_length(proof) = 64);

comment on column receipt_key.before is 'The key in whose place it came; null = it is the first';
comment on column receipt_key.since_ns is 'ns of the database''s clock; no head by the key before is later';
comment on column receipt_key.signature is 'By the key before, over the change; null = that one was lost';
comment on column receipt_key.proof is 'By the key itself, over the change';

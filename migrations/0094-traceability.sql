-- What people keep to show that clocks are traceable to UTC, and that somebody looked at it. Rows are never changed: a document is
-- replaced by another one that names it.

create table chain_document (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  title text not null,
  sha256 bytea not null,
  file_name text,
  content bytea,
  selector jsonb not null default '{}',
  source text,
  reference text,
  uncertainty_ns bigint,
  stamp_point text,
  app_error_ns bigint,
  valid_from date not null,
  valid_to date,
  uploaded_by text not null,
  uploaded_at timestamptz not null default clock_timestamp(),
  replaces uuid references chain_document (id),
  constraint chain_document_kind check (kind in ('design', 'stamp_point', 'stamp_test', 'source_statement', 'calibration', 'bulletin', 'other')),
  constraint chain_document_sha256 check (octet_length(sha256) = 32),
  constraint chain_document_order check (valid_from <= valid_to),
  constraint chain_document_amounts check (uncertainty_ns >= 0 and app_error_ns >= 0)
);

comment on column chain_document.content is 'Null = only the hash is kept here, the file lies elsewhere';
comment on column chain_document.selector is 'Labels of the hosts that it is about; {} = all';
comment on column chain_document.source is 'Sources that it is about, by id or address, * for any run of characters; null = none';
comment on column chain_document.reference is 'What they are traceable to by it, such as UTC(PTB)';

create table chain_review (
  id bigint generated always as identity primary key,
  selector jsonb not null,
  at timestamptz not null default clock_timestamp(),
  who text not null,
  statement text not null,
  documents uuid[] not null,
  chain json not null
);

comment on table chain_review is 'A person looked at the chain of the hosts with these labels, as it stands in chain, and signed off';

create trigger chain_document_stays before update or delete or truncate on chain_document
  for each statement execute function refuse_change();
create trigger chain_review_stays before update or delete or truncate on chain_review
  for each statement execute function refuse_change();

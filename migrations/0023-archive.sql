-- Where evidence is that was moved out of the database. Everything here can be read from the archive's own manifests.

create table archive_part (
  day integer not null,
  part integer not null,
  file text not null,
  bytes bigint not null,
  sha256 bytea not null,
  rows bigint not null,
  archived_at timestamptz not null default clock_timestamp(),
  primary key (day, part),
  constraint archive_part_sha256_length check (octet_length(sha256) = 32)
);

comment on table archive_part is 'Files of the archive (docs/archive.md). day: of receipt, counted from 1970-01-01';

create table archive_host (
  host_id uuid not null,
  day integer not null,
  part integer not null,
  start bigint not null,
  length integer not null,
  rows bigint not null,
  first_utc_ns bigint,
  last_utc_ns bigint,
  primary key (host_id, day, part),
  foreign key (day, part) references archive_part (day, part)
);

create index archive_host_by_time on archive_host (host_id, last_utc_ns) include (first_utc_ns);

comment on table archive_host is 'A host''s batches in a file: so many bytes from start; where its readings lie on the UTC estimate, null = none has a place';

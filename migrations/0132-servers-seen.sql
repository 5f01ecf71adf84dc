-- Processes that serve on this database; each says so about every half minute, and no longer once it ended.
create table server_seen (
  id uuid primary key,
  name text not null,
  version text not null,
  judges boolean not null,
  started_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp()
);

comment on column server_seen.name is 'Of the machine that it runs on';
comment on column server_seen.judges is 'It held the seat of the judge when it was seen';

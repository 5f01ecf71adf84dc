-- Reports that were made: what they said, and how each names the one before.

create table report (
  number bigint generated always as identity primary key,
  id text not null unique,
  previous text references report (id),
  created_ns bigint not null,
  from_ns bigint not null,
  to_ns bigint not null,
  final boolean not null,
  sha256 bytea not null,
  results_sha256 bytea not null,
  head jsonb not null,
  scope text not null,
  request jsonb not null,
  place text not null,
  manifest text not null,
  constraint report_hashes check (octet_length(sha256) = 32 and octet_length(results_sha256) = 32),
  constraint report_period check (from_ns < to_ns)
);

create index report_by_period on report (from_ns, to_ns);

comment on table report is 'Append-only; each names the one before, whose head it shows to be still in the log';
comment on column report.sha256 is 'Of the bytes of manifest';
comment on column report.results_sha256 is 'Of what was derived: the same whenever the same evidence is asked again';
comment on column report.request is 'Profiles and hosts that were asked for, and the schedule that asked, if one did';
comment on column report.place is 'Folder of the bundle, as the server or the command that made it had it';

create trigger report_stays before update or delete or truncate on report for each statement execute function refuse_change();

-- Of hosts that came before there was a log it is told now who they are, and by which keys they sign: a report must show it.
insert into log_pending (entry)
select jsonb_build_object('kind', 'enrol', 'host', h.id, 'name', h.name, 'labels', h.labels, 'state', h.state,
  'public_key', rtrim(translate(encode(h.public_key, 'base64'), E'+/\n', '-_'), '='))
from host h
where not exists (select from log_entry e where e.kind = 'enrol' and e.about = h.id::text)
  and not exists (select from log_pending p where p.entry ->> 'kind' = 'enrol' and p.entry ->> 'host' = h.id::text);

insert into log_pending (entry)
select jsonb_build_object('kind', 'key', 'host', k.host_id, 'public_key', rtrim(translate(encode(k.public_key, 'base64'), E'+/\n', '-_'), '='))
from host_key k join host h on h.id = k.host_id and h.public_key <> k.public_key
where not exists (select from log_entry e where e.kind = 'key' and e.about = k.host_id::text
    and e.entry::jsonb ->> 'public_key' = rtrim(translate(encode(k.public_key, 'base64'), E'+/\n', '-_'), '='))
  and not exists (select from log_pending p where p.entry ->> 'kind' = 'key' and p.entry ->> 'host' = k.host_id::text);

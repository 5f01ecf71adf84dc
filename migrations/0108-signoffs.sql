-- Who signs reports off, what they signed, what was taken back of exemptions, and what profiles and calendars said at any time.

-- People and their keys. The latest row of a name counts.
create table report_signer (
  id bigint generated always as identity primary key,
  name text not null,
  public_key bytea,
  who text not null,
  at timestamptz not null default clock_timestamp(),
  constraint report_signer_key check (octet_length(public_key) = 32)
);

create index report_signer_by_name on report_signer (name, id);
comment on column report_signer.public_key is 'Raw Ed25519; null = this person signs no more';

create trigger report_signer_dated before insert on report_signer for each row execute function dated_here();
create trigger report_signer_stays before update or delete or truncate on report_signer
  for each statement execute function refuse_change();

create table report_signoff (
  id bigint generated always as identity primary key,
  report text not null references report (id),
  statement jsonb not null,
  signature bytea not null,
  sha256 bytea not null,
  at timestamptz not null default clock_timestamp(),
  constraint report_signoff_lengths check (octet_length(signature) = 64 and octet_length(sha256) = 32)
);

create unique index report_signoff_once on report_signoff (report, (statement ->> 'name'));
comment on column report_signoff.sha256 is 'Of the canonical JSON of statement and signature: its leaf of the log';

create trigger report_signoff_dated before insert on report_signoff for each row execute function dated_here();
create trigger report_signoff_stays before update or delete or truncate on report_signoff
  for each statement execute function refuse_change();

-- An exemption that was taken back: it holds no more for time after it was.
create table audit_exemption_end (
  exemption bigint primary key,
  reason text not null,
  who text not null,
  at timestamptz not null default clock_timestamp()
);

create trigger audit_exemption_end_dated before insert on audit_exemption_end for each row execute function dated_here();
create trigger audit_exemption_end_stays before update or delete or truncate on audit_exemption_end
  for each statement execute function refuse_change();

-- What custom profiles and calendars said, and from when on. Rows that are there already are dated as they were set.
create table audit_version (
  id bigint generated always as identity primary key,
  kind text not null,
  name text not null,
  body jsonb,
  who text not null,
  at timestamptz not null default clock_timestamp(),
  constraint audit_version_kind check (kind in ('profile', 'calendar'))
);

create index audit_version_by_name on audit_version (kind, name, id);
comment on column audit_version.body is 'null = there is none of this name any more';

insert into audit_version (kind, name, body, who, at)
select kind, name, body, who, changed_at from alert_object where kind in ('profile', 'calendar') order by changed_at;

create trigger audit_version_dated before insert on audit_version for each row execute function dated_here();
create trigger audit_version_stays before update or delete or truncate on audit_version
  for each statement execute function refuse_change();

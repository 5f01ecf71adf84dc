-- How long whose evidence is kept, and what may not go whatever its age.

create table evidence_rule (
  selector jsonb primary key,
  class text not null,
  days integer not null,
  constraint evidence_rule_class check (class in ('full', 'audit', 'none')),
  constraint evidence_rule_days check (days between 0 and 36500)
);

insert into evidence_rule (selector, class, days) values ('{}', 'full', 30);

comment on table evidence_rule is 'Of the rules that match a host''s labels the one that names most of them counts';
comment on column evidence_rule.class is 'full = batches for so many days; audit = signed spans for so many days, batches until those vouch for them; none = batches until they are checkpointed';

create table legal_hold (
  id bigint generated always as identity primary key,
  held_host uuid references host (id),
  selector jsonb,
  from_ns bigint not null,
  to_ns bigint not null,
  constraint legal_hold_whom check (num_nonnulls(held_host, selector) = 1),
  constraint legal_hold_order check (from_ns <= to_ns)
);

comment on table legal_hold is 'Holds in force. What was measured or received from from_ns to to_ns is not removed, of one host or of all that carry these labels';

-- Who asked for what, and when; a hold that was released is here only.
create table legal_hold_change (
  id bigint generated always as identity primary key,
  hold bigint not null,
  change text not null,
  who text not null,
  reason text not null,
  terms jsonb not null,
  at timestamptz not null default clock_timestamp(),
  constraint legal_hold_change_known check (change in ('added', 'released'))
);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are never changed', tg_table_name using errcode = 'insufficient_privilege';
end
$$;

create trigger legal_hold_change_stays before update or delete or truncate on legal_hold_change
  for each statement execute function refuse_change();

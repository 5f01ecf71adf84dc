-- What people declare for audits. Each row is dated by this database and never changed: another one ends it.

-- By when a row is written, whatever whoever writes it says.
create function dated_here() returns trigger language plpgsql as $$
begin
  new.at := clock_timestamp();
  return new;
end
$$;

-- Whose clocks are held against which limit. The latest row of a name counts.
create table audit_scope (
  id bigint generated always as identity primary key,
  name text not null,
  body jsonb,
  who text not null,
  at timestamptz not null default clock_timestamp()
);

create index audit_scope_by_name on audit_scope (name, id);
comment on column audit_scope.body is 'null = the scope of this name ends';

create trigger audit_scope_dated before insert on audit_scope for each row execute function dated_here();
create trigger audit_scope_stays before update or delete or truncate on audit_scope
  for each statement execute function refuse_change();

-- Time in which a limit need not hold.
create table audit_exemption (
  id bigint generated always as identity primary key,
  scope text not null,
  exempt_host uuid,
  from_ns bigint not null,
  to_ns bigint not null,
  reason text not null,
  who text not null,
  at timestamptz not null default clock_timestamp(),
  constraint audit_exemption_order check (from_ns < to_ns)
);

create index audit_exemption_by_end on audit_exemption (to_ns);
comment on column audit_exemption.exempt_host is 'null = of every host of the scope';
comment on column audit_exemption.at is 'Declared then; where that is after from_ns it never hides a violation';

create trigger audit_exemption_dated before insert on audit_exemption for each row execute function dated_here();
create trigger audit_exemption_stays before update or delete or truncate on audit_exemption
  for each statement execute function refuse_change();

-- Lists of hosts that must be there. The latest counts.
create table audit_inventory (
  id bigint generated always as identity primary key,
  kind text not null,
  source text not null,
  sha256 text not null,
  hosts jsonb not null,
  who text not null,
  at timestamptz not null default clock_timestamp(),
  constraint audit_inventory_kind check (kind in ('csv', 'ansible', 'kubernetes'))
);

comment on column audit_inventory.sha256 is 'Of the file as it was imported, in hex';

create trigger audit_inventory_dated before insert on audit_inventory for each row execute function dated_here();
create trigger audit_inventory_stays before update or delete or truncate on audit_inventory
  for each statement execute function refuse_change();

import type { AuditScope, Inventory } from "@truebound/audit";
import { formatUtc, type UtcInstant, utc } from "@truebound/time";
import type { Calendar } from "@truebound/wire";
import type pg from "pg";
import type { CalendarBook } from "../../audit/report-scopes.ts";
import type { DatedCalendar } from "../../audit/schedule.ts";
import {
  type AuditDeclarations,
  type DatedScope,
  isInScope,
  type KnownExemption,
  type NewExemption,
  type Period,
  type ScopedHost,
  type WithdrawnExemption,
} from "../../audit/scopes.ts";
import type { LabelSet } from "../../policy/choose-policy.ts";
import { appendToLog, digestOf } from "./log/log-queue.ts";
import { inTransaction, type Queryable } from "./pool.ts";

/** Each row of a name ends the one before it. */
const SCOPES = `
  select name, body, who, from_ns, to_ns from (
    select name, body, who, utc_ns(at) as from_ns, lead(utc_ns(at)) over (partition by name order by id) as to_ns from audit_scope) dated
  where body is not null and from_ns < $2 and (to_ns is null or to_ns > $1) order by name, from_ns`;

interface ScopeRow {
  readonly name: string;
  readonly body: Omit<AuditScope, "name">;
  readonly who: string;
  readonly from_ns: UtcInstant;
  readonly to_ns: UtcInstant | null;
}

/** They were checked when they were set. */
const toScope = ({ name, body, who, from_ns, to_ns }: ScopeRow): DatedScope => ({
  scope: { name, ...body },
  from: from_ns,
  to: to_ns,
  declaredBy: who,
});

export async function readScopes(client: Queryable, when: UtcInstant | Period): Promise<DatedScope[]> {
  const { from, to } = typeof when === "bigint" ? { from: when, to: utc(when + 1n) } : when;
  return (await client.query<ScopeRow>(SCOPES, [from, to])).rows.map(toScope);
}

const EXEMPTION =
  "x.id::text as id, x.exempt_host as host, h.name as host_name, x.scope, x.from_ns, x.to_ns, x.reason, x.who, utc_ns(x.at) as at_ns, utc_ns(e.at) as withdrawn_ns, e.who as withdrawn_by, e.reason as withdrawn_reason";
/** What it rests on is joined as x. */
const JOINS = "left join host h on h.id = x.exempt_host left join audit_exemption_end e on e.exemption = x.id";
const EXEMPTIONS = `
  select ${EXEMPTION} from audit_exemption x ${JOINS}
  where x.to_ns > $1 and x.from_ns < $2 order by x.id`;

interface ExemptionRow {
  readonly id: string;
  readonly host: string | null;
  readonly host_name: string | null;
  readonly scope: string;
  readonly from_ns: UtcInstant;
  readonly to_ns: UtcInstant;
  readonly reason: string;
  readonly who: string;
  readonly at_ns: UtcInstant;
  readonly withdrawn_ns: UtcInstant | null;
  readonly withdrawn_by: string | null;
  readonly withdrawn_reason: string | null;
}

const toExemption = ({
  from_ns,
  to_ns,
  at_ns,
  who,
  withdrawn_ns,
  withdrawn_by,
  withdrawn_reason,
  ...row
}: ExemptionRow): KnownExemption => ({
  ...row,
  ...(withdrawn_ns === null || withdrawn_by === null || withdrawn_reason === null
    ? {}
    : { withdrawn_at: formatUtc(withdrawn_ns), withdrawn_by, withdrawn_reason }),
  from: formatUtc(from_ns),
  to: formatUtc(to_ns),
  declared_by: who,
  declared_at: formatUtc(at_ns),
});

const INVENTORY = "kind, source, sha256, hosts, utc_ns(at) as at_ns";
const LATEST_INVENTORY = `select ${INVENTORY} from audit_inventory order by id desc limit 1`;
const ADD_INVENTORY = `
  insert into audit_inventory (kind, source, sha256, hosts, who) values ($1, $2, $3, $4, $5) returning ${INVENTORY}`;

type InventoryRow = Omit<Inventory, "imported_at"> & { readonly at_ns: UtcInstant };
const toInventory = ({ at_ns, ...row }: InventoryRow): Inventory => ({ ...row, imported_at: formatUtc(at_ns) });

const NOW = "select utc_ns(clock_timestamp()) as now_ns";
const REPORTING = "select name, labels from host where state in ('active', 'suspended') order by name";

const IN_FORCE = "select body from audit_scope where name = $1 order by id desc limit 1";
const HOST = "select id, labels from host where name = $1 or id::text = $1 order by (id::text = $1) desc limit 1";
const ADD_EXEMPTION = `
  with x as (
    insert into audit_exemption (scope, exempt_host, from_ns, to_ns, reason, who) values ($1, $2, $3, $4, $5, $6) returning *)
  select ${EXEMPTION} from x ${JOINS}`;
const ONE_EXEMPTION = `select ${EXEMPTION} from audit_exemption x ${JOINS} where x.id::text = $1`;
const WITHDRAW = "insert into audit_exemption_end (exemption, reason, who) values ($1, $2, $3) on conflict do nothing";
/** Those that were made while it stood. */
const NAMED_IN = `
  select r.id from report r where r.to_ns > $2 and r.from_ns < $3 and exists (
    select from jsonb_array_elements(r.manifest::jsonb -> 'results') result, jsonb_array_elements(result -> 'exemptions') exemption
    where exemption ->> 'id' = $1) order by r.number`;

async function addExemption(
  client: Queryable,
  { scope, host, period, reason, who }: NewExemption,
): Promise<KnownExemption | "no_scope" | "no_host" | "not_in_scope"> {
  const body = (await client.query<{ body: ScopeRow["body"] | null }>(IN_FORCE, [scope])).rows[0]?.body ?? null;
  if (body === null) return "no_scope";
  const found = host === null ? null : (await client.query<{ id: string; labels: LabelSet }>(HOST, [host])).rows[0];
  if (found === undefined) return "no_host";
  if (found !== null && !isInScope(found, body)) return "not_in_scope";
  const id = found?.id ?? null;
  const { rows } = await client.query<ExemptionRow>(ADD_EXEMPTION, [scope, id, period.from, period.to, reason, who]);
  const kept = toExemption(rows[0] as ExemptionRow);
  await appendToLog(client, { kind: "exemption", what: `exemption ${kept.id}`, sha256: digestOf({ ...kept }), who, body: { ...kept } });
  return kept;
}

/** It stays in the list, and holds for no time after this. */
async function withdrawExemption(
  client: Queryable,
  id: string,
  { reason, who }: { readonly reason: string; readonly who: string },
): Promise<WithdrawnExemption | "no_exemption" | "withdrawn"> {
  const [before] = (await client.query<ExemptionRow>(ONE_EXEMPTION, [id])).rows;
  if (before === undefined) return "no_exemption";
  const { rowCount } = await client.query(WITHDRAW, [before.id, reason, who]);
  if (rowCount !== 1) return "withdrawn";
  const exemption = toExemption((await client.query<ExemptionRow>(ONE_EXEMPTION, [id])).rows[0] as ExemptionRow);
  await appendToLog(client, { kind: "exemption", what: `exemption ${id}`, sha256: null, who, body: { ...exemption } });
  const { rows } = await client.query<{ id: string }>(NAMED_IN, [id, before.from_ns, before.to_ns]);
  return { exemption, reports: rows.map((row) => row.id) };
}

async function addInventory(
  client: Queryable,
  { kind, source, sha256, hosts }: Omit<Inventory, "imported_at">,
  who: string,
): Promise<Inventory> {
  const { rows } = await client.query<InventoryRow>(ADD_INVENTORY, [kind, source, sha256, JSON.stringify(hosts), who]);
  const kept = toInventory(rows[0] as InventoryRow);
  // Its names may be many, and the digest vouches for all of them.
  const entry = { what: `inventory ${source}`, sha256: digestOf({ ...kept }), who, file_sha256: sha256, hosts: hosts.length };
  await appendToLog(client, { kind: "inventory", ...entry });
  return kept;
}

const CALENDAR = "select body, utc_ns(at) as from_ns from audit_version where kind = 'calendar' and name = $1 order by id";

export const calendarVersions = async (client: Queryable, name: string): Promise<readonly DatedCalendar[]> =>
  (await client.query<{ body: Calendar | null; from_ns: UtcInstant }>(CALENDAR, [name])).rows.map(({ body, from_ns }) => ({
    calendar: body,
    from: from_ns,
  }));

export const auditScopeStore = (pool: pg.Pool): AuditDeclarations & CalendarBook => ({
  calendarVersions: (name) => calendarVersions(pool, name),
  now: async () => ((await pool.query<{ now_ns: UtcInstant }>(NOW)).rows[0] as { now_ns: UtcInstant }).now_ns,
  scopes: (when) => readScopes(pool, when),
  exemptions: async ({ from, to }) => (await pool.query<ExemptionRow>(EXEMPTIONS, [from, to])).rows.map(toExemption),
  inventory: async () => {
    const row = (await pool.query<InventoryRow>(LATEST_INVENTORY)).rows[0];
    return row === undefined ? null : toInventory(row);
  },
  reportingHosts: async () => (await pool.query<{ name: string; labels: LabelSet }>(REPORTING)).rows satisfies ScopedHost[],
  addExemption: (exemption) => inTransaction(pool, (client) => addExemption(client, exemption)),
  withdrawExemption: (id, said) => inTransaction(pool, (client) => withdrawExemption(client, id, said)),
  addInventory: (inventory, who) => inTransaction(pool, (client) => addInventory(client, inventory, who)),
});

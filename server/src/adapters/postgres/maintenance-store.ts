import type { UtcInstant } from "@truebound/time";
import type { HostGroup, Maintenance } from "@truebound/wire";
import type pg from "pg";
import type { Setting } from "../../alert/alert-config.ts";
import { type CoverableHost, covers, endedWindow, type Wished } from "../../alert/maintenance-window.ts";
import type { AddedWindow, KnownWindow, NotDone, OfFile } from "../../query/alert-ports.ts";
import { appendToLog, digestOf } from "./log/log-queue.ts";
import { inTransaction, type Queryable } from "./pool.ts";

const WINDOW = "o.name, o.body, o.origin, o.who, utc_ns(clock_timestamp()) as now_ns";
const WINDOWS = `select ${WINDOW} from alert_object o where o.kind = 'maintenance' order by o.name`;

interface Row {
  readonly name: string;
  readonly body: Maintenance;
  readonly origin: "file" | "person";
  readonly who: string;
  readonly now_ns: UtcInstant;
}

const toWindow = ({ body, origin, who, now_ns: now }: Row): KnownWindow => ({ body, origin, who, now });

export const readWindows = async (client: Queryable): Promise<KnownWindow[]> => (await client.query<Row>(WINDOWS)).rows.map(toWindow);

const NOW = "select utc_ns(clock_timestamp()) as now_ns";
/** Whoever wrote one before waits for nobody: numbers are never given twice. */
const ADD = `
  with named as (select 'maintenance-' || nextval('maintenance_number') as name)
  insert into alert_object (kind, name, body, origin, who)
  select 'maintenance', name, $1::jsonb || jsonb_build_object('name', name), 'person', $2 from named
  on conflict (kind, name) do nothing
  returning name, body, origin, who, utc_ns(clock_timestamp()) as now_ns`;
/** What people declared stays to be seen for so long; the log has it for good. */
const KEPT_D = 90;
const FORGET = `
  delete from alert_object where kind = 'maintenance' and origin = 'person'
    and (body #>> '{once,to}')::timestamptz < clock_timestamp() - interval '${KEPT_D} days'`;
const HOSTS = "select id::text as id, name, labels from host where state not in ('revoked', 'retired')";
const GROUPS = "select body, origin from alert_object where kind = 'group'";

/** `wish` says by the clock of the database what is to be written, or why nothing is. */
export const addWindow = (pool: pg.Pool, wish: (now: UtcInstant) => Wished | string, who: string): Promise<AddedWindow> =>
  inTransaction(pool, async (client) => {
    const wished = wish((await client.query<{ now_ns: UtcInstant }>(NOW)).rows[0]?.now_ns as UtcInstant);
    if (typeof wished === "string") return { refused: wished };
    const { rows: hosts } = await client.query<CoverableHost>(HOSTS);
    const unknown = wished.names?.find((named) => !hosts.some(({ id, name }) => name === named || id === named));
    if (unknown !== undefined) return { unknown, names: hosts.map(({ name }) => name) };
    await client.query(FORGET);
    const row = await insert(client, wished, who);
    await logged(client, row.name, row.body, who);
    const { rows: groups } = await client.query<Setting<HostGroup>>(GROUPS);
    return { window: toWindow(row), hostsNow: hosts.filter((host) => covers(row.body, host, groups)).length };
  });

/** A name that a file took is passed over. */
async function insert(client: Queryable, wished: Wished, who: string): Promise<Row> {
  for (;;) {
    const [row] = (await client.query<Row>(ADD, [JSON.stringify(wished), who])).rows;
    if (row !== undefined) return row;
  }
}

/** As `truebound apply` says it. */
async function logged(client: Queryable, name: string, window: Maintenance | null, who: string): Promise<void> {
  const { name: _, ...body } = window ?? { name };
  const thing = window === null ? null : body;
  await appendToLog(client, { kind: "rule", what: `maintenance ${name}`, sha256: digestOf(thing), who, body: thing });
}

const HOLD = `select ${WINDOW} from alert_object o where o.kind = 'maintenance' and o.name = $1 for update`;
const CHANGE = "update alert_object set body = $2, changed_at = clock_timestamp() where kind = 'maintenance' and name = $1";
const REMOVE = "delete from alert_object where kind = 'maintenance' and name = $1";

/** As it was, with its new end; one that had not begun is gone. */
export const endWindow = (pool: pg.Pool, name: string, who: string): Promise<KnownWindow | NotDone | OfFile> =>
  inTransaction(pool, async (client) => {
    const [row] = (await client.query<Row>(HOLD, [name])).rows;
    if (row === undefined) return { notDone: "missing" };
    if (row.origin === "file") return { notDone: "of_file", name, file: row.who };
    const ended = endedWindow(row.body, row.now_ns);
    if (ended === row.body) return { notDone: "over" };
    if (ended === null) await client.query(REMOVE, [name]);
    else await client.query(CHANGE, [name, JSON.stringify(ended)]);
    await logged(client, name, ended, who);
    return { ...toWindow(row), body: ended ?? row.body, isGone: ended === null };
  });

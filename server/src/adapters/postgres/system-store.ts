import type { UtcInstant } from "@truebound/time";
import { parseUtc } from "@truebound/time";
import type pg from "pg";
import type { ChannelFacts, DatabaseFacts } from "../../system/facts.ts";
import { readAlertConfig } from "./alert-config-store.ts";
import { channelStates } from "./channel-states.ts";
import { readHouse } from "./house-watch.ts";
import { schemaState } from "./migrate.ts";
import type { Queryable } from "./pool.ts";

const STATE = `
  select utc_ns(clock_timestamp()) as now_ns, current_setting('server_version') as version, pg_is_in_recovery() as is_standby,
    pg_database_size(current_database())::float8 as bytes,
    (select utc_ns(judged_at) from alert_progress) as judged_ns,
    (select utc_ns(min(n.created_at)) from delivery d join notice n on n.id = d.notice_id where d.state = 'due') as due_ns,
    (select utc_ns(min(at)) from log_pending) as unlogged_ns,
    (select utc_ns(max(asked_at)) from log_anchor) as anchored_ns`;
const NAMES = 5;
const UNREADABLE = `
  select h.name, count(*) over ()::integer as count from host_state s join host h on h.id = s.host_id
  where s.unreadable and h.state not in ('revoked', 'retired') order by h.name limit ${NAMES}`;
const STANDBYS = `
  select coalesce(nullif(application_name, ''), host(client_addr), 'a standby') as name, state,
    extract(epoch from replay_lag)::float8 as lag_seconds from pg_stat_replication order by 1`;
const SERVERS = `
  select name, version, judges, utc_ns(started_at) as started_ns, utc_ns(seen_at) as seen_ns from server_seen order by name, started_at`;

interface StateRow {
  readonly now_ns: UtcInstant;
  readonly version: string;
  readonly is_standby: boolean;
  readonly bytes: number;
  readonly judged_ns: UtcInstant | null;
  readonly due_ns: UtcInstant | null;
  readonly unlogged_ns: UtcInstant | null;
  readonly anchored_ns: UtcInstant | null;
}

/** How the database and the servers on it stand. Fails as the database does. */
export async function readSystem(client: Queryable): Promise<Omit<DatabaseFacts, "tookMs">> {
  const { kind: schema } = await schemaState(client);
  const row = (await client.query<StateRow>(STATE)).rows[0] as StateRow;
  const unreadable = (await client.query<{ name: string; count: number }>(UNREADABLE)).rows;
  const { settings } = await readAlertConfig(client);
  return {
    now: row.now_ns,
    version: row.version,
    schema,
    bytes: row.bytes,
    isStandby: row.is_standby,
    standbys: await readStandbys(client),
    judgedAt: row.judged_ns,
    teller: settings.alerting,
    hasHeartbeat: settings.heartbeat !== null,
    channels: await readChannels(client),
    dueSince: row.due_ns,
    unloggedSince: row.unlogged_ns,
    anchoredAt: row.anchored_ns,
    unreadable: { count: unreadable[0]?.count ?? 0, names: unreadable.map(({ name }) => name) },
    servers: await readServers(client),
    house: await readHouse(client),
  };
}

const readStandbys = async (client: Queryable): Promise<DatabaseFacts["standbys"]> =>
  (await client.query<{ name: string; state: string | null; lag_seconds: number | null }>(STANDBYS)).rows.map(
    ({ name, state, lag_seconds: lagSeconds }) => ({ name, state, lagSeconds }),
  );

async function readChannels(client: Queryable): Promise<ChannelFacts[]> {
  const { channels } = await readAlertConfig(client);
  const states = await channelStates(client);
  return channels.map(({ body: { name, enabled } }) => {
    const last = states.get(name)?.last ?? null;
    const at = last === null ? null : parseUtc(last.at);
    return { name, enabled, last: last === null || at === null ? null : { at, delivered: last.delivered, error: last.error } };
  });
}

interface ServerRow {
  readonly name: string;
  readonly version: string;
  readonly judges: boolean;
  readonly started_ns: UtcInstant;
  readonly seen_ns: UtcInstant;
}

const readServers = async (client: Queryable): Promise<DatabaseFacts["servers"]> =>
  (await client.query<ServerRow>(SERVERS)).rows.map(({ name, version, judges, started_ns, seen_ns }) => ({
    name,
    version,
    judges,
    startedAt: started_ns,
    seenAt: seen_ns,
  }));

const SEEN = `
  insert into server_seen (id, name, version, judges) values ($1, $2, $3, $4)
  on conflict (id) do update set judges = excluded.judges, seen_at = clock_timestamp()`;
/** One that ended without a word is told of for a day. */
const FORGET = "delete from server_seen where seen_at < clock_timestamp() - interval '1 day'";
const GONE = "delete from server_seen where id = $1";

export interface ServerName {
  readonly id: string;
  readonly name: string;
  readonly version: string;
}

/** Says that a server process is there. */
export async function noteServer(pool: pg.Pool, { id, name, version }: ServerName, judges: boolean): Promise<void> {
  await pool.query(SEEN, [id, name, version, judges]);
  await pool.query(FORGET);
}

/** It ended as it was asked to. */
export const forgetServer = async (pool: pg.Pool, { id }: ServerName): Promise<void> => void (await pool.query(GONE, [id]));

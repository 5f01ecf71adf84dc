import type { UtcInstant } from "@truebound/time";
import type pg from "pg";
import type { Bench, Done, RebuildStore, Workbench } from "../../../rebuild/ports.ts";
import type { DerivedAnew, EndedEpoch, StoredRow, Trail } from "../../../rebuild/rederive.ts";
import { VERSION } from "../../software.ts";
import { lockHost } from "../host-lock.ts";
import { inTransaction, type Queryable } from "../pool.ts";
import { comparisons } from "./comparisons.ts";
import { keepEvents, keepMinutes } from "./shadow.ts";

/** A session's own: it ends with the connection, however this process ends. */
const END_TURN = "select pg_advisory_unlock(hashtext('truebound rebuild'))";
const TAKE_TURN = "select pg_try_advisory_lock(hashtext('truebound rebuild')) as mine";

const HOST = `
  select id from host where id::text = $1 or name = $1
  order by (id::text = $1) desc, retired_at desc nulls first limit 1`;
const HOSTS = "select host_id from host_state where $1::uuid is null or host_id > $1 order by host_id limit 500";

/** As many as fit into the memory that one step may take, and at least one. */
const NEXT = `
  select epoch, seq, received_ns, sent, body, quarantined, is_whole, has_live from (
    select epoch, seq, utc_ns(received_at) as received_ns, sent, body, quarantined, set_aside = 0 as is_whole, signed_digest is not null as has_live,
      sum(octet_length(body)) over (order by epoch, seq) - octet_length(body) as bytes_before
    from (
      select * from evidence where host_id = $1 and ($2::integer is null or (epoch, seq) > ($2, $3::bigint)) order by epoch, seq limit 256
    ) as following
  ) as measured
  where bytes_before < 8388608 order by epoch, seq`;

const ENDED = "select epoch, last_seq, utc_ns(ended_at) as ended_ns from host_epoch where host_id = $1 order by epoch";

const RESUME = "select software, trail, outcome from rebuild_host where host_id = $1";
const FORGET_MINUTES = "delete from rebuild_minute where host_id = $1";
const FORGET_EVENTS = "delete from rebuild_event where host_id = $1";
const KEEP_TRAIL = `
  insert into rebuild_host (host_id, software, trail) values ($1, $2, $3)
  on conflict (host_id) do update set software = excluded.software, trail = excluded.trail, outcome = null`;
const FINISH = `
  insert into rebuild_host (host_id, software, trail, outcome) values ($1, $2, '', $3)
  on conflict (host_id) do update set outcome = excluded.outcome`;

/** The comparison of a host's years may take longer than any statement of a request. */
const PATIENTLY = "set local statement_timeout = 0";

export const rebuildStore = (pool: pg.Pool): RebuildStore => {
  let turn: pg.PoolClient | null = null;
  return {
    ...workbench(pool),
    keep: (host, derived) => inTransaction(pool, (client) => workbench(client).keep(host, derived)),
    begin: async () => {
      const client = await pool.connect();
      const isMine = (await client.query<{ mine: boolean }>(TAKE_TURN)).rows[0]?.mine === true;
      if (isMine) turn = client;
      else client.release();
      return isMine;
    },
    hostOf: async (idOrName) => (await pool.query<{ id: string }>(HOST, [idOrName])).rows[0]?.id ?? null,
    hosts: async (after) => (await pool.query<{ host_id: string }>(HOSTS, [after])).rows.map((row) => row.host_id),
    resume: (host) => inTransaction(pool, (client) => resume(client, host)),
    locked: (host, work) =>
      inTransaction(pool, async (client) => {
        await client.query(PATIENTLY);
        await lockHost(client, host);
        return work(benchOn(client));
      }),
    forget: async (host) => {
      await pool.query(
        host === null ? "delete from rebuild_host" : "delete from rebuild_host where host_id = $1",
        host === null ? [] : [host],
      );
    },
    end: async () => {
      const held = turn;
      turn = null;
      // Where the connection is lost, the lock goes with it: only not at once.
      await held?.query(END_TURN).catch(() => undefined);
      held?.release(true);
    },
  };
};

async function resume(client: Queryable, host: string): Promise<Awaited<ReturnType<RebuildStore["resume"]>>> {
  const row = (await client.query<{ software: string; trail: string; outcome: string | null }>(RESUME, [host])).rows[0];
  if (row?.software === VERSION) return row.outcome === null ? { trail: readTrail(row.trail) } : (JSON.parse(row.outcome) as Done);
  // By other code, or by nobody: begun anew.
  await client.query(FORGET_MINUTES, [host]);
  await client.query(FORGET_EVENTS, [host]);
  return null;
}

/** bigint travels as {"n": "…"}. */
const writeTrail = (trail: Trail): string =>
  JSON.stringify(trail, (_, value: unknown) => (typeof value === "bigint" ? { n: value.toString() } : value));
const readTrail = (text: string): Trail =>
  JSON.parse(text, (_, value: unknown) =>
    typeof value === "object" && value !== null && "n" in value ? BigInt(String(value.n)) : value,
  ) as Trail;

interface NextRow {
  epoch: number;
  seq: bigint;
  received_ns: UtcInstant;
  sent: string | null;
  body: Buffer;
  quarantined: string | null;
  is_whole: boolean;
  has_live: boolean;
}

const storedRow = (row: NextRow): StoredRow => ({
  epoch: row.epoch,
  seq: Number(row.seq),
  receivedAt: row.received_ns,
  sent: row.sent,
  body: row.body,
  quarantined: row.quarantined,
  isWhole: row.is_whole,
  hasLive: row.has_live,
});

interface EndedRow {
  epoch: number;
  last_seq: bigint;
  ended_ns: UtcInstant;
}

const endedEpoch = (row: EndedRow): EndedEpoch => ({ epoch: row.epoch, lastSeq: Number(row.last_seq), endedAt: row.ended_ns });

const workbench = (client: Queryable): Workbench => ({
  next: async (host, after) => (await client.query<NextRow>(NEXT, [host, after?.epoch ?? null, after?.seq ?? null])).rows.map(storedRow),
  ended: async (host) => (await client.query<EndedRow>(ENDED, [host])).rows.map(endedEpoch),
  keep: async (host, { trail, minutes, events }: DerivedAnew) => {
    await keepMinutes(client, host, minutes);
    await keepEvents(client, host, events);
    await client.query(KEEP_TRAIL, [host, VERSION, writeTrail(trail)]);
  },
});

const benchOn = (client: Queryable): Bench => ({
  ...workbench(client),
  ...comparisons(client),
  finish: async (host, done) => {
    await client.query(FORGET_MINUTES, [host]);
    await client.query(FORGET_EVENTS, [host]);
    await client.query(FINISH, [host, VERSION, JSON.stringify(done)]);
  },
});

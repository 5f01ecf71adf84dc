import type { RawInstant, UtcInstant } from "@truebound/time";
import type { PeerConflict, Tier } from "@truebound/wire";
import type pg from "pg";
import type { Sighting } from "../../peer/conflict-watch.ts";
import type { MeasuredEdge, PeerStore, StoredConflict } from "../../peer/ports.ts";
import type { Queryable } from "./pool.ts";
import { asOnlyOne, transactionOn } from "./singleton.ts";
import { readTargets } from "./target-store.ts";

const NOW = "select utc_ns(clock_timestamp()) as now_ns";

/** On either side of now: a clock that was set back must not make old edges new for as long as it was set back by. */
const EDGES = `
  select host_id, peer_id, from_ruler, to_ruler, raw_ns, lo_ns, hi_ns, hull_raw_ns, hull_lo_ns, hull_hi_ns,
    extract(epoch from clock_timestamp() - received_at)::double precision * 1000 as age_ms
  from peer_edge where received_at between clock_timestamp() - interval '90 s' and clock_timestamp() + interval '90 s'`;

/** So many of those that ended lately are told. */
const CONFLICTS = `
  select id, tier, utc_ns(first_seen) as first_seen_ns, utc_ns(last_seen) as last_seen_ns, utc_ns(ended_at) as ended_at_ns,
    suspects, flagged, cleared, least_liars, cycles
  from peer_conflict where ended_at is null or ended_at > clock_timestamp() - interval '1 day'
  order by ended_at is null desc, first_seen desc, id desc limit 500`;

const LOCK = "truebound peer conflicts";
const SEEN = "update peer_conflict set last_seen = clock_timestamp() where id = any($1) and ended_at is null";
const END = "update peer_conflict set ended_at = clock_timestamp() where id = any($1) and ended_at is null";
const BEGIN = `
  insert into peer_conflict (tier, suspects, flagged, cleared, least_liars, cycles)
  select $1, $2, $3, $4, $5, $6
  where not exists (select from peer_conflict where ended_at is null and tier = $1 and suspects && $2::uuid[])`;

export const peerStore = (pool: pg.Pool): PeerStore => ({
  look: async () => ({
    now: (await pool.query<{ now_ns: UtcInstant }>(NOW)).rows[0]?.now_ns as UtcInstant,
    edges: (await pool.query<EdgeRow>(EDGES)).rows.map(toEdge),
    targets: await readTargets(pool),
  }),
  conflicts: async () => (await pool.query<ConflictRow>(CONFLICTS)).rows.map(toConflict).sort(newestFirst),
  record: ({ begun, goingOn, ended }) =>
    asOnlyOne(pool, LOCK, (client) =>
      transactionOn(client, async () => {
        await client.query(END, [ended]);
        await client.query(SEEN, [goingOn]);
        return begin(client, begun);
      }),
    ),
});

async function begin(client: Queryable, sightings: readonly Sighting[]): Promise<Tier[]> {
  const begun: Tier[] = [];
  for (const { tier, suspects, flagged, cleared, leastLiars, cycles } of sightings) {
    const { rowCount } = await client.query(BEGIN, [tier, suspects, flagged, cleared, leastLiars, JSON.stringify(cycles)]);
    if (rowCount === 1) begun.push(tier);
  }
  return begun;
}

interface EdgeRow {
  host_id: string;
  peer_id: string;
  from_ruler: bigint;
  to_ruler: bigint | null;
  raw_ns: RawInstant;
  lo_ns: bigint;
  hi_ns: bigint;
  hull_raw_ns: RawInstant | null;
  hull_lo_ns: bigint | null;
  hull_hi_ns: bigint | null;
  age_ms: number;
}

const toEdge = (row: EdgeRow): MeasuredEdge => ({
  from: row.host_id,
  to: row.peer_id,
  fromRuler: Number(row.from_ruler),
  toRuler: row.to_ruler === null ? null : Number(row.to_ruler),
  at: row.raw_ns,
  lo: row.lo_ns,
  hi: row.hi_ns,
  hull:
    row.hull_raw_ns === null || row.hull_lo_ns === null || row.hull_hi_ns === null
      ? null
      : { at: row.hull_raw_ns, lo: row.hull_lo_ns, hi: row.hull_hi_ns },
  ageMs: row.age_ms,
});

interface ConflictRow {
  id: bigint;
  tier: Tier;
  first_seen_ns: UtcInstant;
  last_seen_ns: UtcInstant;
  ended_at_ns: UtcInstant | null;
  suspects: string[];
  flagged: string[];
  cleared: string[];
  least_liars: number;
  cycles: PeerConflict["cycles"];
}

const toConflict = (row: ConflictRow): StoredConflict => ({
  id: row.id,
  tier: row.tier,
  firstSeen: row.first_seen_ns,
  lastSeen: row.last_seen_ns,
  endedAt: row.ended_at_ns,
  suspects: row.suspects,
  flagged: row.flagged,
  cleared: row.cleared,
  leastLiars: row.least_liars,
  cycles: row.cycles,
});

/** By number: a clock that is set back does not turn the order round. */
const newestFirst = (a: StoredConflict, b: StoredConflict): number => (a.id < b.id ? 1 : -1);

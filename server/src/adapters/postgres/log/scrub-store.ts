import { HASH_BYTES, rootOf, TILE, tilesOfRoot } from "@truebound/audit";
import type pg from "pg";
import type { Scrub } from "../../../log-book/administer-log.ts";
import { hex } from "../../../log-book/ports.ts";
import { leavesOfRun } from "../../../log-book/reread.ts";
import { pauseMs, type ScrubFinding, type ScrubPart, scrubPart } from "../../../log-book/scrub.ts";
import { turns } from "../../turns.ts";
import { noteHostEvent } from "../host-event.ts";
import type { Queryable } from "../pool.ts";
import { asOnlyOne } from "../singleton.ts";
import { lastHeadOf } from "./head-store.ts";
import { logCrypto } from "./log-crypto.ts";
import { type ScrubbedPart, scrubLeft } from "./scrub-left.ts";
import { MISMATCH_EVENT } from "./sequencer.ts";
import { soundRows, storedLog, stretchesBetween } from "./stored-log.ts";
import { readTiles, tilesAt } from "./tile-store.ts";

const SCRUB = "truebound log scrub";
const STEP_TILES = 4;
const ALL_OF_IT = -1;

/** A clock that was set back makes it due at once. */
const PLACE = `
  select shard, leaf, gone, leaves, next_at <= clock_timestamp() or next_at > clock_timestamp() + interval '10 minutes' as due from log_scrub`;
const SHARD = `
  select s.shard, coalesce(max(h.size), 0)::bigint as size from log_shard s left join log_head h on h.shard = s.shard
  where s.shard > $1 or (s.shard = $1 and $2::bigint >= 0) group by s.shard order by s.shard limit 1`;
/** Of a month of which nothing is kept its entries are read. */
const ALL = `
  select coalesce(sum(size), 0)::bigint + (select count(*) from log_path) as leaves from (
    select max(size) as size from log_head h where exists (select from log_tile t where t.shard = h.shard) group by shard) each`;
/** A server that was away for long does not catch up all at once. */
const ADVANCE = `
  update log_scrub set shard = $1, leaf = $2, gone = $3, leaves = $4,
    next_at = greatest(least(next_at, clock_timestamp()), clock_timestamp() - interval '1 minute') + $5 * interval '1 millisecond'`;
const END_ROUND = `
  update log_scrub set ended_at = clock_timestamp(), ended_leaves = leaves, shard = '', leaf = 0, gone = 0, leaves = 0,
    round_began_at = clock_timestamp(), next_at = clock_timestamp() + $1 * interval '1 millisecond'`;
const DELETED = `
  select coalesce(sum((entry ->> 'count')::bigint), 0)::bigint as count from (
    select entry::jsonb as entry from log_entry where kind = 'deletion' union all select entry from log_pending where entry ->> 'kind' = 'deletion') told
  where entry ->> 'what' = 'batches'`;
const NOTE = `
  insert into log_difference (place, shard, leaf, of_host, words) values ($1, $2, $3, $4, $5)
  on conflict (place) do update set words = excluded.words where log_difference.words <> excluded.words returning place`;
const MENDED = "delete from log_difference where shard = $1 and leaf >= $2 and leaf < $3 and not (place = any($4::text[]))";
const STATE = `
  select utc_ns(ended_at) as ended_ns, ended_leaves, utc_ns(round_began_at) as began_ns, leaves,
    greatest(0, extract(epoch from clock_timestamp() - ended_at))::double precision as ended_s,
    greatest(0, extract(epoch from clock_timestamp() - coalesce(ended_at, round_began_at)))::double precision as age_s
  from log_scrub`;

/** Beyond it what is in the log was not read again within a day. */
export const OVERDUE_S = 86_400;

interface PlaceRow {
  shard: string;
  leaf: bigint;
  gone: bigint;
  leaves: bigint;
  due: boolean;
}

export interface ScrubStep {
  readonly findings: readonly ScrubFinding[];
  readonly hasEnded: boolean;
}

/** The next step of the round, if it is due; null = it is not, or another server is at it. Where it stands is kept with what it found. */
export const scrubStep = (pool: pg.Pool, isForced = false): Promise<ScrubStep | null> =>
  asOnlyOne(pool, SCRUB, (client) => inSnapshot(client, () => stepOn(client, isForced)));

async function inSnapshot<T>(client: Queryable, work: () => Promise<T>): Promise<T> {
  await client.query("begin isolation level repeatable read");
  try {
    await client.query("set local statement_timeout = '60s'; set local idle_in_transaction_session_timeout = '60s'");
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    // A connection that is gone has rolled back by itself.
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

async function stepOn(client: Queryable, isForced: boolean): Promise<ScrubStep | null> {
  const [at] = (await client.query<PlaceRow>(PLACE)).rows;
  if (at === undefined || (!at.due && !isForced)) return null;
  const [found] = (await client.query<{ shard: string; size: bigint }>(SHARD, [at.shard, at.leaf])).rows;
  if (found === undefined) return endRound(client, at);
  const { shard, size } = found;
  const from = shard === at.shard ? Number(at.leaf) : 0;
  const left = await scrubLeft(client, shard, from, STEP_TILES * TILE);
  if (left !== null) return advance(client, at, left);
  const end = Math.min(Number(size), from + STEP_TILES * TILE);
  const { findings, gone } = await scrubOn(client, shard, from, end);
  const isAll = end >= Number(size);
  const root = isAll ? await rootFinding(client, shard, Number(size)) : [];
  return advance(client, at, { shard, from, end, isAll, findings: [...findings, ...root], read: end - from, gone });
}

async function advance(client: Queryable, at: PlaceRow, step: ScrubbedPart): Promise<ScrubStep> {
  const { shard, from, end, isAll, read } = step;
  const findings = await note(client, shard, [from, end], step.findings);
  const next = isAll ? [shard, ALL_OF_IT] : [shard, end];
  const counts = [Number(at.gone) + step.gone, Number(at.leaves) + read];
  await client.query(ADVANCE, [...next, ...counts, pauseMs(read, await allLeaves(client))]);
  return { findings, hasEnded: false };
}

const allLeaves = async (client: Queryable): Promise<number> => Number((await client.query<{ leaves: bigint }>(ALL)).rows[0]?.leaves ?? 0n);

async function scrubOn(client: Queryable, shard: string, from: number, end: number) {
  if (end <= from) return { findings: [], gone: 0 };
  const part = await partOf(client, shard, from, end);
  const runs = [...new Set(part.leaves.flatMap((leaf) => (leaf.kind === "batch" ? [leaf.run] : [])))];
  const rows = await soundRows(client, runs);
  const log = { ...storedLog(client, logCrypto), rows: async (run: (typeof runs)[number]) => rows.get(run) ?? [] };
  return scrubPart(log, part, logCrypto.sha256, turns());
}

async function partOf(client: Queryable, shard: string, from: number, end: number): Promise<ScrubPart> {
  const tiles = Array.from({ length: Math.ceil((end - from) / TILE) }, (_, at) => from / TILE + at);
  const stored = await tilesAt(client, shard, [
    ...tiles.map((tile) => ({ level: 0, tile })),
    ...[...new Set(tiles.map((tile) => Math.floor(tile / TILE)))].map((tile) => ({ level: 1, tile })),
  ]);
  const leaves = (await stretchesBetween(client, shard, from, end))
    .flatMap((one) => (one.kind === "entry" ? [one] : [...leavesOfRun(one.run)]))
    .filter(({ leaf }) => leaf >= from && leaf < end);
  return {
    shard,
    from,
    tiles: tiles.map((tile) => stored.hashes({ level: 0, tile }) ?? new Uint8Array()),
    above: tiles.map((tile) => hashAt(stored.hashes({ level: 1, tile: Math.floor(tile / TILE) }), tile % TILE)),
    leaves,
  };
}

function hashAt(hashes: Uint8Array | undefined, at: number): Uint8Array | null {
  const hash = hashes?.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
  return hash?.length === HASH_BYTES ? hash : null;
}

/** The whole shard against the newest head over it. */
async function rootFinding(client: Queryable, shard: string, size: number): Promise<ScrubFinding[]> {
  const head = size === 0 ? null : await lastHeadOf(client, shard);
  if (head === null) return [];
  const places = tilesOfRoot(size);
  const stored = await readTiles(client, shard, places);
  const isThere = stored.length === places.length;
  const root = isThere ? hex(rootOf(size, await tilesAt(client, shard, places), logCrypto.sha256)) : null;
  if (root === head.head.root) return [];
  const words =
    root === null ? "not all of its hashes are there" : `its hashes have the root ${root}, and head ${head.number} signs ${head.head.root}`;
  return [{ place: `shard ${shard}`, leaf: size - 1, host: null, words }];
}

/** What this stretch shows is written over what was known of it. */
async function note(client: Queryable, shard: string, [from, end]: readonly [number, number], findings: readonly ScrubFinding[]) {
  await client.query(MENDED, [shard, from, end, findings.map(({ place }) => place)]);
  const news: ScrubFinding[] = [];
  for (const one of findings) {
    const { rows } = await client.query(NOTE, [one.place, shard, one.leaf, one.host, one.words]);
    if (rows.length > 0) news.push(one);
  }
  const byHost = new Map<string, ScrubFinding[]>();
  for (const one of news) if (one.host !== null) byHost.set(one.host, [...(byHost.get(one.host) ?? []), one]);
  for (const [host, [first, ...more]] of byHost)
    if (first !== undefined)
      await noteHostEvent(client, host, MISMATCH_EVENT, { why: "altered", place: first.place, and_more: more.length });
  return news;
}

const GONE_PLACE = "batches that are gone";

/** Whatever is gone, an entry says that it was deleted. */
async function endRound(client: Queryable, { gone }: PlaceRow): Promise<ScrubStep> {
  const deleted = Number((await client.query<{ count: bigint }>(DELETED)).rows[0]?.count ?? 0n);
  const missing = Number(gone) - deleted;
  const words = `${missing} batches are gone of which no entry says that they were deleted`;
  const found = missing > 0 ? [{ place: GONE_PLACE, leaf: 0, host: null, words }] : [];
  const news = await note(client, "", [0, 1], found);
  await client.query(END_ROUND, [pauseMs(STEP_TILES * TILE, await allLeaves(client))]);
  return { findings: news, hasEnded: true };
}

interface StateRow {
  ended_ns: bigint | null;
  ended_leaves: bigint | null;
  began_ns: bigint;
  leaves: bigint;
  ended_s: number | null;
  age_s: number;
}

export interface ScrubState extends Scrub {
  /** Since the last whole round ended, or since the first began. */
  readonly ageSeconds: number;
}

export async function readScrub(client: Queryable): Promise<ScrubState> {
  const [row] = (await client.query<StateRow>(STATE)).rows;
  if (row === undefined)
    throw new Error("Cannot say how far the log was read again: the row of log_scrub is gone; insert into log_scrub default values");
  const { ended_ns, ended_leaves, ended_s, began_ns, leaves, age_s } = row;
  return {
    ended: ended_ns === null ? null : { at: ended_ns, leaves: Number(ended_leaves ?? 0n), secondsAgo: Math.floor(ended_s ?? 0) },
    began: began_ns,
    leaves: Number(leaves),
    isOverdue: age_s > OVERDUE_S,
    ageSeconds: age_s,
  };
}

import { MissingTile, rootOf, tilesOfRoot } from "@truebound/audit";
import type pg from "pg";
import type { BlockedHost, Difference, LogPorts, LogSummary, MonthKept } from "../../../log-book/administer-log.ts";
import { verifyLog } from "../../../log-book/verify.ts";
import { rotateReceiptKey } from "../../rotate-receipt-key.ts";
import { appendLine, readLines } from "../../witness-file.ts";
import type { Queryable } from "../pool.ts";
import { receiptKeyChanges } from "../receipt-key-store.ts";
import { acknowledge } from "./block-store.ts";
import { lastHead, lastHeadOf } from "./head-store.ts";
import { LEFT_MONTHS } from "./left-months.ts";
import { logCrypto } from "./log-crypto.ts";
import { readScrub } from "./scrub-store.ts";
import { storedLog } from "./stored-log.ts";
import { hasTiles, tilesAt } from "./tile-store.ts";

/** Each by its place in an index: a year has half a million heads. */
const MONTHS = `
  select s.shard, s.shard = to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM') as is_now, first.number as first,
    coalesce((select tile + 1 from log_tile t where t.shard = s.shard and t.level = 0 order by tile desc limit 1), 0)::bigint as tiles
  from log_shard s, lateral (select number from log_head h where h.shard = s.shard order by size, number limit 1) first order by s.shard`;
const NOW = "select utc_ns(clock_timestamp()) as now";
const PENDING = "select count(*) from log_pending";
const BEHIND = `
  select count(*) from host_state s left join log_host l on l.host_id = s.host_id
  where l.host_id is null or (s.epoch, s.seq) is distinct from (l.epoch, l.seq)`;
const MISMATCHES = "select entry from log_entry where kind = 'mismatch' order by shard, leaf limit 100";
const BLOCKED = `
  select b.host_id as host, h.name, utc_ns(b.since) as since, b.epoch, b.seq, b.entry from log_block b join host h on h.id = b.host_id
  where b.through_epoch is null order by b.since, h.name limit 100`;
const DIFFERENCES = `
  select d.place, h.name, d.words, utc_ns(d.found_at) as found from log_difference d left join host h on h.id = d.of_host
  where d.acknowledged_at is null order by d.place limit 100`;
const ANCHOR = "select head, authority, granted_ns from log_anchor order by head desc limit 1";

interface BlockedRow extends Omit<BlockedHost, "seq"> {
  readonly seq: bigint;
}

const count = async (client: Queryable, text: string): Promise<number> =>
  Number((await client.query<{ count: bigint }>(text)).rows[0]?.count ?? 0n);

async function monthsOf(client: Queryable): Promise<MonthKept[]> {
  const { rows } = await client.query<{ shard: string; is_now: boolean; first: bigint; tiles: bigint }>(MONTHS);
  const months: MonthKept[] = [];
  for (const { shard, is_now: isNow, first, tiles } of rows) {
    const last = await lastHeadOf(client, shard);
    if (last !== null) months.push({ shard, isNow, first: Number(first), last, tiles: Number(tiles) });
  }
  return months;
}

export async function summary(client: Queryable): Promise<LogSummary> {
  const [anchor] = (await client.query<{ head: bigint; authority: string; granted_ns: bigint }>(ANCHOR)).rows;
  return {
    asOf: (await client.query<{ now: bigint }>(NOW)).rows[0]?.now ?? 0n,
    head: await lastHead(client),
    months: await monthsOf(client),
    pending: await count(client, PENDING),
    hostsBehind: await count(client, BEHIND),
    blocked: (await client.query<BlockedRow>(BLOCKED)).rows.map((row) => ({ ...row, seq: Number(row.seq) })),
    differences: (await client.query<Difference>(DIFFERENCES)).rows,
    left: (await client.query<{ shard: string }>(LEFT_MONTHS)).rows.map(({ shard }) => shard),
    scrub: await readScrub(client),
    mismatches: (await client.query<{ entry: string }>(MISMATCHES)).rows.map(({ entry }) => entry),
    anchor: anchor === undefined ? null : { at: anchor.granted_ns, head: Number(anchor.head), authority: anchor.authority },
  };
}

export async function rootAt(client: Queryable, shard: string, size: number): Promise<Uint8Array | null> {
  try {
    return rootOf(size, await tilesAt(client, shard, tilesOfRoot(size)), logCrypto.sha256);
  } catch (error) {
    if (error instanceof MissingTile) return null;
    throw error;
  }
}

/** As of one instant, however long it takes; nothing is written. */
async function inSnapshot<T>(pool: pg.Pool, work: (client: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("begin isolation level repeatable read read only");
    await client.query("set local statement_timeout = '10min'; set local idle_in_transaction_session_timeout = '10min'");
    return await work(client);
  } finally {
    await client.query("rollback").catch((cause: Error) => (broken = cause));
    client.release(broken);
  }
}

export const logPorts = (pool: pg.Pool, receiptKeyFile: string): LogPorts => ({
  crypto: logCrypto,
  summary: () => summary(pool),
  lastHead: () => lastHead(pool),
  rootAt: (shard, size) => rootAt(pool, shard, size),
  leftOf: async (shard) => ((await hasTiles(pool, shard)) ? null : ((await lastHeadOf(pool, shard))?.head ?? null)),
  keyChanges: () => receiptKeyChanges(pool),
  rotateKey: (isLost) => rotateReceiptKey(pool, receiptKeyFile, isLost),
  verify: (witnessed) => inSnapshot(pool, (client) => verifyLog(storedLog(client, logCrypto), witnessed, logCrypto)),
  acknowledge: (host, note) => acknowledge(pool, host, note),
  readLines,
  appendLine,
});

import { HASH_BYTES, inclusionProof, type LogHead, TILE, tilesFrom, tilesOfInclusion } from "@truebound/audit";
import { headHash } from "../../../log-book/next-head.ts";
import type { SignedHead } from "../../../log-book/ports.ts";
import { type KeptLeaf, whyUnproved } from "../../../log-book/spent-month.ts";
import { firstHeadOf, lastHeadOf } from "../log/head-store.ts";
import { logCrypto } from "../log/log-crypto.ts";
import { appendDeletion } from "../log/log-queue.ts";
import { SEQUENCER } from "../log/sequencer-lock.ts";
import { storedLog } from "../log/stored-log.ts";
import { readTiles } from "../log/tile-store.ts";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";

/** What differs there, or why a host's log stopped, is to be looked at first. */
const OLD = `
  select shard from log_shard s where shard < to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM')
    and exists (select from log_tile t where t.shard = s.shard)
    and not exists (select from log_difference d where d.shard = s.shard and d.acknowledged_at is null)
    and not exists (select from log_block b where b.shard = s.shard)
    and log_shard_is_spent(shard) order by shard`;
const LOCK = "select pg_try_advisory_xact_lock(hashtext($1)) as mine";
const IS_SPENT = "select log_shard_is_spent($1) as is";
const ENTRIES = "select leaf, entry from log_entry where shard = $1 order by leaf";
const BATCHES = "select coalesce(sum(batches), 0)::bigint as count from log_run where shard = $1 and not mismatch";
const KEEP = "insert into log_path (shard, leaf, hash, path) values ($1, $2, $3, $4)";
const DROP = "select drop_spent_shard($1)";

/** Months of the log of which nothing is kept any more: their last heads stay, and the proofs of their entries. */
export async function dropSpentMonths(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ shard: string }>(OLD);
  const gone: string[] = [];
  for (const { shard } of rows) if (await transactionOn(client, () => dropMonth(client, shard))) gone.push(shard);
  return gone;
}

/** Where the log is being written just now, it is for the next pass. */
async function dropMonth(client: Queryable, shard: string): Promise<boolean> {
  if ((await client.query<{ mine: boolean }>(LOCK, [SEQUENCER])).rows[0]?.mine !== true) return false;
  if ((await client.query<{ is: boolean }>(IS_SPENT, [shard])).rows[0]?.is !== true) return false;
  const [first, last] = [await firstHeadOf(client, shard), await lastHeadOf(client, shard)];
  if (first === null || last === null) return false;
  const entries = await provedEntries(client, last);
  if (entries === null) return false;
  for (const { leaf, hash, path } of entries) await client.query(KEEP, [shard, leaf, hash, path]);
  const { count } = (await client.query<{ count: bigint }>(BATCHES, [shard])).rows[0] as { count: bigint };
  await appendDeletion(client, {
    what: "log",
    shard,
    from: first.number,
    to: last.number,
    count: last.head.size,
    batches: Number(count),
    entries: entries.length,
    before: first.head.previous,
    head: headHash(last.head, logCrypto),
  });
  await client.query(DROP, [shard]);
  return true;
}

/** Null = they do not prove what is stored, so that the month stays for whoever has to look. */
async function provedEntries(client: Queryable, { head }: SignedHead): Promise<KeptLeaf[] | null> {
  const { rows } = await client.query<{ leaf: bigint; entry: string }>(ENTRIES, [head.shard]);
  const log = storedLog(client, logCrypto);
  const found: KeptLeaf[] = [];
  for (const { leaf, entry: text } of rows) {
    const kept = await pathOf(client, head, Number(leaf));
    if ((await whyUnproved(log, head, { text, kept }, logCrypto)) !== null) return null;
    if (kept !== null) found.push(kept);
  }
  return found;
}

async function pathOf(client: Queryable, { shard, size }: LogHead, leaf: number): Promise<KeptLeaf | null> {
  const own = { level: 0, tile: Math.floor(leaf / TILE) };
  const tiles = tilesFrom(await readTiles(client, shard, [own, ...tilesOfInclusion(leaf, size)]));
  const at = (leaf % TILE) * HASH_BYTES;
  const hash = tiles.hashes(own)?.subarray(at, at + HASH_BYTES);
  return hash === undefined ? null : { leaf, hash, path: Buffer.concat(inclusionProof(leaf, size, tiles, logCrypto.sha256)) };
}

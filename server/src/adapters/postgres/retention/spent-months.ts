import { HASH_BYTES, inclusionProof, TILE, tilesFrom, tilesOfInclusion } from "@truebound/audit";
import { headHash } from "../../../log-book/next-head.ts";
import type { SignedHead } from "../../../log-book/ports.ts";
import { firstHeadOf, lastHeadOf } from "../log/head-store.ts";
import { logCrypto } from "../log/log-crypto.ts";
import { appendDeletion } from "../log/log-queue.ts";
import { SEQUENCER } from "../log/sequencer-lock.ts";
import { readTiles } from "../log/tile-store.ts";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";

const OLD = `
  select shard from log_shard s where shard < to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM')
    and exists (select from log_tile t where t.shard = s.shard) and log_shard_is_spent(shard) order by shard`;
const LOCK = "select pg_try_advisory_xact_lock(hashtext($1)) as mine";
const IS_SPENT = "select log_shard_is_spent($1) as is";
const LEAVES = "select leaf from log_entry where shard = $1 order by leaf";
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
  await keepPaths(client, last);
  const { count } = (await client.query<{ count: bigint }>(BATCHES, [shard])).rows[0] as { count: bigint };
  await appendDeletion(client, {
    what: "log",
    shard,
    from: first.number,
    to: last.number,
    count: last.head.size,
    batches: Number(count),
    before: first.head.previous,
    head: headHash(last.head, logCrypto),
  });
  await client.query(DROP, [shard]);
  return true;
}

async function keepPaths(client: Queryable, { head: { shard, size } }: SignedHead): Promise<void> {
  const { rows } = await client.query<{ leaf: bigint }>(LEAVES, [shard]);
  for (const leaf of rows.map((row) => Number(row.leaf))) {
    const own = { level: 0, tile: Math.floor(leaf / TILE) };
    const tiles = tilesFrom(await readTiles(client, shard, [own, ...tilesOfInclusion(leaf, size)]));
    const at = (leaf % TILE) * HASH_BYTES;
    const path = Buffer.concat(inclusionProof(leaf, size, tiles, logCrypto.sha256));
    await client.query(KEEP, [shard, leaf, tiles.hashes(own)?.subarray(at, at + HASH_BYTES), path]);
  }
}

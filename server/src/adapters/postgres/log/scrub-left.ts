import { headHash } from "../../../log-book/next-head.ts";
import type { ScrubFinding } from "../../../log-book/scrub.ts";
import { type KeptLeaf, type SpentMonth, whyUnproved } from "../../../log-book/spent-month.ts";
import type { Queryable } from "../pool.ts";
import { lastHeadOf } from "./head-store.ts";
import { logCrypto } from "./log-crypto.ts";
import { storedLog } from "./stored-log.ts";
import { hasTiles } from "./tile-store.ts";

const ENTRIES = `
  select e.leaf, e.entry, p.hash, p.path from log_entry e left join log_path p on p.shard = e.shard and p.leaf = e.leaf
  where e.shard = $1 and e.leaf >= $2 order by e.leaf limit $3`;
const COUNT = "select count(*) from log_entry where shard = $1";

/** What a step has read of a shard, and what it found there. */
export interface ScrubbedPart {
  readonly shard: string;
  readonly from: number;
  /** Behind the last leaf. */
  readonly end: number;
  readonly isAll: boolean;
  readonly findings: readonly ScrubFinding[];
  readonly read: number;
  /** Batches that are not kept any more. */
  readonly gone: number;
}

interface EntryRow {
  leaf: bigint;
  entry: string;
  hash: Buffer | null;
  path: Buffer | null;
}

/** Of a month of which retention left the last head: that head, and its entries. Null = the shard is none. */
export async function scrubLeft(client: Queryable, shard: string, from: number, most: number): Promise<ScrubbedPart | null> {
  if (await hasTiles(client, shard)) return null;
  const log = storedLog(client, logCrypto);
  const spent = (await log.spent()).find((one) => one.shard === shard);
  if (spent === undefined) return null;
  const { rows } = await client.query<EntryRow>(ENTRIES, [shard, from, most]);
  const isAll = rows.length < most;
  const findings = [...(await entryFindings(client, shard, rows)), ...(isAll ? await monthFindings(client, spent) : [])];
  const end = isAll ? spent.leaves : Number(rows.at(-1)?.leaf) + 1;
  // Where a round had begun to read it before it went, it counted some of its batches: too few do no harm, too many would.
  return { shard, from, end, isAll, findings, read: rows.length, gone: from === 0 ? spent.batches : 0 };
}

async function entryFindings(client: Queryable, shard: string, rows: readonly EntryRow[]): Promise<ScrubFinding[]> {
  const own = await lastHeadOf(client, shard);
  if (own === null) return [];
  const log = storedLog(client, logCrypto);
  const findings: ScrubFinding[] = [];
  for (const row of rows) {
    const words = await whyUnproved(log, own.head, { text: row.entry, kept: keptOf(row) }, logCrypto);
    const leaf = Number(row.leaf);
    if (words !== null) findings.push({ place: `shard ${shard}, leaf ${leaf}`, leaf, host: null, words });
  }
  return findings;
}

const keptOf = ({ leaf, hash, path }: EntryRow): KeptLeaf | null =>
  hash === null || path === null ? null : { leaf: Number(leaf), hash, path };

async function monthFindings(client: Queryable, { shard, leaves, entries, head }: SpentMonth): Promise<ScrubFinding[]> {
  const own = await lastHeadOf(client, shard);
  const count = Number((await client.query<{ count: bigint }>(COUNT, [shard])).rows[0]?.count ?? 0n);
  const at = { place: `shard ${shard}`, leaf: leaves - 1, host: null };
  if (own === null || headHash(own.head, logCrypto) !== head) return [{ ...at, words: "its last head is not the one that retention left" }];
  return count === entries ? [] : [{ ...at, words: `${count} entries are left of it, and retention left ${entries}` }];
}

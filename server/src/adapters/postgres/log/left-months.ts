import { type LeftMonthEntry, MissingTile, tilesFrom, tilesOfRoot } from "@truebound/audit";
import { keyText } from "../../../log-book/key-way.ts";
import { isNamed, keysBefore, leftMonthEntry, type MonthFacts, signedAnew } from "../../../log-book/left-month.ts";
import type { EntryLeaf, HeadSigner, LogCrypto, SignedHead } from "../../../log-book/ports.ts";
import type { Queryable } from "../pool.ts";
import { receiptKeyChanges, sinceLoss } from "../receipt-key-store.ts";
import { insertHead, lastHead, lastHeadOf } from "./head-store.ts";
import { entryLeaves, proofFor } from "./log-reader.ts";
import { tilesAt } from "./tile-store.ts";

/** Of a month whose tiles are gone the last head stays as it was signed: nothing rests on it. */
const SHARDS = "select distinct shard from log_tile order by shard";
/** It counts until it is whole and signed anew, whoever acknowledged it. */
export const LEFT_MONTHS = `
  select distinct e.entry::jsonb ->> 'shard' as shard from log_entry e
  where e.kind = 'left_month' and (select max(h.number) from log_head h where h.shard = e.entry::jsonb ->> 'shard') = (e.entry::jsonb ->> 'number')::bigint`;
const NOTE = `
  insert into log_difference (place, shard, leaf, words) values ($1, $2, $3, $4)
  on conflict (place) do update set words = excluded.words, acknowledged_at = null`;

interface Signing {
  readonly crypto: LogCrypto;
  readonly signer: HeadSigner;
}

/** A month of before a key was lost, and why it is not signed anew; null = it is. */
export interface OldMonth extends MonthFacts {
  readonly why: string | null;
}

/** Nobody vouches for what a lost key signed: which months are as it signed them, and which are not. */
export async function oldMonths(client: Queryable, ports: Signing, present: string): Promise<OldMonth[]> {
  const months: OldMonth[] = [];
  for (const { shard } of (await client.query<{ shard: string }>(SHARDS)).rows) {
    const facts = shard === present ? null : await factsOf(client, ports, shard);
    if (facts === null) continue;
    const tried = signedAnew(facts, facts.head, facts.head.head.timestamp, ports.signer, ports.crypto);
    months.push({ ...facts, why: typeof tried === "string" ? tried : null });
  }
  return months;
}

async function factsOf(client: Queryable, { crypto, signer }: Signing, shard: string): Promise<MonthFacts | null> {
  const head = await lastHeadOf(client, shard);
  if (head === null) return null;
  const keys = keysBefore(keyText(signer), await receiptKeyChanges(client), crypto);
  return { head, tiles: await tilesAt(client, shard, tilesOfRoot(head.head.size)), keys };
}

export const leftEntries = (months: readonly OldMonth[], crypto: LogCrypto): LeftMonthEntry[] =>
  months.flatMap(({ head, why }) => (why === null ? [] : [leftMonthEntry(head, why, crypto)]));

/** The key in use signs the sound ones as they are; of the others it says that they differ, until they do no more. */
export async function settleOldMonths(client: Queryable, { crypto, signer }: Signing, after: SignedHead, months: readonly OldMonth[]) {
  let last = after;
  for (const { why, ...facts } of months) {
    if (why !== null) await client.query(NOTE, noteOf(facts.head, why));
    else {
      const anew = signedAnew(facts, last, after.head.timestamp, signer, crypto);
      if (typeof anew === "string") throw new Error(`Cannot sign shard ${facts.head.head.shard} anew: ${anew}`);
      await insertHead(client, anew);
      last = anew;
    }
  }
}

const noteOf = ({ head: { shard, size } }: SignedHead, why: string): unknown[] => [
  `shard ${shard}`,
  shard,
  size - 1,
  `not signed anew by the key in use: ${why}`,
];

/** A month that was left and is again as the lost key had signed it is signed then: the very head that the log names. Which were. */
export async function signMended(client: Queryable, ports: Signing, timestamp: (last: SignedHead) => bigint): Promise<readonly string[]> {
  const mended: string[] = [];
  for (const leaf of await entryLeaves(client, ["left_month"], null)) {
    const { shard, number } = leaf.entry as LeftMonthEntry;
    if ((await lastHeadOf(client, shard))?.number !== number) continue;
    const [facts, last] = [await factsOf(client, ports, shard), await lastHead(client)];
    if (facts === null || last === null || !(await isTheOne(client, ports, leaf, facts.head))) continue;
    const anew = signedAnew(facts, last, timestamp(last), ports.signer, ports.crypto);
    if (typeof anew === "string") continue;
    await insertHead(client, anew);
    mended.push(shard);
  }
  return mended;
}

async function isTheOne(client: Queryable, { crypto, signer }: Signing, leaf: EntryLeaf, head: SignedHead): Promise<boolean> {
  const { heads, tiles } = await proofFor(client, [leaf]);
  const [under] = heads;
  const since = sinceLoss(await receiptKeyChanges(client));
  const trusted = new Set([keyText(signer), ...since.map(({ public_key }) => public_key)]);
  try {
    return under !== undefined && isNamed(leaf, { head: under, tiles: tilesFrom(tiles), trusted }, head, crypto);
  } catch (error) {
    // Of the month in which it was left nothing is kept any more, so the log cannot show that it names this head.
    if (error instanceof MissingTile) return false;
    throw error;
  }
}

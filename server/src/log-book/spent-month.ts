import { type DeletionEntry, HASH_BYTES, type LogHead, sameBytes, verifyInclusion } from "@truebound/audit";
import type { LogCrypto } from "./ports.ts";
import type { StoredLog } from "./verify.ts";

/** A month of the log of which the last head is left: what its deletion's entry says of it. */
export interface SpentMonth {
  readonly shard: string;
  /** Numbers of its first head, which went, and of its last one. */
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
  readonly batches: number;
  /** How many of its leaves are entries, which stay. */
  readonly entries: number;
  /** SHA-256 of the head before its first one, and of its last one, hex. */
  readonly before: string;
  readonly head: string;
}

/** Null for what is the deletion of something else. */
export function spentMonthOf({ what, shard, from, to, count: leaves, batches, entries, before, head }: DeletionEntry): SpentMonth | null {
  if (what !== "log" || typeof shard !== "string" || typeof before !== "string" || typeof head !== "string") return null;
  return { shard, from: Number(from), to: Number(to), leaves, batches: Number(batches), entries: Number(entries), before, head };
}

/** What is left of an entry in such a month. */
export interface KeptLeaf {
  readonly leaf: number;
  readonly hash: Uint8Array;
  readonly path: Uint8Array;
}

/** Of an entry of such a month, why it does not hold; null = it lies under the month's last head as it is stored. */
export async function whyUnproved(
  log: Pick<StoredLog, "leafHash">,
  head: LogHead,
  { text, kept }: { readonly text: string; readonly kept: KeptLeaf | null },
  crypto: Pick<LogCrypto, "sha256">,
): Promise<string | null> {
  if (kept === null) return "nothing proves it, and its month is gone";
  if (sameBytes(await log.leafHash(head.shard, kept.leaf, text), kept.hash) && isUnder(head, kept, crypto)) return null;
  return `what is stored of the entry ${text.slice(0, 120)} is not what was logged`;
}

function isUnder({ size, root }: LogHead, { leaf, hash, path }: KeptLeaf, { sha256 }: Pick<LogCrypto, "sha256">): boolean {
  const proof = Array.from({ length: path.length / HASH_BYTES }, (_, at) => path.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
  return verifyInclusion({ index: leaf, size, leaf: hash, root: Buffer.from(root, "hex"), proof }, sha256);
}

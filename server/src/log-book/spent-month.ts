import { type DeletionEntry, HASH_BYTES, type LogHead, verifyInclusion } from "@truebound/audit";
import type { LogCrypto } from "./ports.ts";

/** A month of the log of which the last head is left: what its deletion's entry says of it. */
export interface SpentMonth {
  readonly shard: string;
  /** Numbers of its first head, which went, and of its last one. */
  readonly from: number;
  readonly to: number;
  readonly leaves: number;
  readonly batches: number;
  /** SHA-256 of the head before its first one, and of its last one, hex. */
  readonly before: string;
  readonly head: string;
}

/** Null for what is the deletion of something else. */
export function spentMonthOf({ what, shard, from, to, count: leaves, batches, before, head }: DeletionEntry): SpentMonth | null {
  if (what !== "log" || typeof shard !== "string" || typeof before !== "string" || typeof head !== "string") return null;
  return { shard, from: Number(from), to: Number(to), leaves, batches: Number(batches), before, head };
}

/** What is left of an entry in such a month. */
export interface KeptLeaf {
  readonly leaf: number;
  readonly hash: Uint8Array;
  readonly path: Uint8Array;
}

export function isUnder({ size, root }: LogHead, { leaf, hash, path }: KeptLeaf, { sha256 }: Pick<LogCrypto, "sha256">): boolean {
  const proof = Array.from({ length: path.length / HASH_BYTES }, (_, at) => path.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES));
  return verifyInclusion({ index: leaf, size, leaf: hash, root: Buffer.from(root, "hex"), proof }, sha256);
}

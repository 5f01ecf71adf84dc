import { HASH_BYTES, type Sha256, sameBytes, TILE, tileRoot } from "@truebound/audit";
import { type Leaf, Reread } from "./reread.ts";
import type { StoredLog } from "./verify.ts";

/** A stretch of a shard that one step reads again: whole tiles, but for the last of the shard. */
export interface ScrubPart {
  readonly shard: string;
  /** The first leaf; a tile begins there. */
  readonly from: number;
  readonly tiles: readonly Uint8Array[];
  /** Of each tile that is full the hash that stands for it one level above; null = there is none. */
  readonly above: readonly (Uint8Array | null)[];
  /** Rows that stand for its leaves, in order. */
  readonly leaves: readonly Leaf[];
}

export interface ScrubFinding {
  readonly place: string;
  readonly leaf: number;
  /** Null = it is of no host. */
  readonly host: string | null;
  readonly words: string;
}

export interface Scrubbed {
  readonly findings: readonly ScrubFinding[];
  /** Batches that are not kept any more. */
  readonly gone: number;
}

/** Reads what the leaves of a part stand for again, and says what is not now what was logged. */
export async function scrubPart(
  log: Pick<StoredLog, "rows" | "statements" | "leafHash">,
  part: ScrubPart,
  sha256: Sha256,
  othersFirst: () => Promise<void>,
): Promise<Scrubbed> {
  const reread = new Reread(log);
  const findings: ScrubFinding[] = [...tileFindings(part, sha256)];
  const byLeaf = new Map<number, Leaf[]>();
  for (const leaf of part.leaves) byLeaf.set(leaf.leaf, [...(byLeaf.get(leaf.leaf) ?? []), leaf]);
  let gone = 0;
  for (const [leaf, hash] of hashesOf(part)) {
    const [own, second] = byLeaf.get(leaf) ?? [];
    const place = `shard ${part.shard}, leaf ${leaf}`;
    if (own === undefined) findings.push({ place, leaf, host: null, words: "it has a hash and no row" });
    else if (second !== undefined) findings.push({ place, leaf, host: hostOf(own), words: "it has two rows" });
    else {
      const { kind, words } = await reread.compare(part.shard, own, hash);
      if (kind === "gone" && own.kind === "batch" && !own.isStatement) gone += 1;
      if (kind === "different") findings.push({ place, leaf, host: hostOf(own), words });
    }
    await othersFirst();
  }
  return { findings, gone };
}

const hostOf = (leaf: Leaf): string | null => (leaf.kind === "batch" ? leaf.run.host : null);

function* hashesOf({ from, tiles }: ScrubPart): Generator<[number, Uint8Array]> {
  for (const [at, hashes] of tiles.entries())
    for (let byte = 0; byte < hashes.length; byte += HASH_BYTES)
      yield [from + at * TILE + byte / HASH_BYTES, hashes.subarray(byte, byte + HASH_BYTES)];
}

/** A leaf whose row and hash were changed together is seen one level above. */
function* tileFindings({ shard, from, tiles, above }: ScrubPart, sha256: Sha256): Generator<ScrubFinding> {
  for (const [at, hashes] of tiles.entries()) {
    const wanted = above[at] ?? null;
    const isFull = hashes.length === TILE * HASH_BYTES;
    if (!isFull || (wanted !== null && sameBytes(tileRoot(hashes, sha256), wanted))) continue;
    const tile = from / TILE + at;
    yield { place: `shard ${shard}, tile ${tile}`, leaf: from + at * TILE, host: null, words: "its hashes are not those that were signed" };
  }
}

const HOUR_MS = 3_600_000;
/** Four hours are left for what stands still meanwhile. */
const ROUND_MS = 20 * HOUR_MS;
const LONGEST_PAUSE_MS = 600_000;

/** How long after a step the next is due, so that a round of the whole log takes twenty hours; a small one takes less. */
export const pauseMs = (stepLeaves: number, allLeaves: number): number =>
  Math.min(LONGEST_PAUSE_MS, Math.floor((ROUND_MS * stepLeaves) / Math.max(1, allLeaves)));

import type { Place } from "./place.ts";
import type { ChainPlace, Reseal, SealedBatch } from "./sealed-batch.ts";

/**
 * What goes on in a later epoch is sealed anew, and its former hashes are gone. They can be made again from the bodies and the hash
 * that the first of them followed: so an agent knows its own batch wherever a server has it still, and does not give it twice.
 */

/** A file whose batches went on in epoch after epoch says no more of them than of these: a line of a hundred bytes for each. */
const MOST_EPOCHS = 3;

/**
 * What the first of these, which go on now, followed in each epoch before.
 * @param source all batches of the file in which they lie, in order
 */
export function followedBy(first: SealedBatch, source: readonly SealedBatch[], reseal: Reseal): readonly ChainPlace[] {
  const here = { epoch: first.epoch, seq: first.seq - 1, hash: first.prev };
  const before = source.slice(0, source.indexOf(first));
  const ends = (source[0]?.followed ?? []).map((from) => before.reduce<ChainPlace>(behind(reseal), from));
  return [here, ...ends].slice(0, MOST_EPOCHS);
}

/** Whether this head of a former chain may be one of so many batches. */
export const mayBeAmong = (head: ChainPlace, followed: readonly ChainPlace[], count: number): boolean =>
  followed.some(({ epoch, seq }) => epoch === head.epoch && seq < head.seq && head.seq <= seq + count);

/**
 * Where the batch is now that a former chain ended in; null = it is none of these, which lie in one file. By its hash all batches
 * before it are those that were before it here, too.
 */
export function placeNow(head: ChainPlace, batches: readonly SealedBatch[], reseal: Reseal): Place | null {
  const from = batches[0]?.followed?.find(({ epoch }) => epoch === head.epoch);
  if (from === undefined || head.seq <= from.seq) return null;
  const upTo = batches.slice(0, head.seq - from.seq);
  const end = upTo.reduce<ChainPlace>(behind(reseal), from);
  const last = upTo.at(-1);
  return end.hash === head.hash && last !== undefined ? { epoch: last.epoch, seq: last.seq } : null;
}

const behind =
  (reseal: Reseal) =>
  (end: ChainPlace, { body }: SealedBatch): ChainPlace => {
    const { epoch, seq, hash } = reseal(end, body);
    return { epoch, seq, hash };
  };

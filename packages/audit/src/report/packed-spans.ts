import type { SpanEvidence } from "../audit-case.ts";

const FIELDS = 4;
const MOST = 2n ** 63n - 1n;
const fits = (value: bigint): boolean => -MOST <= value && value <= MOST;

/** Spans in 32 bytes each, so that all hosts of a group can be held at once; as they are where a number is too large for that. */
export type PackedSpans = BigInt64Array | readonly SpanEvidence[];

export function packedSpans(spans: readonly SpanEvidence[]): PackedSpans {
  if (!spans.every(({ from, to, lo, hi }) => fits(from) && fits(to) && fits(lo) && fits(hi))) return spans;
  const packed = new BigInt64Array(spans.length * FIELDS);
  for (const [index, { from, to, lo, hi }] of spans.entries()) packed.set([from, to, lo, hi], index * FIELDS);
  return packed;
}

/** They may be gone through more than once. */
export const spansOf = (packed: PackedSpans): Iterable<SpanEvidence> =>
  packed instanceof BigInt64Array ? { [Symbol.iterator]: () => unpacked(packed) } : packed;

function* unpacked(packed: BigInt64Array): Generator<SpanEvidence> {
  for (let at = 0; at < packed.length; at += FIELDS) {
    const [from, to, lo, hi] = packed.subarray(at, at + FIELDS) as unknown as [bigint, bigint, bigint, bigint];
    yield { from, to, lo, hi };
  }
}

import { hull } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Cover, less, piecesOf, type Silence } from "./pieces.ts";

const end = fc.bigInt(0n, 40n).map((value) => 2n * value);
const stretch = fc.tuple(end, end).map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a + 2n }));
const cover: fc.Arbitrary<Cover> = fc
  .record({ stretch, lo: fc.bigInt(-5n, 5n), width: fc.bigInt(0n, 3n) })
  .map(({ stretch, lo, width }) => ({ ...stretch, lo, hi: lo + width }));
/** Odd instants are ends of nothing. */
const INSTANTS = Array.from({ length: 45 }, (_, index) => BigInt(2 * index - 1));
const holds = ({ from, to }: Silence, at: bigint): boolean => from < at && at < to;

describe("one step function of many covers", () => {
  it("is at each instant the hull of all that can hold it, and nothing where a silence can", () => {
    fc.assert(
      fc.property(fc.array(cover, { maxLength: 12 }), fc.array(stretch, { maxLength: 4 }), (covers, silences) => {
        const pieces = piecesOf(covers, silences);
        for (const at of INSTANTS) {
          const all = silences.some((silence) => holds(silence, at)) ? [] : covers.filter((one) => holds(one, at));
          const found = pieces.filter((piece) => holds(piece, at)).map(({ lo, hi }) => ({ lo, hi }));
          const [first] = all;
          expect(found).toEqual(first === undefined ? [] : [all.map(({ lo, hi }) => ({ lo, hi })).reduce(hull)]);
        }
        expect(pieces.every(({ from, to }, index) => from < to && (pieces[index + 1]?.from ?? to) >= to)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
  it("is what some stretches leave of another", () => {
    fc.assert(
      fc.property(stretch, fc.array(cover, { maxLength: 6 }), (one, covers) => {
        const pieces = piecesOf(covers, []);
        const left = less(one, pieces);
        for (const at of INSTANTS)
          expect(left.some((part) => holds(part, at))).toBe(holds(one, at) && !pieces.some((piece) => holds(piece, at)));
      }),
    );
  });
});

import { utc } from "@truebound/time";
import fc from "fast-check";
import { expect, it } from "vitest";
import { offsetParts, type SeenOffset } from "./offset-parts.ts";

const seen = (at: bigint, lo: bigint, hi: bigint, isFalse = false): SeenOffset => ({ at: utc(at), offset: { lo, hi }, isFalse });
const FRAME = { from: utc(0n), to: utc(100n), parts: 4 };

it("takes the least and the greatest of each part, counts who called it false, and leaves out parts of which nothing was seen", () => {
  const told = [seen(0n, -5n, 5n), seen(24n, -9n, -1n, true), seen(25n, 7n, 8n), seen(99n, 1n, 2n, true)];
  expect(offsetParts(told, FRAME)).toEqual([
    { part: 0, hull: { lo: -9n, hi: 5n }, hosts: 2, falseBy: 1 },
    { part: 1, hull: { lo: 7n, hi: 8n }, hosts: 1, falseBy: 0 },
    { part: 3, hull: { lo: 1n, hi: 2n }, hosts: 1, falseBy: 1 },
  ]);
  expect(offsetParts([], FRAME)).toEqual([]);
});

it("never says less than a report did, and no more parts than were asked for", () => {
  const one = fc
    .tuple(fc.bigInt({ min: 0n, max: 99n }), fc.bigInt({ min: -1000n, max: 1000n }), fc.nat(500))
    .map(([at, lo, width]) => seen(at, lo, lo + BigInt(width)));
  fc.assert(
    fc.property(fc.array(one), (told) => {
      const parts = offsetParts(told, FRAME);
      const holds = ({ at, offset }: SeenOffset): boolean =>
        parts.some(({ part, hull }) => part === Number(at / 25n) && hull.lo <= offset.lo && offset.hi <= hull.hi);
      return parts.length <= FRAME.parts && told.every(holds) && parts.reduce((sum, { hosts }) => sum + hosts, 0) === told.length;
    }),
  );
});

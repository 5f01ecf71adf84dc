import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hullBetween } from "./span.ts";
import { BILLION, ppb } from "./units.ts";

const flat = { lo: -10n, hi: 10n };

describe("between two looks", () => {
  it("6.14: ten a second at 500 ppm is 25 µs, at chrony's default 4.2 ms", () => {
    const tenth = BILLION / 10n;
    expect(hullBetween(flat, flat, tenth, ppb(500_000n))).toEqual({ lo: -25_010n, hi: 25_010n });
    expect(hullBetween(flat, flat, tenth, ppb(83_333_333n)).hi - 10n).toBe(4_166_667n);
  });
  it("takes off what the value moved: it cannot have strayed and be back", () => {
    expect(hullBetween({ lo: 0n, hi: 0n }, { lo: 60n, hi: 60n }, 100n, ppb(BILLION))).toEqual({ lo: -20n, hi: 80n });
    expect(hullBetween({ lo: 0n, hi: 0n }, { lo: 100n, hi: 100n }, 100n, ppb(BILLION))).toEqual({ lo: 0n, hi: 100n });
  });
  it("holds every path that moves no faster than the rate", () => {
    const moves = fc.array(fc.bigInt({ min: -50n, max: 50n }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(moves, fc.bigInt({ min: 0n, max: 30n }), fc.bigInt({ min: 0n, max: 30n }), (steps, loose, slack) => {
        const path = [0n];
        for (const step of steps) path.push((path.at(-1) as bigint) + step);
        const end = path.at(-1) as bigint;
        const { lo, hi } = hullBetween(
          { lo: -loose, hi: slack },
          { lo: end - slack, hi: end + loose },
          BigInt(steps.length),
          ppb(50n * BILLION),
        );
        for (const value of path) expect(lo <= value && value <= hi).toBe(true);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, compare, type Fraction, fraction, multiply, negate } from "./fraction.ts";
import { hullBound, lowerHull, type Point } from "./frequency-hull.ts";
import { BILLION } from "./units.ts";

const SECOND = BILLION;
const ppb = (count: bigint): Fraction => fraction(count, BILLION);
const within = (count: bigint) => ({ min: ppb(-count), max: ppb(count) });
const point = (seconds: bigint, value: bigint): Point => ({ at: seconds * SECOND, value: fraction(value) });
const C6 = {
  upper: [point(0n, 300_000n), point(100n, 310_000n), point(200n, 420_000n), point(300n, 500_000n)],
  lower: [point(0n, -250_000n), point(100n, -60_000n), point(200n, 40_000n), point(300n, 60_000n)],
  at: 400n * SECOND,
  slope: within(200_000n),
};
const same = (a: Fraction | null, b: Fraction) => expect(a !== null && compare(a, b)).toBe(0);

describe("convex hull (M5)", () => {
  it("C6: without sigma", () => {
    const found = hullBound({ ...C6, sigma: fraction(0n) });
    same(found?.lo ?? null, fraction(-20_000n));
    same(found?.hi ?? null, fraction(750_000n));
    same(found?.slope.min ?? null, ppb(-800n));
    same(found?.slope.max ?? null, ppb(2500n));
  });
  it("C6: sigma of 100 ppb widens slope and bound", () => {
    const found = hullBound({ ...C6, sigma: ppb(100n) });
    same(found?.lo ?? null, fraction(-140_000n, 3n));
    same(found?.hi ?? null, fraction(2_330_000n, 3n));
    same(found?.slope.min ?? null, multiply(ppb(-2900n), fraction(1n, 3n)));
    same(found?.slope.max ?? null, multiply(ppb(8000n), fraction(1n, 3n)));
  });
  it("C6: a jump that no slope explains is infeasible", () => {
    const jumped = { ...C6, upper: [...C6.upper, point(400n, -400_000n)], lower: [...C6.lower, point(400n, -600_000n)] };
    expect(hullBound({ ...jumped, sigma: ppb(100n) })).toBeNull();
  });
  it("leaves open the side that nothing bounds, and the slope as wide as it may be", () => {
    const found = hullBound({ ...C6, lower: [], sigma: fraction(0n) });
    expect(found?.lo).toBeNull();
    same(found?.slope.max ?? null, ppb(200_000n));
  });
  it("refuses to look from before its points", () => {
    expect(() => hullBound({ ...C6, at: 250n * SECOND, sigma: fraction(0n) })).toThrow("before its point at 300000000000 ns");
  });

  const points = fc.array(fc.record({ s: fc.bigInt({ min: 0n, max: 1000n }), value: fc.bigInt({ min: -1000n, max: 1000n }) }), {
    minLength: 1,
    maxLength: 12,
  });
  it("keeps a chain below all its points that turns upward at each vertex", () => {
    fc.assert(
      fc.property(points, (some) => {
        const all = some.map(({ s, value }) => point(s, value));
        const chain = lowerHull(all);
        for (const { at, value } of all)
          for (const [index, b] of chain.entries()) {
            const a = chain[index - 1];
            if (a === undefined || at < a.at || at > b.at) continue;
            const slope = multiply(add(b.value, negate(a.value)), fraction(1n, b.at - a.at));
            expect(compare(add(a.value, multiply(slope, fraction(at - a.at))), value)).toBeLessThanOrEqual(0);
          }
      }),
    );
  });
  it("finds what every pair of points says, without their hull", () => {
    fc.assert(
      fc.property(points, points, fc.bigInt({ min: 0n, max: 500n }), (above, below, sigma) => {
        const at = 1000n * SECOND;
        const upper = above.map(({ s, value }) => point(1000n - s, value + 900n));
        const lower = below.map(({ s, value }) => point(1000n - s, value - 900n));
        const question = { upper, lower, at, sigma: ppb(sigma), slope: within(5000n) };
        const found = hullBound(question);
        const slow = pairwise(question);
        expect(found === null).toBe(slow === null);
        if (found === null || slow === null) return;
        same(found.slope.min, slow.min);
        same(found.slope.max, slow.max);
      }),
    );
  });
  it("holds the truth whenever the slope stays within sigma of one value", () => {
    const step = fc.record({
      gap: fc.bigInt({ min: 0n, max: 100n }),
      up: fc.bigInt({ min: 0n, max: 900n }),
      down: fc.bigInt({ min: 0n, max: 900n }),
    });
    const slopes = fc.bigInt({ min: -5000n, max: 5000n });
    fc.assert(
      fc.property(
        slopes,
        fc.bigInt({ min: 0n, max: 300n }),
        fc.array(fc.tuple(step, fc.integer({ min: -1, max: 1 })), { minLength: 1, maxLength: 20 }),
        (base, sigma, steps) => {
          const upper: Point[] = [];
          const lower: Point[] = [];
          let at = 0n;
          let truth = fraction(0n);
          for (const [{ gap, up, down }, wander] of steps) {
            at += gap * SECOND;
            truth = add(truth, multiply(ppb(base + sigma * BigInt(wander)), fraction(gap * SECOND)));
            upper.push({ at, value: add(truth, fraction(up)) });
            lower.push({ at, value: add(truth, fraction(-down)) });
          }
          const found = hullBound({ upper, lower, at, sigma: ppb(sigma), slope: within(6000n) });
          expect(found).not.toBeNull();
          expect(found?.lo && compare(found.lo, truth)).toBeLessThanOrEqual(0);
          expect(found?.hi && compare(found.hi, truth)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

/** All pairs of an upper and a lower line, one after the other. */
function pairwise({ upper, lower, at, sigma, slope }: Parameters<typeof hullBound>[0]): { min: Fraction; max: Fraction } | null {
  let { min, max } = slope;
  for (const u of upper)
    for (const l of lower) {
      const [su, sl] = [at - u.at, at - l.at];
      const room = add(add(u.value, negate(l.value)), multiply(sigma, fraction(su + sl)));
      if (su === sl && room.n < 0n) return null;
      const b = su === sl ? null : multiply(room, fraction(1n, sl - su));
      if (b !== null && su > sl && compare(b, min) > 0) min = b;
      if (b !== null && su < sl && compare(b, max) < 0) max = b;
    }
  return compare(min, max) <= 0 ? { min, max } : null;
}

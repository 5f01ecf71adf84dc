import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Constraints } from "./exchange.ts";
import { ceil, floor, fraction } from "./fraction.ts";
import { hullBound } from "./frequency-hull.ts";
import { SlidingHull } from "./sliding-hull.ts";
import { BILLION, raw } from "./units.ts";

const BASE = 1_795_000_000_000_000_000n;
const sample = (at: bigint, lo: bigint, hi: bigint): Constraints => ({
  upper: { at: raw(at), value: BASE + hi },
  lower: { at: raw(at + 1000n), value: BASE + lo },
});
const allowed = { min: -200_000, max: 200_000 };

const history = fc.array(
  fc.record({
    gap: fc.bigInt({ min: 1_000_000n, max: 30n * BILLION }),
    lo: fc.bigInt({ min: 0n, max: 3_000_000n }),
    hi: fc.bigInt({ min: 0n, max: 3_000_000n }),
    bend: fc.integer({ min: -1, max: 1 }),
  }),
  { minLength: 1, maxLength: 100 },
);

describe("sliding hull (M5)", () => {
  it("is the exact hull of its window, at most a few ns wider and never narrower", () => {
    fc.assert(
      fc.property(
        history,
        fc.bigInt({ min: -150_000n, max: 150_000n }),
        fc.integer({ min: 0, max: 3000 }),
        fc.bigInt({ min: 0n, max: 40n * BILLION }),
        (steps, slope, sigma, later) => {
          const hull = new SlidingHull({ samples: 64, age: 1024n * BILLION });
          const all: Constraints[] = [];
          let at = 7n * BILLION;
          for (const { gap, lo, hi, bend } of steps) {
            at += gap;
            const truth = ((at - 7n * BILLION) * (slope + BigInt(bend * sigma))) / BILLION;
            all.push(sample(at, truth - lo, truth + hi));
            hull.add(all.at(-1) as Constraints);
            // What is kept for the next question must not outlive a sample.
            hull.slopesAt({ at: raw(at), sigmaPpb: sigma, allowed });
          }
          const newest = (all.at(-1) as Constraints).lower.at;
          const kept = all.slice(-64).filter(({ lower }) => newest - lower.at <= 1024n * BILLION);
          const question = { at: raw(newest + later), sigmaPpb: sigma, allowed };
          const exact = hullBound({
            upper: kept.map(({ upper }) => ({ at: upper.at, value: fraction(upper.value) })),
            lower: kept.map(({ lower }) => ({ at: lower.at, value: fraction(lower.value) })),
            at: question.at,
            sigma: fraction(BigInt(sigma), BILLION),
            slope: { min: fraction(-200_000n, BILLION), max: fraction(200_000n, BILLION) },
          });
          const found = hull.boundAt(question);
          if (exact === null || exact.lo === null || exact.hi === null) return;
          expect(found).not.toBeNull();
          if (found === null) return;
          const [wider, narrower] = [exact.hi, exact.lo];
          expect(found.interval.hi >= ceil(wider) && found.interval.hi <= ceil(wider) + 6n).toBe(true);
          expect(found.interval.lo <= floor(narrower) && found.interval.lo >= floor(narrower) - 6n).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
  it("has no bound before its first sample, and none when no slope fits", () => {
    const hull = new SlidingHull();
    expect(hull.boundAt({ at: raw(0n), sigmaPpb: 0, allowed })).toBeNull();
    hull.add(sample(0n, -10n, 10n));
    hull.add(sample(BILLION, 9_999_990n, 10_000_010n));
    expect(hull.boundAt({ at: raw(2n * BILLION), sigmaPpb: 0, allowed })).toBeNull();
    hull.dropOlderHalf();
    expect(hull.size).toBe(1);
    expect(hull.boundAt({ at: raw(2n * BILLION), sigmaPpb: 0, allowed })).not.toBeNull();
  });
  it("answers for its newest sample where an earlier instant is asked for: a late sample is no bend", () => {
    const hull = new SlidingHull();
    for (const second of [0n, 16n, 48n]) hull.add(sample(second * BILLION, -1_000n, 1_000n));
    // With sigma, looking from before the newest sample would take away room that it has.
    const from = (second: bigint) => hull.slopesAt({ at: raw(second * BILLION), sigmaPpb: 2000, allowed });
    expect(from(16n)).toEqual(from(48n));
    expect(hull.boundAt({ at: raw(16n * BILLION), sigmaPpb: 2000, allowed })).toEqual(
      hull.boundAt({ at: raw(48n * BILLION + 1000n), sigmaPpb: 2000, allowed }),
    );
  });
  it("takes a sample that is completed late into its place", () => {
    const inOrder = new SlidingHull();
    const late = new SlidingHull();
    const three = [sample(0n, -50n, 40n), sample(BILLION, -30n, 60n), sample(2n * BILLION, -20n, 90n)] as const;
    for (const one of three) inOrder.add(one);
    for (const one of [three[0], three[2], three[1]]) late.add(one);
    const question = { at: raw(3n * BILLION), sigmaPpb: 100, allowed };
    expect(late.boundAt(question)).toEqual(inOrder.boundAt(question));
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { coverage, fuse, isBimodal, isTruechimer, majorityFaults } from "./fusion.ts";
import { contains, type Interval, interval } from "./interval.ts";

const of = (...pairs: [bigint, bigint][]): Interval[] => pairs.map(([lo, hi]) => interval(lo, hi));

describe("fusion with a fixed fault budget (M6)", () => {
  const table = [
    {
      name: "C7: two camps within the budget",
      votes: of([-10n, 10n], [-8n, 12n], [-1n, 1n], [5n, 8n], [6n, 9n]),
      faults: 2,
      regions: of([-1n, 1n], [5n, 9n]),
    },
    { name: "C8: no point covered often enough", votes: of([0n, 2n], [1n, 3n], [10n, 12n], [11n, 13n]), faults: 1, regions: [] },
    { name: "C9: touching closed ends count", votes: of([0n, 5n], [5n, 10n], [5n, 5n]), faults: 0, regions: of([5n, 5n]) },
    { name: "C10 (times ten)", votes: of([0n, 100n], [90n, 190n], [95n, 105n]), faults: 1, regions: of([90n, 105n]) },
    {
      name: "C15: three honest, two colluding",
      votes: of([-1000n, 1000n], [-12_000n, 12_000n], [-12_000n, 12_000n], [-8500n, -7500n], [-8500n, -7500n]),
      faults: 2,
      regions: of([-8500n, -7500n], [-1000n, 1000n]),
    },
  ];
  it.each(table)("$name", ({ votes, faults, regions }) => {
    const fused = fuse(votes, faults);
    expect(fused.regions).toEqual(regions);
    expect(fused.need).toBe(votes.length - faults);
    expect(fused.hull).toEqual(regions.length ? { lo: regions[0]?.lo, hi: regions.at(-1)?.hi } : null);
  });
  it("C15: the camps are called bimodal and both are truechimers of the hull", () => {
    const { votes, regions } = table[4] as (typeof table)[number];
    expect(isBimodal(votes)).toBe(true);
    expect(votes.every((vote) => isTruechimer(vote, regions))).toBe(true);
    expect(isBimodal(of([0n, 1n], [0n, 2n], [1n, 3n]))).toBe(false);
  });
  it("asks for at least one vote, and gives nothing for nothing", () => {
    expect(fuse([], 1)).toEqual({ need: 1, regions: [], hull: null });
    expect(fuse(of([1n, 2n]), 3)).toEqual({ need: 1, regions: of([1n, 2n]), hull: of([1n, 2n])[0] });
    expect([0, 1, 2, 3, 4, 5].map(majorityFaults)).toEqual([0, 0, 0, 1, 1, 2]);
  });
});

const anyVote = fc
  .tuple(fc.bigInt({ min: -40n, max: 40n }), fc.bigInt({ min: 0n, max: 30n }))
  .map(([lo, width]) => interval(lo, lo + width));

describe("fusion, as properties", () => {
  it("contains the truth whenever at most F votes are false", () => {
    const honest = fc.tuple(fc.bigInt({ min: 0n, max: 30n }), fc.bigInt({ min: 0n, max: 30n })).map(([a, b]) => interval(-a, b));
    fc.assert(
      fc.property(fc.array(honest, { minLength: 1, maxLength: 6 }), fc.array(anyVote, { maxLength: 3 }), (good, bad) => {
        const fused = fuse([...good, ...bad], bad.length);
        expect(fused.hull !== null && contains(fused.hull, 0n)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
  it("agrees point by point with counting, in any order of input", () => {
    fc.assert(
      fc.property(
        fc.array(anyVote, { minLength: 1, maxLength: 7 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer(),
        (votes, faults, seed) => {
          const { regions, need } = fuse(votes, faults);
          for (let point = -45n; point <= 75n; point++)
            expect(regions.some((region) => contains(region, point))).toBe(coverage(votes, point) >= need);
          const shuffled = [...votes].sort((a, b) =>
            Number(((a.lo * 31n + a.hi * 17n + BigInt(seed)) % 7n) - ((b.lo * 31n + b.hi * 17n + BigInt(seed)) % 7n)),
          );
          expect(fuse(shuffled, faults)).toEqual(fuse(votes, faults));
        },
      ),
      { numRuns: 500 },
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timeWithin } from "./forecast.ts";
import { worstError } from "./interval.ts";
import { BILLION, ppb } from "./units.ts";
import { carryInterval, uncalibrated } from "./window.ts";

const rho = uncalibrated(ppb(200_000n));

describe("forecast of a bound whose sources are lost", () => {
  it("says how long it stays within a limit", () => {
    expect(timeWithin({ lo: -100_000n, hi: 400_000n }, rho, 1_000_000n)).toBe(3n * BILLION);
    expect(timeWithin({ lo: -900_000n, hi: 400_000n }, rho, 1_000_000n)).toBe(BILLION / 2n);
    expect(timeWithin({ lo: 0n, hi: 1_000_001n }, rho, 1_000_000n)).toBe(0n);
    expect(timeWithin({ lo: 0n, hi: 5n }, uncalibrated(ppb(0n)), 10n)).toBeNull();
    expect(timeWithin({ lo: 0n, hi: 5n }, { rho: ppb(10n), centre: ppb(10n) }, 10n)).toBe(250_000_000n);
  });
  it("is the very last instant at which M3 is still within", () => {
    const ends = fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n });
    fc.assert(
      fc.property(ends, ends, fc.bigInt({ min: 1n, max: 500_000n }), fc.bigInt({ min: 0n, max: 10n ** 7n }), (a, b, rate, limit) => {
        const bound = { lo: a < b ? a : b, hi: a < b ? b : a };
        const left = timeWithin(bound, uncalibrated(ppb(rate)), limit);
        if (left === null) return;
        if (left > 0n) expect(worstError(carryInterval(bound, uncalibrated(ppb(rate)), left))).toBeLessThanOrEqual(limit);
        expect(worstError(carryInterval(bound, uncalibrated(ppb(rate)), left + 1n))).toBeGreaterThan(limit);
      }),
    );
  });
});

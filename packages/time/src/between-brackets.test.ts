import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { carryBetween } from "./between-brackets.ts";
import type { ClockReading } from "./reading.ts";
import { BILLION, ppb, raw, utc } from "./units.ts";

const look = (rawBefore: bigint, rawAfter: bigint, shown: bigint): ClockReading => ({
  rawBefore: raw(rawBefore),
  rawAfter: raw(rawAfter),
  realtime: utc(shown),
});

describe("a stamp carried to RAW between two looks at its clock", () => {
  it("lies where both looks allow", () => {
    const [before, after] = [look(0n, 0n, 1_000_000n), look(1_000_000n, 1_000_000n, 2_000_100n)];
    // At most 1000 ppm: from the look before C − RAW has grown by at most 500.5 ns, and 100 ns of that surely until the look after.
    expect(carryBetween(1_500_000n, before, after, ppb(1_000_000n))).toEqual({ kind: "carried", raw: 499_950n, cap: 451n });
    expect(carryBetween(1_000_000n, before, after, ppb(1_000_000n))).toEqual({ kind: "carried", raw: 0n, cap: 0n });
  });
  it("refuses what is not between them, and a clock that was set", () => {
    const [before, after] = [look(0n, 10n, 1_000n), look(1_000n, 1_010n, 2_000n)];
    expect(carryBetween(999n, before, after, ppb(1000n))).toEqual({ kind: "refused", why: "stamp_outside" });
    expect(carryBetween(2_001n, before, after, ppb(1000n))).toEqual({ kind: "refused", why: "stamp_outside" });
    const set = look(1_000n, 1_010n, 9_000n);
    expect(carryBetween(1_500n, before, set, ppb(1000n))).toEqual({ kind: "refused", why: "clock_stepped" });
    expect(carryBetween(1_500n, after, before, ppb(1000n))).toEqual({ kind: "refused", why: "clock_stepped" });
    expect(carryBetween(1_500n, before, after, ppb(BILLION / 3n))).toEqual({ kind: "refused", why: "clock_stepped" });
  });
  it("holds the instant at which the clock showed the stamp, whatever it did within its slew", () => {
    const step = 1_000_000n;
    const moves = fc.array(fc.bigInt({ min: -300n, max: 300n }), { minLength: 2, maxLength: 40 });
    const brackets = fc.record({ early: fc.bigInt({ min: 0n, max: 900n }), late: fc.bigInt({ min: 0n, max: 900n }) });
    fc.assert(
      fc.property(moves, fc.nat(), brackets, brackets, (ppm, at, first, last) => {
        // C − RAW moves by up to 300 ppm in each millisecond.
        const shown = [5_000_000_000n];
        for (const rate of ppm) shown.push((shown.at(-1) as bigint) + step + rate);
        const index = at % shown.length;
        const end = BigInt(shown.length - 1) * step;
        const before = look(-first.early, first.late, shown[0] as bigint);
        const after = look(end - last.early, end + last.late, shown.at(-1) as bigint);
        const carried = carryBetween(shown[index] as bigint, before, after, ppb(300_000n));
        if (carried.kind === "refused") throw new Error(carried.why);
        const away = carried.raw - BigInt(index) * step;
        expect(away <= carried.cap && -away <= carried.cap).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

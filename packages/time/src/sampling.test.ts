import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SamplingFacts, samplingAdvice } from "./sampling.ts";

const FACTS = { limit_ns: 100_000n, bound_ns: 20_000n, excursion_ns: 0n, drift_ppb: 50_000n, horizon_ns: null };
const BILLION = 1_000_000_000n;

describe("the longest gap between samples", () => {
  it.each<[bigint, bigint]>([
    [50_000n, 3_200_000_000n],
    [15_000n, 10_666_666_666n],
    [1000n, 160_000_000_000n],
  ])("for 100 us, sampled to 20 us, at %d ppb is %d ns", (drift_ppb, report_ns) => {
    expect(samplingAdvice({ ...FACTS, drift_ppb })).toMatchObject({ report_ns });
  });
  it("is shorter live, and shorter again where each exchange proves the one before", () => {
    expect(samplingAdvice({ ...FACTS, excursion_ns: 30_000n })).toEqual({
      report_ns: 2_000_000_000n,
      live_ns: 500_000_000n,
      interleaved_ns: 333_333_333n,
    });
  });
  it("is never longer than the horizon reaches, with drift and without", () => {
    const horizon_ns = 1_000_000_000n;
    const capped = { report_ns: 2_000_000_000n, live_ns: 500_000_000n, interleaved_ns: 333_333_333n };
    expect(samplingAdvice({ ...FACTS, horizon_ns })).toEqual(capped);
    expect(samplingAdvice({ ...FACTS, drift_ppb: 0n, horizon_ns })).toEqual(capped);
    expect(samplingAdvice({ ...FACTS, horizon_ns: 10n * horizon_ns })).toEqual(samplingAdvice(FACTS));
    expect(samplingAdvice({ ...FACTS, bound_ns: 100_000n, horizon_ns })).toBe("never");
  });
  it.each([
    ["never", { bound_ns: 100_000n }],
    ["never", { bound_ns: 70_000n, excursion_ns: 30_001n }],
    ["always", { drift_ppb: 0n }],
    ["always", { drift_ppb: 0n, bound_ns: 100_000n }],
    ["never", { drift_ppb: 0n, bound_ns: 100_001n }],
  ])("is %s with %o", (answer, more) => expect(samplingAdvice({ ...FACTS, ...more })).toBe(answer));
  it("of what cannot be is a bug", () => {
    expect(() => samplingAdvice({ ...FACTS, drift_ppb: -1n })).toThrow(
      "Cannot advise on a bound of 20000 ns, an excursion of 0 ns and -1 ppb",
    );
  });
  it("is the longest: the proof holds all through it and breaks where it is a nanosecond longer", () => {
    const facts = fc.record({
      limit_ns: fc.bigInt(1n, 10n ** 12n),
      bound_ns: fc.bigInt(0n, 10n ** 12n),
      excursion_ns: fc.bigInt(0n, 10n ** 6n),
      drift_ppb: fc.bigInt(1n, 500_000n),
      horizon_ns: fc.constant(null),
    });
    // Midway between two samples both cones are widest; worst is in 1e9ths of a ns, twice.
    const holds = ({ limit_ns, bound_ns, excursion_ns, drift_ppb }: SamplingFacts, twiceReach: bigint) =>
      2n * (bound_ns + excursion_ns) * BILLION + drift_ppb * twiceReach <= 2n * limit_ns * BILLION;
    fc.assert(
      fc.property(facts, (given) => {
        const advice = samplingAdvice(given);
        if (typeof advice === "string") {
          expect([advice, holds(given, 1n)]).toEqual(["never", false]);
          return;
        }
        const { report_ns, live_ns, interleaved_ns } = advice;
        // Both cones of a report reach half of the gap; live one cone spans two intervals, or three.
        expect([holds(given, report_ns), holds(given, report_ns + 1n)]).toEqual([true, false]);
        expect([holds(given, 4n * live_ns), holds(given, 4n * (live_ns + 1n))]).toEqual([true, false]);
        expect([holds(given, 6n * interleaved_ns), holds(given, 6n * (interleaved_ns + 1n))]).toEqual([true, false]);
      }),
    );
  });
});

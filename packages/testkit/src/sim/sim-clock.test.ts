import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualTime, SimClock } from "./sim-clock.ts";

describe("a simulated RAW", () => {
  it("never goes back, whatever its drift and wherever it stands still", () => {
    const span = fc.record({ atS: fc.double({ min: 0, max: 9, noNaN: true }), forS: fc.double({ min: 0, max: 2, noNaN: true }) });
    fc.assert(
      fc.property(
        fc.integer({ min: -200_000, max: 200_000 }),
        fc.array(span, { maxLength: 2 }),
        fc.array(span, { maxLength: 1 }),
        fc.array(fc.bigInt({ min: 0n, max: 12_000_000_000n }), { minLength: 2, maxLength: 40 }),
        (driftPpb, standstills, suspends, instants) => {
          const clock = new SimClock(new ManualTime(), { driftPpb, standstills, suspends });
          const readings = [...instants].sort((a, b) => (a < b ? -1 : 1)).map((at) => clock.rawAt(at));
          for (const [index, reading] of readings.slice(1).entries()) expect(reading).toBeGreaterThanOrEqual(readings[index] as bigint);
        },
      ),
      { numRuns: 500 },
    );
  });
});

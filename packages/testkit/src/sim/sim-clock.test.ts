import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ManualTime, SimClock } from "./sim-clock.ts";

describe("a simulated RAW", () => {
  it("never goes back, whatever its drift and wherever it stands still", () => {
    // One after another: a counter cannot stand still, or sleep, twice at once.
    const stop = fc.record({
      afterS: fc.double({ min: 0.001, max: 4, noNaN: true }),
      forS: fc.double({ min: 0, max: 2, noNaN: true }),
      sleeps: fc.boolean(),
    });
    const placed = (stops: readonly { afterS: number; forS: number; sleeps: boolean }[]) => {
      let atS = 0;
      return stops.map(({ afterS, forS, sleeps }) => {
        const span = { atS: atS + afterS, forS, sleeps };
        atS = span.atS + forS;
        return span;
      });
    };
    fc.assert(
      fc.property(
        fc.integer({ min: -200_000, max: 200_000 }),
        fc.array(stop, { maxLength: 3 }).map(placed),
        fc.array(fc.bigInt({ min: 0n, max: 12_000_000_000n }), { minLength: 2, maxLength: 40 }),
        (driftPpb, stops, instants) => {
          const [suspends, standstills] = [stops.filter(({ sleeps }) => sleeps), stops.filter(({ sleeps }) => !sleeps)];
          const clock = new SimClock(new ManualTime(), { driftPpb, standstills, suspends });
          const readings = [...instants].sort((a, b) => (a < b ? -1 : 1)).map((at) => clock.rawAt(at));
          for (const [index, reading] of readings.slice(1).entries()) expect(reading).toBeGreaterThanOrEqual(readings[index] as bigint);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { LeastRows } from "./least-rows.ts";

it("names the row whose cone is the narrowest, however many were there before", () => {
  const step = fc.record({ lasts: fc.integer({ min: 1, max: 9 }), value: fc.integer({ min: -50, max: 50 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 600, maxLength: 900 }), fc.integer({ min: 5, max: 4_000 }), (steps, horizon) => {
      const [window, all] = [new LeastRows(0.5), [] as { at: number; value: number }[]];
      let at = 0;
      for (const [row, { lasts, value }] of steps.entries()) {
        at += lasts;
        window.dropUpTo(at - horizon);
        window.push(at, value, row);
        all.push({ at, value });
        const costs = all.map((one) => (one.at > at - horizon ? one.value - 0.5 * one.at : Number.POSITIVE_INFINITY));
        if (row % 50 === 0 || row === steps.length - 1) expect(window.least).toBe(costs.lastIndexOf(Math.min(...costs)));
      }
    }),
    { numRuns: 20 },
  );
});

import { parseUtc, utc } from "@truebound/time";
import type { Status } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placed, readings, stored } from "../evidence/batch.fixture.ts";
import { reach } from "../evidence/readings.ts";
import { worse } from "../ingest/rollup.ts";
import { drawSeries, patienceOf, sampleOfReading } from "./series.ts";

const S = 1_000_000_000n;
const T0 = 1_740_830_400_000_000_000n;

describe("a series", () => {
  it("is never narrower and never better than the readings it stands for, and keeps to its number of points", () => {
    fc.assert(
      fc.property(readings, fc.integer({ min: 1, max: 60 }), (all, points) => {
        const from = utc(T0);
        const to = utc(T0 + 3_700n * S);
        const drawn = drawSeries(
          all.map((one) => sampleOfReading(stored(one))),
          { from, to, points, patience: 15n * S },
        );
        expect(drawn.length).toBeLessThanOrEqual(points);
        const starts = drawn.map((point) => parseUtc(point.t) as bigint);
        for (const reading of all.filter(({ at }) => from <= at && at <= to)) {
          const index = starts.findLastIndex(
            (start, i) => start <= reading.at && (drawn[i]?.lo_ns !== null || reading.bound === null || start === reading.at),
          );
          const point = drawn[index];
          const bound = reach(reading);
          expect(point).toBeDefined();
          if (bound !== null) expect(BigInt(point?.lo_ns as string) <= bound.lo && BigInt(point?.hi_ns as string) >= bound.hi).toBe(true);
          if (point && bound !== null) expect(worse(point.status as Status, reading.status)).toBe(point.status);
        }
        for (const { lo_ns, mid_ns, hi_ns } of drawn)
          if (mid_ns !== null) expect(BigInt(lo_ns as string) <= BigInt(mid_ns) && BigInt(mid_ns) <= BigInt(hi_ns as string)).toBe(true);
      }),
    );
  });
  it("draws no line across a silence", () => {
    const samples = [0n, 5n, 100n].map((second) => sampleOfReading(stored(placed(T0 + second * S, [1n, 2n]))));
    const drawn = drawSeries(samples, { from: utc(T0), to: utc(T0 + 200n * S), points: 100, patience: patienceOf("evidence", 5) });
    expect(drawn.map((point) => point.lo_ns)).toEqual(["1", "1", null, "1"]);
  });
  it("shows the injected truth of a simulated clock where there is one", () => {
    const samples = [sampleOfReading(stored(placed(T0, [1n, 2n], { injected: 2n }))), sampleOfReading(stored(placed(T0 + S, [1n, 2n])))];
    expect(drawSeries(samples, { from: utc(T0), to: utc(T0 + S), points: 10, patience: S }).map((point) => point.injected_ns)).toEqual([
      "2",
      undefined,
    ]);
  });
});

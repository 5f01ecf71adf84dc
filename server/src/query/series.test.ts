import { parseUtc, utc } from "@truebound/time";
import type { Status } from "@truebound/wire";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placed, readings, stored } from "../evidence/batch.fixture.ts";
import type { PlacedReading } from "../evidence/placement.ts";
import { reach } from "../evidence/readings.ts";
import { worse } from "../ingest/rollup.ts";
import { drawSeries, patienceOf, samplesOf, samplesOfMinutes } from "./series.ts";
import type { StoredReading } from "./stored-readings.ts";

const S = 1_000_000_000n;
const T0 = 1_740_830_400_000_000_000n;

describe("a series", () => {
  it("is never narrower and never better than the readings it stands for, and keeps to its number of points", () => {
    fc.assert(
      fc.property(readings, fc.integer({ min: 1, max: 60 }), (all, points) => {
        const from = utc(T0);
        const to = utc(T0 + 3_700n * S);
        const { points: drawn } = drawSeries(samplesOf(all.map((one) => stored(one))), { from, to, points, patience: 15n * S });
        expect(drawn.length).toBeLessThanOrEqual(points);
        const starts = drawn.map((point) => parseUtc(point.t) as bigint);
        for (const reading of all.filter(({ at }) => from <= at && at <= to)) {
          const point = drawn[starts.findLastIndex((start) => start <= reading.at)];
          const bound = reach(reading);
          expect(point).toBeDefined();
          // A point without a bound stands for anything.
          if (point === undefined || point.lo_ns === null) continue;
          expect(bound).not.toBeNull();
          if (bound !== null) expect(BigInt(point.lo_ns) <= bound.lo && BigInt(point.hi_ns as string) >= bound.hi).toBe(true);
          expect(worse(point.status as Status, reading.status)).toBe(point.status);
        }
        for (const { lo_ns, mid_ns, hi_ns } of drawn)
          if (mid_ns !== null) expect(BigInt(lo_ns as string) <= BigInt(mid_ns) && BigInt(mid_ns) <= BigInt(hi_ns as string)).toBe(true);
      }),
    );
  });
  it("keeps all that a daemon claimed in a part of it, and that one claim excluded the measurement", () => {
    const claimed = (at: bigint, lo: bigint, hi: bigint, isExcluded = false) =>
      stored(placed(T0 + at, [-5n, 5n], { claim: { interval: { lo, hi }, isExcluded } }));
    const readings = [claimed(0n, -9n, 2n), stored(placed(T0 + S, [-5n, 5n])), claimed(2n * S, 6n, 7n, true), claimed(90n * S, 1n, 2n)];
    const frame = { from: utc(T0), to: utc(T0 + 100n * S), patience: 100n * S };
    const claims = (points: number) =>
      drawSeries(samplesOf(readings), { ...frame, points }).points.map(({ claim_lo_ns, claim_hi_ns, claim_excluded }) => [
        claim_lo_ns,
        claim_hi_ns,
        claim_excluded,
      ]);
    expect(claims(4)).toEqual([
      ["-9", "7", true],
      ["1", "2", undefined],
    ]);
    expect(claims(100)).toEqual([
      ["-9", "2", undefined],
      [undefined, undefined, undefined],
      ["6", "7", true],
      ["1", "2", undefined],
    ]);
  });
  it("knows nothing of a part in which something is not known, however it is merged", () => {
    const samples = samplesOf(
      [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n].map((second) => stored(placed(T0 + second * S, second === 3n ? null : [1n, 2n]))),
    );
    const frame = { from: utc(T0), to: utc(T0 + 7n * S), patience: 60n * S };
    const bounded = (points: number) => drawSeries(samples, { ...frame, points }).points.map((point) => point.lo_ns !== null);
    expect(bounded(100)).toEqual([true, true, true, false, true, true, true, true]);
    expect(bounded(4)).toEqual([false, true]);
    expect(drawSeries(samples, { ...frame, points: 4 }).merged).toBe(true);
  });
  it("knows nothing of a minute in which a reading had no bound, or into which a hole reaches", () => {
    const minutes = [0n, 1n, 2n, 3n].map((n) => ({
      minute: T0 + n * 60n * S,
      bound: { lo: 1n, hi: 2n },
      unbounded: n === 3n,
      rows: 5,
      status: "proven" as const,
      marked: false,
      oscillator: null,
    }));
    const samples = samplesOfMinutes(minutes, [{ from: T0 + 60n * S - 1n, to: T0 + 60n * S }]);
    expect(samples.map(({ bound, reason }) => bound?.lo ?? reason ?? null)).toEqual(["set_aside_or_lost", "set_aside_or_lost", 1n, null]);
  });
  it("knows nothing of exactly those minutes into which any of the holes reaches", () => {
    const second = fc.integer({ min: -100, max: 700 }).map((at) => T0 + BigInt(at) * S);
    const hole = fc.tuple(second, second).map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }));
    const minutes = Array.from({ length: 10 }, (_, n) => ({
      minute: T0 + BigInt(n) * 60n * S,
      bound: { lo: 1n, hi: 2n },
      unbounded: false,
      rows: 5,
      status: "proven" as const,
      marked: false,
      oscillator: null,
    }));
    fc.assert(
      fc.property(fc.array(hole, { maxLength: 8 }), (holes) => {
        const touched = minutes.map(({ minute }) => holes.some(({ from, to }) => from < minute + 60n * S && to >= minute));
        expect(samplesOfMinutes(minutes, holes).map(({ bound }) => bound === null)).toEqual(touched);
      }),
    );
  });
  it("says that nothing is known of the time before the first reading", () => {
    const samples = samplesOf([stored(placed(T0 + 100n * S, [1n, 2n]))]);
    const { points } = drawSeries(samples, { from: utc(T0), to: utc(T0 + 200n * S), points: 100, patience: 15n * S });
    expect(points.map(({ t, lo_ns }) => [parseUtc(t), lo_ns])).toEqual([
      [T0, null],
      [T0 + 100n * S, "1"],
    ]);
  });
  it("draws no line across a silence", () => {
    const samples = samplesOf([0n, 5n, 100n].map((second) => stored(placed(T0 + second * S, [1n, 2n]))));
    const { points: drawn } = drawSeries(samples, {
      from: utc(T0),
      to: utc(T0 + 200n * S),
      points: 100,
      patience: patienceOf("evidence", 5),
    });
    expect(drawn.map((point) => point.lo_ns)).toEqual(["1", "1", null, "1"]);
  });
  it.each<[string, Partial<PlacedReading>, Partial<StoredReading>, string]>([
    ["a batch that is not there", {}, { follows: false }, "set_aside_or_lost"],
    ["a boot", {}, { bootId: "another" }, "boot_changed"],
    ["a ruler that went back", { raw: -1n }, {}, "boot_changed"],
    ["a reading that had none", { since: null }, {}, "no_bound_between"],
  ])("draws no line across %s, merged or not", (_, reading, chain, reason) => {
    const at = (second: bigint, more = {}, place = {}) => stored(placed(T0 + second * S, [1n, 2n], more), 1, place);
    const samples = samplesOf([at(0n), at(1n), at(2n, reading, chain), at(3n, { raw: 4n * S }, chain.bootId ? chain : {})]);
    const frame = { from: utc(T0), to: utc(T0 + 3n * S), patience: 60n * S };
    const lines = (points: number) => drawSeries(samples, { ...frame, points }).points.map((point) => point.reason ?? point.lo_ns);
    expect(lines(100)).toEqual(["1", "1", reason, "1", "1"]);
    expect(lines(4)).toEqual([reason, reason]);
  });
  it("is unknown in every part that a silence reaches into, however wide the parts are", () => {
    const samples = samplesOf([0n, 5n, 10n, 15n, 80n, 85n, 90n].map((second) => stored(placed(T0 + second * S, [1n, 2n]))));
    const frame = { from: utc(T0), to: utc(T0 + 99n * S), patience: 15n * S };
    expect(drawSeries(samples, { ...frame, points: 4 }).points.map((point) => point.lo_ns)).toEqual([null, null]);
  });
  it("shows the injected truth of a simulated clock where there is one", () => {
    const samples = samplesOf([stored(placed(T0, [1n, 2n], { injected: 2n })), stored(placed(T0 + S, [1n, 2n]))]);
    expect(
      drawSeries(samples, { from: utc(T0), to: utc(T0 + S), points: 10, patience: S }).points.map((point) => point.injected_ns),
    ).toEqual(["2", undefined]);
  });
});

import type { SeriesPoint } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { bandConfig } from "./band-config.ts";
import { bandData } from "./band-data.ts";
import { claimLines, NO_CLAIMS } from "./claim-data.ts";

const START_MS = Date.parse("2026-11-23T14:50:00Z");
const at = (second: number) => new Date(START_MS + second * 1000).toISOString();
const point = (second: number, claim: readonly [string, string] | null, more: Partial<SeriesPoint> = {}): SeriesPoint => ({
  t: at(second),
  lo_ns: "-2000",
  hi_ns: "2000",
  mid_ns: "0",
  status: "proven",
  ...(claim === null ? {} : { claim_lo_ns: claim[0], claim_hi_ns: claim[1] }),
  ...more,
});
const linesOf = (points: readonly SeriesPoint[]) =>
  claimLines(
    points,
    points.map(({ t }) => Date.parse(t)),
    1000,
    2,
  );

describe("a daemon's claim as lines", () => {
  it("has a place where something was claimed, and none between", () => {
    const { lo, hi } = linesOf([point(0, ["-1000", "3000"]), point(5, null), point(30, ["-2000", "4000"])]);
    expect(lo).toEqual([
      { x: START_MS, y: -1 },
      { x: START_MS + 30_000, y: -2 },
    ]);
    expect(hi.map(({ y }) => y)).toEqual([3, 4]);
    expect(linesOf([point(0, null)])).toBe(NO_CLAIMS);
  });
  it("is broken where the daemon said nothing for long, by the measure of what is drawn", () => {
    const ends = (seconds: readonly number[]) => linesOf(seconds.map((second) => point(second, ["-1", "1"]))).lo.map(({ y }) => y === null);
    expect(ends([0, 30, 60, 90, 390, 420])).toEqual([false, false, false, false, true, false, false]);
    expect(ends([0, 600, 1200, 1800])).toEqual([false, false, false, false]);
  });
  it("marks what excluded the measurement, at both ends", () => {
    const { excluded } = linesOf([point(0, ["5000", "6000"], { claim_excluded: true }), point(30, ["-1", "1"])]);
    expect(excluded.map(({ y }) => y)).toEqual([5, 6]);
  });
});

describe("the band with a daemon's claim", () => {
  const wish = { isTruthShown: false, isFitted: false, silence: null };
  const drawn = (points: SeriesPoint[]) =>
    bandData({ from: at(0), to: at(900), host: "h", resolution: "evidence", merged: false, points }, wish);
  it("keeps the bound in sight, however far the claim reaches", () => {
    expect(drawn([point(0, ["-7000", "7000"]), point(30, null)]).shown).toBeNull();
    const far = drawn([point(0, ["-900000", "900000"]), point(30, null)]);
    expect([far.claim.isFar, far.unit.name]).toEqual([true, "µs"]);
    expect(far.shown?.min).toBeCloseTo(-2.16);
    expect(far.shown?.max).toBeCloseTo(2.16);
  });
  it("is drawn as dashed lines above all else, and not at all where nothing was claimed", () => {
    const look = { palette: { claim: "blue", clash: "red" } as never, hatch: "", gapHatch: "" };
    const datasets = (points: SeriesPoint[]) => bandConfig(drawn(points), look, { from_ms: 0, to_ms: 1, isFitted: false }).data.datasets;
    expect(datasets([point(0, null)]).some(({ label }) => label?.includes("claim"))).toBe(false);
    const claimed = datasets([point(0, ["5000", "6000"], { claim_excluded: true }), point(30, ["-1", "1"])]).slice(-3);
    expect(claimed).toMatchObject([
      { label: "claim hi", borderDash: [7, 4], borderColor: "blue" },
      { label: "claim lo", borderDash: [7, 4], borderColor: "blue" },
      { label: "claim excluded", showLine: false, borderColor: "red" },
    ]);
  });
});

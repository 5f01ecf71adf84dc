import type { Series, SeriesPoint } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { bandData, isProvenStretch, statusesIn } from "./band-data.ts";

const START_MS = Date.parse("2026-11-23T14:50:00Z");
const at = (second: number): string => new Date(START_MS + second * 1000).toISOString();
const point = (second: number, lo: bigint | null, hi: bigint | null, over: Partial<SeriesPoint> = {}): SeriesPoint => ({
  t: at(second),
  lo_ns: lo === null ? null : lo.toString(),
  hi_ns: hi === null ? null : hi.toString(),
  mid_ns: lo === null || hi === null ? null : ((lo + hi) / 2n).toString(),
  status: "proven",
  ...over,
});
const series = (...points: SeriesPoint[]): Series => ({
  from: at(0),
  to: at(900),
  host: "h",
  resolution: "evidence",
  merged: false,
  points,
});
const BARE = { isTruthShown: false, isFitted: false, silence: null };
const WITH_TRUTH = { ...BARE, isTruthShown: true };

describe("series to band", () => {
  it("shares one unit, chosen by the largest end in sight", () => {
    const data = bandData(series(point(0, -1_500_000n, 250n), point(5, -40n, 90n)), BARE);
    expect(data.unit.name).toBe("ms");
    expect(data.lo).toEqual([
      { x: START_MS, y: -1.5 },
      { x: START_MS + 5000, y: -0.00004 },
    ]);
    expect(data.hi[1]?.y).toBe(0.00009);
  });
  it.each([
    [999n, "ns"],
    [1_000n, "µs"],
    [1_000_000n, "ms"],
    [1_000_000_000n, "s"],
  ])("draws %d ns in %s", (hi, unit) => {
    expect(bandData(series(point(0, 0n, hi)), BARE).unit.name).toBe(unit);
  });
  it("keeps a gap a gap: no bound is null, never zero", () => {
    const data = bandData(series(point(0, 1n, 2n), point(5, null, null, { status: "disrupted" }), point(10, 1n, 2n)), BARE);
    expect(data.lo.map(({ y }) => y)).toEqual([1, null, 1]);
    expect(data.mid[1]?.y).toBeNull();
  });
  it("draws the truth only when asked, and only where one was injected", () => {
    const demo = series(point(0, 0n, 5000n, { injected_ns: "3000" }));
    expect(bandData(demo, BARE).truth).toEqual([]);
    expect(bandData(demo, WITH_TRUTH).truth).toEqual([{ x: START_MS, y: 3 }]);
    expect(bandData(series(point(0, 0n, 5000n)), WITH_TRUTH).truth).toEqual([]);
  });
  it("fits the unit to what is shown, and says what is cut off", () => {
    const points = [point(0, -9_000_000n, 5n), ...Array.from({ length: 20 }, (_, index) => point(index + 1, -100n, 100n))];
    expect(bandData(series(...points), BARE)).toMatchObject({ unit: { name: "ms" }, shown: null, cut: [] });
    const fitted = bandData(series(...points), { ...BARE, isFitted: true });
    expect(fitted).toMatchObject({ unit: { name: "ns" }, shown: { min: -116, max: 116 }, cut: [{ index: 0 }] });
    expect(fitted.lo[0]?.y).toBe(-9_000_000);
  });
  it("calls a stretch proven only when both ends are", () => {
    const points = [point(0, 1n, 2n), point(5, 1n, 2n), point(10, 1n, 2n, { status: "holdover" })];
    expect([0, 1, 2].map((from) => isProvenStretch(points, from, from + 1))).toEqual([true, false, false]);
  });
  it("names the statuses under which there is a bound", () => {
    expect(
      statusesIn(series(point(0, 1n, 2n), point(5, 1n, 2n, { status: "holdover" }), point(9, null, null, { status: "unknown" }))),
    ).toEqual(["proven", "holdover"]);
  });
});

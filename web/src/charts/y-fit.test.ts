import type { SeriesPoint } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { fitOf } from "./y-fit.ts";

const point = (lo: number | null, hi: number | null): SeriesPoint => ({
  t: "2026-11-23T14:50:00Z",
  lo_ns: lo === null ? null : String(lo),
  hi_ns: hi === null ? null : String(hi),
  mid_ns: null,
  status: "proven",
});
const calm = (count: number): SeriesPoint[] => Array.from({ length: count }, () => point(-100, 100));

describe("fit to the bound", () => {
  it("does not let one slow early exchange flatten the rest", () => {
    expect(fitOf([point(-90_000, 50), ...calm(30)])).toEqual({
      lo_ns: -116,
      hi_ns: 116,
      cut: [{ index: 0, isAbove: false, isBelow: true }],
    });
  });
  it("names every end that is beyond, by its place in the series", () => {
    const points = [...calm(50), point(null, null), point(-5000, 5000), ...calm(50)];
    expect(fitOf(points)?.cut).toEqual([{ index: 51, isAbove: true, isBelow: true }]);
  });
  it("never hides the latest point", () => {
    expect(fitOf([...calm(60), point(-5000, 5000)])).toBeNull();
    expect(fitOf([point(-90_000, 90_000), ...calm(60), point(-5000, 100)])?.lo_ns).toBeLessThan(-5000);
  });
  it("shows everything where nothing is extreme, or there is too little to tell", () => {
    expect(fitOf(Array.from({ length: 100 }, (_, index) => point(index * 10, index * 10 + 50)))).toBeNull();
    expect(fitOf([point(-90_000, 50), ...calm(8)])).toBeNull();
    expect(fitOf([point(null, null)])).toBeNull();
  });
});

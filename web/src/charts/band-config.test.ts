import { describe, expect, it } from "vitest";
import { bandConfig } from "./band-config.ts";
import { bandData } from "./band-data.ts";
import { pointLines } from "./band-tooltip.ts";
import type { Palette } from "./palette.ts";

const palette: Palette = {
  ink: "ink",
  muted: "muted",
  line: "line",
  zero: "zero",
  surface: "surface",
  bound: "bound",
  boundSoft: "soft",
  boundTight: "tight",
  doubt: "doubt",
  doubtSoft: "doubt-soft",
  unknownSoft: "unknown-soft",
  gapLine: "gap-line",
  truth: "truth",
  claim: "claim",
  claimSoft: "claim-soft",
  clash: "clash",
  font: "font",
};
const point = {
  t: "2026-11-23T14:50:00.000000001Z",
  lo_ns: "-1500",
  hi_ns: "2500",
  mid_ns: "500",
  status: "proven" as const,
  injected_ns: "400",
};
const series = { from: point.t, to: "2026-11-23T15:05:00Z", host: "h", resolution: "evidence" as const, merged: false, points: [point] };
const wish = { isTruthShown: true, isFitted: false, silence: null };
const look = { palette, hatch: "hatch", gapHatch: "gap" };
const window = { from_ms: Date.parse(series.from), to_ms: Date.parse(series.to), isFitted: false };

describe("band chart", () => {
  const config = bandConfig(bandData(series, wish), look, window);
  it("fills between hi and lo, and never bridges a gap", () => {
    expect(config.data.datasets.map(({ label }) => label)).toEqual(["hi", "lo", "mid", "truth"]);
    expect(config.data.datasets[0]?.fill).toEqual({ target: 1 });
    expect(config.options?.spanGaps).toBe(false);
  });
  it("shows the tight bound within it, without edges, where there is one", () => {
    const tight = { ...point, tight_lo_ns: "-200", tight_hi_ns: "700" };
    const { datasets } = bandConfig(bandData({ ...series, points: [tight] }, wish), look, window).data;
    expect(datasets.map(({ label }) => label)).toEqual(["hi", "lo", "tight hi", "tight lo", "mid", "truth"]);
    expect(datasets[2]).toMatchObject({ fill: "+1", borderWidth: 0, backgroundColor: "tight" });
    expect(pointLines(tight, false)).toEqual([
      "proven",
      "hi +2\u202f500 ns",
      "mid +500 ns",
      "lo −1\u202f500 ns",
      "tight hi +700 ns",
      "tight lo −200 ns",
    ]);
  });
  it("shows exactly the range that was asked for, with zero in sight unless fitted", () => {
    expect(config.options?.scales?.x).toMatchObject({ min: window.from_ms, max: window.to_ms });
    expect(config.options?.scales?.y).toMatchObject({ beginAtZero: true });
    expect(bandConfig(bandData(series, { ...wish, isFitted: true }), look, { ...window, isFitted: true }).options?.scales?.y).toMatchObject(
      { beginAtZero: false },
    );
  });
  it("asks for the look of each stretch only where they differ", () => {
    expect(config.data.datasets[0]).not.toHaveProperty("segment");
    const doubted = { ...series, points: [point, { ...point, status: "holdover" as const }] };
    const { datasets } = bandConfig(bandData(doubted, wish), look, window).data;
    expect(datasets[0]).toHaveProperty("segment.backgroundColor");
    expect(datasets[1]).toHaveProperty("segment.borderDash");
  });
  it("draws no dots of its own, so that its points share their options", () => {
    expect(config.data.datasets.map(({ pointRadius }) => pointRadius)).toEqual([0, 0, 0, 0]);
  });
  it("says the sign in words beside the axis", () => {
    expect(config.options?.scales?.y).toMatchObject({ title: { text: "offset (µs): positive = host is behind UTC" } });
  });
  it("answers a pointer with exact figures", () => {
    expect(pointLines(point, true)).toEqual(["proven", "hi +2\u202f500 ns", "mid +500 ns", "lo −1\u202f500 ns", "injected +400 ns"]);
    expect(pointLines({ ...point, lo_ns: null, hi_ns: null, mid_ns: null, status: "disrupted" }, false)).toEqual(["disrupted", "no bound"]);
    expect(pointLines(null, false)).toEqual(["no measurement"]);
  });
});

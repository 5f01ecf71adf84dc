import { describe, expect, it } from "vitest";
import { type BesideChronyd, chronydResult } from "./beside-chronyd.ts";
import { linkTable, linkVerdicts, ratiosOf, ratioTable } from "./link-table.ts";
import type { RungResult } from "./measured-exchange.ts";
import { isMet } from "./verdict.ts";

const rung = (mode: string, over: Partial<RungResult> = {}): RungResult => ({
  mode,
  exchanges: 100,
  missed: 0,
  failures: 0,
  medianError: 2,
  p99Error: 5,
  medianHalfWidth: 4,
  p99HalfWidth: 9,
  windowGuaranteed: 3,
  windowTight: 1,
  widthRatio: 1.001,
  ...over,
});
const measurement = { offset: -2e-6, delay: 4e-6, dispersion: 1e-6, rootDelay: 0, rootDispersion: 0 };
const theirs = (mode: "basic" | "interleaved") =>
  chronydResult(
    mode,
    [true, false, true].map((interleaved) => ({ ...measurement, interleaved })),
  );
const result = (over: Partial<RungResult> = {}): BesideChronyd => ({
  ours: [rung("kernel_interleaved", over), rung("kernel_basic", over)],
  chronyd: [theirs("basic"), theirs("interleaved")],
});
const missed = (one: BesideChronyd) =>
  linkVerdicts("veth", one)
    .filter((verdict) => !isMet(verdict))
    .map(({ what }) => what);

describe("chronyd's side", () => {
  it("counts only the mode that was asked for, and says how many were not", () => {
    const interleaved = theirs("interleaved");
    expect([interleaved.samples, interleaved.otherMode]).toEqual([2, 1]);
    expect(interleaved.medianError).toBeCloseTo(2, 9);
    expect(interleaved.medianHalfWidth).toBeCloseTo(3, 9);
  });
});

describe("a link against chronyd", () => {
  it("is judged by ratios of medians, each in its own mode", () => {
    expect(ratiosOf(result()).basic).toBeCloseTo(1, 9);
    expect(ratiosOf(result()).interleavedTight).toBeCloseTo(0.5, 9);
    expect(missed(result())).toEqual([]);
  });
  it("misses what is beyond its budget, and judges the window by the tight tier alone", () => {
    expect(missed(result({ medianError: 2.6 }))).toEqual(["veth: median |offset| basic over chronyd basic"]);
    expect(missed(result({ windowGuaranteed: 99 }))).toEqual([]);
    expect(missed(result({ windowTight: 2.1 }))).toHaveLength(2);
    expect(missed(result({ missed: 1, widthRatio: 1.2 }))).toHaveLength(4);
  });
  it("is missed, not met, where either side has nothing", () => {
    expect(missed({ ours: [], chronyd: [] })).toHaveLength(6);
    expect(missed({ ...result(), chronyd: [theirs("basic"), chronydResult("interleaved", [])] })).toHaveLength(2);
  });
  it("shows what is unknown as a dash", () => {
    const empty = { ours: [rung("kernel_basic", { medianError: Number.NaN })], chronyd: [chronydResult("basic", [])] };
    for (const text of [linkTable(empty), ratioTable([{ link: "veth", result: empty }])]) expect(text).not.toContain("NaN");
  });
});

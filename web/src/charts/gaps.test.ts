import type { SeriesPoint, Status } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { gapReasons, gapsOf } from "./gaps.ts";

const START_MS = Date.parse("2026-11-23T14:50:00Z");
const ms = (second: number): number => START_MS + second * 1000;
const at = (second: number): string => new Date(ms(second)).toISOString();
const bounded = (second: number): SeriesPoint => ({ t: at(second), lo_ns: "-1", hi_ns: "1", mid_ns: "0", status: "proven" });
const bare = (second: number, status: Status): SeriesPoint => ({ t: at(second), lo_ns: null, hi_ns: null, mid_ns: null, status });
const gaps = (...points: SeriesPoint[]) => gapsOf({ points, to_ms: ms(900), silence: null });

describe("stretches without a bound", () => {
  it("reach from the last bounded point to the next one", () => {
    expect(gaps(bounded(0), bare(10, "conflict"), bare(20, "disrupted"), bare(25, "conflict"), bounded(30), bounded(35))).toEqual([
      { from_ms: ms(0), to_ms: ms(30), words: ["conflict", "disrupted"] },
    ]);
  });
  it("start at the first report, and last to the end of the range", () => {
    expect(gaps(bare(100, "no_majority"), bounded(200), bare(300, "unknown"))).toEqual([
      { from_ms: ms(100), to_ms: ms(200), words: ["no majority"] },
      { from_ms: ms(200), to_ms: ms(900), words: ["no evidence"] },
    ]);
  });
  it("say why nothing is known, where the server does", () => {
    expect(gaps(bounded(0), { ...bare(10, "unknown"), reason: "set_aside_or_lost" }, bounded(20))).toMatchObject([
      { words: ["set aside or lost"] },
    ]);
  });
  it("are none where every point has a bound, or there is no point", () => {
    expect(gaps(bounded(0), bounded(5))).toEqual([]);
    expect(gaps()).toEqual([]);
  });
  it("follow the last reading of a host that is no longer heard", () => {
    const silence = { from_ms: ms(31), word: "silent" };
    const after = (...points: SeriesPoint[]) => gapsOf({ points, to_ms: ms(900), silence });
    expect(after(bounded(0), bounded(30))).toEqual([{ from_ms: ms(31), to_ms: ms(900), words: ["silent"] }]);
    expect(after(bounded(0), bare(30, "conflict"))).toHaveLength(1);
    expect(gapsOf({ points: [bounded(0), bounded(20)], to_ms: ms(25), silence })).toEqual([]);
  });
  it("give each reason once", () => {
    expect(gapReasons(gaps(bounded(0), bare(1, "conflict"), bounded(2), bare(3, "unknown"), bounded(4), bare(5, "conflict")))).toEqual([
      "conflict",
      "no evidence",
    ]);
  });
});

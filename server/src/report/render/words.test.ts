import { describe, expect, it } from "vitest";
import { duration, grouped, instant, limit, percent } from "./words.ts";

const spaced = (text: string): string => text.replaceAll("\u00a0", " ");

describe("figures in words", () => {
  it.each([
    ["0", "0 s"],
    ["1", "1 ns"],
    ["999", "999 ns"],
    ["2500", "2.5 µs"],
    ["1000000", "1 ms"],
    ["58400000000", "58.4 s"],
    ["59999999999", "59.999999999 s"],
    ["60000000000", "1 min"],
    ["86388400000001", "23 h 59 min 48.400000001 s"],
    ["31536000000000000", "365 d"],
    ["-161030", "−161.03 µs"],
  ])("%s ns are %s, to the nanosecond", (ns, words) => expect(spaced(duration(ns))).toBe(words));

  it.each([
    [0, "0 %"],
    [1, "0.0001 %"],
    [999_999, "99.9999 %"],
    [1_000_000, "100 %"],
    [500_000, "50.0000 %"],
    [null, "not applicable"],
  ])("%s ppm are %s, never rounded to what is nicer", (ppm, words) => expect(spaced(percent(ppm))).toBe(words));

  it.each([
    [["-100000", "100000"], "±100 µs"],
    [["-1000", "0"], "−1 µs to 0 s"],
    [["1", "2"], "1 ns to 2 ns"],
  ] as const)("a limit %j is %s", (ends, words) => expect(spaced(limit(ends))).toBe(words));

  it.each([
    ["2026-03-02T08:00:00.000000000Z", "2026-03-02 08:00:00"],
    ["2026-03-02T08:00:00.100000000Z", "2026-03-02 08:00:00.1"],
    ["2026-03-02T08:00:00.000000001Z", "2026-03-02 08:00:00.000000001"],
    ["2016-12-31T23:59:60.500000000Z", "2016-12-31 23:59:60.5"],
    ["2026-03-02T08:00:00Z", "2026-03-02 08:00:00"],
  ])("%s is %s", (text, words) => expect(instant(text)).toBe(words));

  it("groups digits by three", () => expect([0, 999, 1000, 1_234_567].map(grouped)).toEqual(["0", "999", "1,000", "1,234,567"]));
});

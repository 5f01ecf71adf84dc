import { describe, expect, it } from "vitest";
import { DEFAULT_RANGE, endText, isLive, parseEnd, parseRange, resolve } from "./range.ts";

const NOW_MS = Date.parse("2026-11-23T15:00:00Z");
const resolved = (from: string | null, to: string | null) => {
  const range = parseRange(from, to);
  return range && resolve(range, NOW_MS);
};

describe("range in the address", () => {
  it("is the last fifteen minutes where nothing is said", () => {
    expect(parseRange(null, null)).toEqual(DEFAULT_RANGE);
    expect(resolved(null, null)).toEqual({ from_ms: NOW_MS - 900_000, to_ms: NOW_MS });
  });
  it.each([
    ["now-30s", 30_000],
    ["now-15m", 900_000],
    ["now-6h", 21_600_000],
    ["now-7d", 604_800_000],
  ])("%s is %d ms before now", (from, back_ms) => expect(resolved(from, "now")).toEqual({ from_ms: NOW_MS - back_ms, to_ms: NOW_MS }));
  it("reads instants in UTC and mixes them with now", () => {
    expect(resolved("2026-11-23T14:00:00Z", "2026-11-23T14:30:00.250Z")).toEqual({
      from_ms: NOW_MS - 3_600_000,
      to_ms: NOW_MS - 1_799_750,
    });
    expect(resolved("2026-11-23T14:00:00Z", "now")?.to_ms).toBe(NOW_MS);
  });
  it.each([
    ["yesterday", "now"],
    ["now-1w", "now"],
    ["now", "now-1h"],
    ["now", "now"],
    ["2026-11-23T14:00:00", "now"],
    ["2026-13-23T14:00:00Z", "now"],
    ["2026-11-23T14:00:00Z", "2026-11-23T13:00:00Z"],
    ["", ""],
  ])("refuses %s to %s", (from, to) => expect(parseRange(from, to)).toBeNull());
  it("writes what it reads", () => {
    for (const text of ["now", "now-90s", "now-15m", "now-6h", "now-7d", "2026-11-23T14:00:00.000Z"]) {
      const end = parseEnd(text);
      expect(end && endText(end)).toBe(text);
    }
  });
  it("is live only when it ends now", () => {
    expect(isLive(DEFAULT_RANGE)).toBe(true);
    expect(isLive({ ...DEFAULT_RANGE, to: { kind: "relative", back_ms: 1 } })).toBe(false);
    expect(isLive({ ...DEFAULT_RANGE, to: { kind: "absolute", at_ms: NOW_MS } })).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { moved, parseRanks, ranksText, type StripHost, stripRows, zoomed } from "./strip-layout.ts";

const host = (rank: number, more: Partial<StripHost> = {}): StripHost => ({
  id: String(rank),
  name: `h${rank}`,
  lo_ns: -100,
  hi_ns: 100,
  look: "proven",
  limit_ns: 1_000,
  ...more,
});
const fleet = (count: number, more: Record<number, Partial<StripHost>> = {}) =>
  Array.from({ length: count }, (_, rank) => host(rank, more[rank]));

describe("the bound strip", () => {
  it("gives each host a row while there is room", () => {
    const rows = stripRows(fleet(3, { 1: { look: "conflict" } }), { from: 0, to: 3 }, 200);
    expect(rows.map(({ from, to, look }) => [from, to, look])).toEqual([
      [0, 1, "proven"],
      [1, 2, "conflict"],
      [2, 3, "proven"],
    ]);
  });
  it("never averages a bad host away: a row is the hull of its hosts and looks like the worst", () => {
    const rows = stripRows(
      fleet(10_000, { 7777: { lo_ns: -5e9, hi_ns: -4e9, look: "proven-off", limit_ns: 500 } }),
      { from: 0, to: 10_000 },
      200,
    );
    expect(rows).toHaveLength(200);
    expect(rows.filter(({ look }) => look === "proven-off")).toEqual([
      { from: 7_750, to: 7_800, lo_ns: -5e9, hi_ns: 100, look: "proven-off", limit_ns: 500 },
    ]);
  });
  it.each([1, 7, 199, 200, 201, 9_999])("stands for each of %d hosts exactly once", (count) => {
    const rows = stripRows(fleet(count), { from: 0, to: count }, 200);
    let next = 0;
    for (const { from, to } of rows) {
      expect(from).toBe(next);
      expect(to).toBeGreaterThan(from);
      next = to;
    }
    expect(next).toBe(count);
  });
  it("has no rows where nobody has a bound", () => expect(stripRows([], { from: 0, to: 0 }, 200)).toEqual([]));
  it("comes nearer around a rank and stays within the fleet", () => {
    expect(zoomed({ from: 0, to: 1_000 }, 1_000, 500, 0.5)).toEqual({ from: 250, to: 750 });
    expect(zoomed({ from: 0, to: 12 }, 1_000, 0, 0.1)).toEqual({ from: 0, to: 10 });
    expect(zoomed({ from: 900, to: 1_000 }, 1_000, 990, 100)).toEqual({ from: 0, to: 1_000 });
    expect(moved({ from: 900, to: 1_000 }, 1_000, 500)).toEqual({ from: 900, to: 1_000 });
  });
  it("is written into the address and read from it", () => {
    expect(parseRanks("11-40", 100)).toEqual({ from: 10, to: 40 });
    expect(ranksText({ from: 10, to: 40 }, 100)).toBe("11-40");
    expect(ranksText({ from: 0, to: 100 }, 100)).toBeNull();
    expect(parseRanks("40-11", 100)).toBeNull();
    expect(parseRanks("200-300", 100)).toBeNull();
    expect(parseRanks("x", 100)).toBeNull();
  });
});

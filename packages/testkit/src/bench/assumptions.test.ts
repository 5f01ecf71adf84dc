import { halfWidth, ppb } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { type Assumption, type CellBounds, evaluateCell, LIMITS, provable, readingFor } from "./assumption-cell.ts";
import { cellsOf, POLLS_S, RHOS, STEERED } from "./assumptions.ts";
import { assumptionsReport, longestPolls, showWidth } from "./assumptions-report.ts";
import type { ExchangeParts } from "./exchange-parts.ts";

const part = (ns: bigint) => ({ median: ns, p99: ns });
const partsUnder = (slewPpb: bigint): ExchangeParts => ({
  slewPpb,
  exchanges: 100,
  path: part(10_000n),
  hold: part(20_000n),
  root: part(3000n),
  precision: part(100n),
  stamp: part(900n),
  bracket: part(0n),
});
const assumption = (over: Partial<Assumption> = {}): Assumption => ({ pollS: 1, rho: ppb(15_000n), slew: ppb(520_000n), ...over });
const widths = ({ live, span, seenBack }: CellBounds) => [live, span, seenBack].map((bound) => Number(halfWidth(bound)) / 1000);

describe("what an assumption buys", () => {
  it("is, live, the exchange, half of what its lower side lacks, two polls of drift, and what a slew adds between two readings", () => {
    const [live = 0] = widths(evaluateCell(partsUnder(520_000n), assumption(), 0.1));
    // 14 µs of path and E. The lower side lacks the hold of 20 µs, or, from the finished exchange before, one more poll of drift: 15.
    // Then 15 µs/s for 2 s, and (535 µs/s · 0.1 s − 1.5 µs that the bound grew by) / 2.
    expect(live).toBeCloseTo(14 + 15 / 2 + 30 + (53.5 - 1.5) / 2, 1);
  });
  it("is less in a report, where no reply was lost, and least where each instant is seen from both sides", () => {
    for (const pollS of POLLS_S) {
      const [live = 0, span = 0, seenBack = 0] = widths(evaluateCell(partsUnder(520_000n), assumption({ pollS }), 1));
      expect(live).toBeGreaterThan(span);
      expect(span).toBeGreaterThanOrEqual(seenBack);
    }
  });
  it("seen from both sides, is no more than half a gap of drift (6.10)", () => {
    const [, , seenBack = 0] = widths(evaluateCell(partsUnder(520_000n), assumption({ pollS: 64 }), 0.1));
    expect(seenBack).toBeLessThanOrEqual(14 + 10 + 15 * 32 + 53.5 / 2 + 1);
    expect(seenBack).toBeGreaterThan(15 * 32);
  });
  it("never grows with a tighter assumption, a faster poll or more readings", () => {
    const at = (over: Partial<Assumption>, readingS = 1) => widths(evaluateCell(partsUnder(520_000n), assumption(over), readingS));
    const wide = at({ pollS: 4, rho: ppb(50_000n) });
    for (const narrow of [
      at({ pollS: 4 }),
      at({ pollS: 2, rho: ppb(50_000n) }),
      at({ pollS: 4, rho: ppb(50_000n) }, 0.1),
      at({ pollS: 4, rho: ppb(50_000n), slew: ppb(20_000n) }),
    ])
      for (const [index, value] of narrow.entries()) expect(value).toBeLessThanOrEqual(wide[index] ?? 0);
  });
  it("takes the strongest that holds, limits included", () => {
    const within = (ns: bigint) => ({ lo: -ns, hi: ns });
    const bounds = { live: within(300n), span: within(200n), seenBack: within(100n) };
    expect([300, 299, 200, 199, 100, 99].map((limit) => provable(bounds, limit as 100_000))).toEqual([
      "live",
      "report",
      "report",
      "seen_back",
      "seen_back",
      "no",
    ]);
    expect(provable({ ...bounds, live: { lo: -301n, hi: 0n } }, 300 as 100_000)).toBe("report");
  });
  it("reads the clocks as often as the agent does for the limit", () => {
    expect(LIMITS.map((limit) => readingFor(limit, assumption()))).toEqual([0.1, expect.closeTo(0.9515, 3), 1]);
  });
});

describe("the table of assumptions", () => {
  const parts = STEERED.map(({ slew }) => partsUnder(slew));
  it("knows three ways of steering, by the product's own allowance", () => {
    expect(STEERED.map(({ slew }) => slew)).toEqual([83_353_334n, 520_000n, 523_907n]);
  });
  it("has a cell for each poll, rho and S that was measured, and says what was not", () => {
    const cells = cellsOf(parts);
    expect(cells).toHaveLength(POLLS_S.length * RHOS.length * STEERED.length);
    expect(cellsOf([])).toEqual([]);
    const report = assumptionsReport([
      { link: "loopback", parts, cells },
      { link: "veth", skipped: "no rights" },
    ]);
    expect(report).toContain("veth: skipped: no rights");
    expect(report.split("\n").filter((line) => /^\| (chrony|kernel)/.test(line))).toHaveLength(cells.length);
    expect(report).not.toMatch(/NaN|undefined|Infinity/);
  });
  it("names the longest poll for each strength of proof", () => {
    const row = (pollS: number, proves: "live" | "report" | "seen_back" | "no") => ({
      assumption: assumption({ pollS }),
      proves: { 100000: proves, 1000000: proves, 50000000: proves },
    });
    expect(longestPolls([row(1, "live"), row(2, "report"), row(4, "seen_back"), row(16, "no")], 100_000)).toBe("1, 2 (4)");
    expect(longestPolls([row(1, "live"), row(2, "no")], 100_000)).toBe("1, 1 (1)");
    expect(longestPolls([row(1, "no")], 100_000)).toBe("–, – (–)");
  });
  it("never shows a width smaller than it is", () => {
    expect([1n, 99_901n, 100_001n, 999_001n, 1_000_001n, 41_814_500n, 123_456_789n].map(showWidth)).toEqual([
      "0.1 µs",
      "100.0 µs",
      "101 µs",
      "1000 µs",
      "1.01 ms",
      "41.82 ms",
      "123.5 ms",
    ]);
  });
});

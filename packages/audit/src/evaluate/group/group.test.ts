import { describe, expect, it } from "vitest";
import type { ClockEvidence, GroupCase } from "../../audit-case.ts";
import { auditGroup } from "./audit-group.ts";

const S = 1_000_000_000n;
const still = (lo: bigint, hi: bigint, from = 0n, to = 3600n * S): ClockEvidence => ({
  driftPpb: 0n,
  cuts: [],
  samples: [],
  spans: [{ from, to, lo, hi }],
});
const group = (clocks: readonly ClockEvidence[], exempt: readonly number[] = []): GroupCase => ({
  terms: { limit: 100n, appError: 0n, minimumProvenPpm: null },
  window: { from: 0n, to: 3600n * S },
  schedule: [{ from: 0n, to: 3600n * S }],
  exemptions: [],
  members: clocks.map((clock, index) => ({
    terms: { horizon: 0n, requiresTraceability: false },
    clock,
    exemptions: exempt.includes(index) ? [{ from: 0n, to: 1800n * S, declaredAt: 0n }] : [],
  })),
});

describe("a group", () => {
  it("passes where the clock farthest ahead and the one farthest behind are within the limit", () => {
    const found = auditGroup(group([still(-50n, -40n), still(0n, 10n), still(40n, 50n)]));
    expect(found).toMatchObject({ verdict: "PASS", pairs: 3, outside: [] });
    expect(found.statistics.worstBound).toBe(100n);
  });
  it("names the pairs that are outside, the worst first, and no others", () => {
    const found = auditGroup(group([still(0n, 1n), still(10n, 11n), still(200n, 201n), still(0n, 150n)]));
    expect(found.verdict).toBe("FAIL");
    expect(found.outside.map(({ members, peakProven }) => [members, peakProven])).toEqual([
      [[0, 2], 199n],
      [[1, 2], 189n],
    ]);
    expect(found.outside[0]).toMatchObject({ violation: 3600n * S, episodes: 1, first: 0n });
  });
  it("is without evidence where one clock is, save where two others are proved outside", () => {
    const [dead, late] = [still(0n, 1n, 0n, 600n * S), still(500n, 501n, 1800n * S)];
    expect(auditGroup(group([still(0n, 1n), dead])).spans.map(({ verdict }) => verdict)).toEqual(["COMPLIANT", "NO_EVIDENCE"]);
    const found = auditGroup(group([still(0n, 1n), dead, late]));
    expect(found.spans.map(({ verdict }) => verdict)).toEqual(["NO_EVIDENCE", "VIOLATION"]);
    expect(found.silent).toEqual([0n, 3000n * S, 1800n * S]);
  });
  it("goes on among the others while one is exempt", () => {
    const found = auditGroup(group([still(0n, 1n), still(10n, 11n), still(500n, 501n)], [2]));
    expect(found.spans.map(({ verdict }) => verdict)).toEqual(["COMPLIANT", "VIOLATION"]);
    expect(found).toMatchObject({ audited: 3600n * S, exempt: 0n });
  });
  it("of two is exempt while one of them is", () => {
    const found = auditGroup(group([still(0n, 1n), still(500n, 501n)], [0]));
    expect(found).toMatchObject({ audited: 1800n * S, exempt: 1800n * S, violation: 1800n * S });
  });
  it("of one host is no group", () => {
    expect(auditGroup(group([still(0n, 1n)]))).toMatchObject({ verdict: "NOT_APPLICABLE", pairs: 0, audited: 0n });
  });
});

import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import type { ClockEvidence, GroupCase, GroupResult } from "../../audit-case.ts";
import { auditPair } from "../audit.ts";
import { drawnGroup, drawnPair } from "../drawn.fixture.ts";
import { auditGroup } from "./audit-group.ts";
import { slowGroup } from "./slow-group.fixture.ts";

const IS_LONG = inject("long") === true;
const options = (short: number, long: number) => ({ numRuns: IS_LONG ? long : short, ...(IS_LONG ? {} : { seed: 20_261_127 }) });

const byPlace = <T extends { readonly members: readonly [number, number] }>(all: readonly T[]) =>
  [...all].sort(({ members: a }, { members: b }) => a[0] - b[0] || a[1] - b[1]);

const comparable = ({ spans, episodes, outside, silent, ...all }: GroupResult) => {
  const { inScope, audited, compliant, violation, unproven, conflict, noEvidence } = all;
  return {
    spans,
    episodes,
    totals: { inScope, audited, compliant, violation, unproven, conflict, noEvidence },
    outside: byPlace(outside),
    silent,
  };
};

describe("all pairs of a group at once", () => {
  it("are judged as each of them by itself, one by one, at every instant", { timeout: 1_800_000 }, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(drawnGroup, fc.bigInt(1n, 70n), (group, block) => {
        const fast = auditGroup(group, block);
        expect(comparable(fast)).toEqual(slowGroup(group));
        for (const { verdict } of fast.spans) seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
        if (fast.outside.length > 1) seen.set("several", (seen.get("several") ?? 0) + 1);
      }),
      options(600, 20_000),
    );
    expect([...seen.keys()].sort()).toEqual(["COMPLIANT", "CONFLICT", "NO_EVIDENCE", "UNPROVEN", "VIOLATION", "several"]);
  });
  it("add up, whatever the case", () => {
    fc.assert(
      fc.property(drawnGroup, (group) => {
        const found = auditGroup(group, 7n);
        const { wide, drift, conflict, leap } = found.statistics.unprovenBy;
        expect(found.compliant + found.violation + found.unproven + found.noEvidence).toBe(found.audited);
        expect(wide + drift + conflict + leap).toBe(found.unproven);
        expect(found.audited + found.exempt).toBe(found.inScope);
      }),
      options(600, 20_000),
    );
  });
  it("of two clocks are the pair", () => {
    fc.assert(
      fc.property(drawnPair, (pair) => {
        const { min, max } = pair.terms.limit;
        fc.pre(min === -max);
        const { spans, episodes, verdict, audited, exempt } = auditPair(pair);
        const members = pair.clocks.map((one) => ({ ...one, exemptions: [] }));
        const group = auditGroup({ ...pair, terms: { ...pair.terms, limit: max }, members }, 9n);
        expect(group).toMatchObject({ spans, episodes, verdict, audited, exempt, pairs: 1 });
      }),
      options(400, 10_000),
    );
  });
  it("do not change with the blocks in which they are looked at", () => {
    fc.assert(
      fc.property(drawnGroup, fc.bigInt(1n, 70n), (group, block) => {
        const [{ statistics: a, ...one }, { statistics: b, ...other }] = [auditGroup(group, block), auditGroup(group)];
        expect(one).toEqual(other);
        expect({ ...a, worstBound: null, bound: null }).toEqual({ ...b, worstBound: null, bound: null });
      }),
      options(300, 5_000),
    );
  });
});

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

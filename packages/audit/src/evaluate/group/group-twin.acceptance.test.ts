import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import type { GroupResult } from "../../audit-case.ts";
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
      options(600, 5_000),
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
      options(600, 5_000),
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
      options(400, 5_000),
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

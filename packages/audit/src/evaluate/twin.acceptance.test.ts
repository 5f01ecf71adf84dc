import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import type { AuditResult } from "../audit-case.ts";
import { audit, auditPair } from "./audit.ts";
import { drawnCase, drawnPair } from "./drawn.fixture.ts";
import { evidenceAt } from "./evidence-at.ts";
import { type SlowResult, slowAudit, slowAuditPair } from "./slow-audit.fixture.ts";
import { slowClock } from "./slow-twin.fixture.ts";

const IS_LONG = inject("long") === true;
const CASES = IS_LONG ? 100_000 : 1_500;
const PAIRS = IS_LONG ? 10_000 : 150;
const options = (numRuns: number) => ({ numRuns, ...(IS_LONG ? {} : { seed: 20_261_126 }) });

const comparable = ({ spans, episodes, verdict, statistics, ...all }: AuditResult) => {
  const { inScope, exempt, audited, compliant, violation, unproven, conflict, noEvidence } = all;
  const { maxGap, unprovenBy } = statistics;
  return {
    spans,
    episodes,
    verdict,
    totals: { inScope, exempt, audited, compliant, violation, unproven, conflict, noEvidence },
    maxGap,
    unprovenBy,
  };
};
const asked = ({ spans, episodes, verdict, totals, maxGap, unprovenBy }: SlowResult) => ({
  spans,
  episodes,
  verdict,
  totals,
  maxGap,
  unprovenBy,
});

describe("the slow twin at every instant that matters", () => {
  it("judges each case as the fast one does, to the nanosecond", { timeout: 1_800_000 }, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(drawnCase, (one) => {
        const [fast, slow] = [audit(one), slowAudit(one)];
        expect(comparable(fast)).toEqual(asked(slow));
        expect([fast.statistics.worstBound, fast.statistics.bound]).toEqual([slow.worstBound, slow.percentiles]);
        for (const { verdict } of fast.spans) seen.set(verdict, (seen.get(verdict) ?? 0) + 1);
      }),
      options(CASES),
    );
    for (const verdict of ["COMPLIANT", "VIOLATION", "UNPROVEN", "CONFLICT", "NO_EVIDENCE"])
      expect(seen.get(verdict) ?? 0, `${verdict} among ${JSON.stringify([...seen])}`).toBeGreaterThan(CASES / 20);
  });
  it("judges pairs as the fast one does", { timeout: 1_800_000 }, () => {
    fc.assert(
      fc.property(drawnPair, (pair) => {
        expect(comparable(auditPair(pair))).toEqual(asked(slowAuditPair(pair)));
      }),
      options(PAIRS),
    );
  });
  it("says the same of single instants", { timeout: 1_800_000 }, () => {
    fc.assert(
      fc.property(drawnCase, fc.integer({ min: -30, max: 90 }), ({ terms, clock }, t) => {
        const fast = evidenceAt(terms, clock, BigInt(t));
        const slow = slowClock(terms, clock).at(t);
        if (slow === null) expect(fast.kind).toBe("no_evidence");
        else if (slow === "conflict") expect(fast).toEqual({ kind: "conflict" });
        else expect(fast).toEqual({ kind: "bound", lo: BigInt(Math.floor(slow.lo(t))), hi: BigInt(Math.ceil(slow.hi(t))) });
      }),
      options(CASES),
    );
  });
});

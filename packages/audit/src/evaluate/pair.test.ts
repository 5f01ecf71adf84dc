import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClockEvidence, PairCase } from "../audit-case.ts";
import { audit, auditPair } from "./audit.ts";
import { drawnCase, drawnPair } from "./drawn.fixture.ts";
import { W1, W1_EXPECTED } from "./w1.fixture.ts";

/** A clock of which it is known that it shows UTC. */
const EXACT: ClockEvidence = { driftPpb: 0n, cuts: [], samples: [], spans: [{ from: -(2n ** 62n), to: 2n ** 62n, lo: 0n, hi: 0n }] };
const beside = (one: typeof W1, exact: ClockEvidence): PairCase => ({
  ...one,
  clocks: [
    { terms: one.terms, clock: one.clock },
    { terms: { horizon: 0n, requiresTraceability: true }, clock: exact },
  ],
});

describe("the difference of two clocks", () => {
  it("against a clock that is exact is the divergence", () => {
    const { statistics: _, ...expected } = audit(W1);
    expect(auditPair(beside(W1, EXACT))).toMatchObject(expected);
    fc.assert(
      fc.property(drawnCase, (one) => {
        const { spans, episodes, compliant, statistics } = audit(one);
        const pair = auditPair(beside(one, EXACT));
        expect(pair).toMatchObject({ spans, episodes, compliant });
        expect(pair.statistics.worstBound).toBe(statistics.worstBound);
      }),
      { numRuns: 300 },
    );
  });
  it("the other way round is the mirrored one", () => {
    fc.assert(
      fc.property(drawnPair, (pair) => {
        const { min, max } = pair.terms.limit;
        const turned = {
          ...pair,
          terms: { ...pair.terms, limit: { min: -max, max: -min } },
          clocks: [pair.clocks[1], pair.clocks[0]] as const,
        };
        expect(auditPair(turned)).toEqual(auditPair(pair));
      }),
      { numRuns: 300 },
    );
  });
  it("is unknown where either is, and in conflict where either is and the other is known", () => {
    const torn = { ...EXACT, spans: [...EXACT.spans, { from: 20_000_000_000n, to: 30_000_000_000n, lo: 5n, hi: 5n }] };
    const verdicts = auditPair(beside(W1, torn)).spans;
    expect(verdicts).toContainEqual({ from: 20_000_000_000n, to: 30_000_000_000n, verdict: "CONFLICT" });
    expect(verdicts).toContainEqual({ from: 70_000_000_000n, to: 75_000_000_000n, verdict: "NO_EVIDENCE" });
    expect(auditPair(beside(W1, { ...EXACT, spans: [] })).noEvidence).toBe(W1_EXPECTED.audited);
  });
});

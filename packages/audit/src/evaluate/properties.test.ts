import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuditCase, AuditResult, ClockEvidence, Sample, SpanEvidence } from "../audit-case.ts";
import { audit } from "./audit.ts";
import { drawnCase } from "./drawn.fixture.ts";
import { evidenceAt } from "./evidence-at.ts";
import { mirrored, shifted } from "./moved.fixture.ts";
import { drawnTrueCase } from "./truth.fixture.ts";

const holds = <T>(arbitrary: fc.Arbitrary<T>, property: (given: T) => void) =>
  fc.assert(fc.property(arbitrary, property), { numRuns: 400 });
const withClock = (one: AuditCase, clock: Partial<ClockEvidence>): AuditCase => ({ ...one, clock: { ...one.clock, ...clock } });
const withTerms = (one: AuditCase, terms: Partial<AuditCase["terms"]>): AuditCase => ({ ...one, terms: { ...one.terms, ...terms } });

describe("whatever the evidence", () => {
  it("(a) what is compliant, in violation, unproven and without evidence is all that is audited, and spans cover the window", () => {
    holds(drawnCase, (one) => {
      const { compliant, violation, unproven, noEvidence, audited, exempt, inScope, spans, statistics } = audit(one);
      expect(compliant + violation + unproven + noEvidence).toBe(audited);
      expect(audited + exempt).toBe(inScope);
      const { wide, drift, conflict, leap } = statistics.unprovenBy;
      expect(wide + drift + conflict + leap).toBe(unproven);
      expect(spans.map(({ from }) => from)).toEqual([one.window.from, ...spans.slice(0, -1).map(({ to }) => to)]);
      expect(spans.at(-1)?.to).toBe(one.window.to);
      expect(spans.every(({ verdict }, index) => verdict !== spans[index - 1]?.verdict)).toBe(true);
    });
  });
  it("(d) its order does not matter", () => {
    const shuffled = drawnCase.chain((one) =>
      fc
        .tuple(
          fc.shuffledSubarray([...one.clock.samples], all(one.clock.samples)),
          fc.shuffledSubarray([...one.clock.spans], all(one.clock.spans)),
        )
        .map(([samples, spans]) => [one, withClock(one, { samples, spans, cuts: one.clock.cuts.toReversed() })] as const),
    );
    holds(shuffled, ([one, other]) => {
      expect(audit(other)).toEqual(audit(one));
    });
  });
  it("(e) a window cut at an integer is judged as the whole", () => {
    holds(fc.tuple(drawnCase, fc.bigInt(0n, 60n)), ([one, at]) => {
      const middle = at < one.window.from ? one.window.from : at > one.window.to ? one.window.to : at;
      const [first, second] = [
        audit({ ...one, window: { ...one.window, to: middle } }),
        audit({ ...one, window: { ...one.window, from: middle } }),
      ];
      const together = audit(one);
      for (const sum of ["inScope", "exempt", "audited", "compliant", "violation", "unproven", "conflict", "noEvidence"] as const)
        expect(first[sum] + second[sum], sum).toBe(together[sum]);
    });
  });
  it("(f, h) moved in time, near 1.8e18 ns too, it is the same", () => {
    holds(fc.tuple(drawnCase, fc.bigInt(-(2n ** 63n), 2n ** 63n)), ([one, by]) => {
      const { spans, episodes, ...rest } = audit(one);
      const moved = audit(shifted(one, by));
      expect(moved).toMatchObject(rest);
      expect(moved.spans.map(({ from, to, verdict }) => [from - by, to - by, verdict])).toEqual(
        spans.map(({ from, to, verdict }) => [from, to, verdict]),
      );
      expect(moved.episodes.map(({ from, to, peakProven }) => [from - by, to - by, peakProven])).toEqual(
        episodes.map(({ from, to, peakProven }) => [from, to, peakProven]),
      );
    });
  });
  it("(h) scaled up beyond what a double holds it is the same", () => {
    const k = 2n ** 61n + 1n;
    const grown = ({ samples, spans, ...clock }: ClockEvidence): ClockEvidence => ({
      ...clock,
      samples: [...samples].map((one) => ({ ...one, lo: one.lo + k, hi: one.hi + k })),
      spans: [...spans].map((one) => ({ ...one, lo: one.lo + k, hi: one.hi + k })),
    });
    holds(drawnCase, (one) => {
      const { min, max } = one.terms.limit;
      const far = { ...withTerms(one, { limit: { min: min + k, max: max + k } }), clock: grown(one.clock) };
      expect(audit(far).spans).toEqual(audit(one).spans);
    });
  });
  it("(g) mirrored it is judged alike", () => {
    holds(drawnCase, (one) => {
      expect(audit(mirrored(one))).toEqual(audit(one));
    });
  });
  it("(c) a larger error of the application proves no more compliance", () => {
    holds(fc.tuple(drawnCase, fc.bigInt(0n, 9n)), ([one, more]) => {
      const stricter = audit(withTerms(one, { appError: one.terms.appError + more }));
      expect(stricter.compliant <= audit(one).compliant).toBe(true);
    });
  });
});

describe("where nobody lies", () => {
  it("there is no conflict, and nothing is dropped", () => {
    holds(drawnTrueCase, ({ given }) => {
      const { conflict, statistics } = audit(given);
      expect([conflict, statistics.dropped]).toEqual([0n, { untraceable: 0, inCut: 0, contradictory: 0 }]);
    });
  });
  it("(b) more evidence takes nothing back, however wide it is", () => {
    holds(drawnTrueCase, ({ given, more, moreSpan }) => {
      const before = audit(given);
      const { samples, spans } = given.clock;
      for (const clock of [{ samples: [...samples, more] }, { spans: [...spans, moreSpan] }])
        expectNoLess(audit(withClock(given, clock)), before);
    });
  });
  it("(c) a faster drift proves no more compliance", () => {
    holds(fc.tuple(drawnTrueCase, fc.bigInt(0n, 999_999_999n)), ([{ given }, more]) => {
      const faster = audit(withClock(given, { driftPpb: given.clock.driftPpb + more }));
      expect(faster.compliant <= audit(given).compliant).toBe(true);
    });
  });
  it("(i) what was proved at the time by what had come until then is proved afterwards", () => {
    holds(fc.tuple(drawnTrueCase, fc.bigInt(-20n, 70n)), ([{ given }, t]) => {
      const { samples, spans } = given.clock;
      const known = {
        samples: [...samples].filter((one) => one.t <= t),
        spans: [...spans].filter(({ from }) => from <= t).map((one) => ({ ...one, to: one.to < t ? one.to : t })),
      };
      const [then, now] = [evidenceAt(given.terms, { ...given.clock, ...known }, t), evidenceAt(given.terms, given.clock, t)];
      if (then.kind !== "bound") return;
      expect(now.kind).toBe("bound");
      if (now.kind === "bound") expect([now.lo >= then.lo, now.hi <= then.hi]).toEqual([true, true]);
    });
  });
  it("(6.14) a span proves no less than samples in its place, and as much as ever finer ones", () => {
    holds(drawnTrueCase, ({ given, moreSpan }) => {
      const { samples, spans } = given.clock;
      const cut = { ...given, terms: { ...given.terms, horizon: given.terms.horizon === 0n ? 1n : given.terms.horizon } };
      const bySpan = audit(withClock(cut, { spans: [...spans, moreSpan] }));
      const inItsPlace = withClock(cut, { samples: [...samples, ...samplesOf(moreSpan)] });
      expect(audit(inItsPlace).compliant <= bySpan.compliant).toBe(true);
      // Between samples a nanosecond apart E is at most rho/2 wider.
      const rounded = (given.clock.driftPpb + 1_999_999_999n) / 2_000_000_000n;
      const { min, max } = given.terms.limit;
      const roomier = withTerms(inItsPlace, { limit: { min: min - rounded, max: max + rounded } });
      expect(audit(roomier).compliant >= bySpan.compliant).toBe(true);
      expect(audit(inItsPlace).noEvidence).toBe(bySpan.noEvidence);
    });
  });
});

const all = <T>(items: Iterable<T>) => ({ minLength: [...items].length });

function expectNoLess(after: AuditResult, before: AuditResult): void {
  expect([after.compliant >= before.compliant, after.violation >= before.violation, after.noEvidence <= before.noEvidence]).toEqual([
    true,
    true,
    true,
  ]);
}

const samplesOf = ({ from, to, lo, hi }: SpanEvidence): Sample[] =>
  Array.from({ length: Number(to - from) + 1 }, (_, index) => ({ t: from + BigInt(index), lo, hi }));

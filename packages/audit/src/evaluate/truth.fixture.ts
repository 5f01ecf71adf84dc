import fc from "fast-check";
import type { AuditCase, AuditTerms, Sample, SpanEvidence } from "../audit-case.ts";

/** Cases in which nobody lies: a clock that strays by no more than rho, and evidence that holds it. */
export interface TrueCase {
  readonly given: AuditCase;
  /** Evidence beside it that holds the truth as well. */
  readonly more: Sample;
  readonly moreSpan: SpanEvidence;
}

const STEP = 8;
const FIRST = -32;
const POINTS = 16;

/** Divergence at every eighth ns: between them it is a line. */
type Truth = readonly number[];

const valueAt = (truth: Truth, t: number): number => {
  const index = Math.min(POINTS - 2, Math.floor((t - FIRST) / STEP));
  const [a, b] = [truth[index] as number, truth[index + 1] as number];
  return a + ((b - a) * (t - FIRST - index * STEP)) / STEP;
};

const slack = fc.tuple(fc.nat(9), fc.nat(9));
const at = fc.integer({ min: FIRST, max: FIRST + STEP * (POINTS - 1) });

const drawnSample = fc.tuple(at, slack, fc.boolean());
const sampleOf = (truth: Truth, [t, [below, above], isWide]: [number, [number, number], boolean]): Sample => {
  const room = isWide ? 30 : 0;
  const value = valueAt(truth, t);
  return { t: BigInt(t), lo: BigInt(Math.floor(value) - below - room), hi: BigInt(Math.ceil(value) + above + room) };
};

const drawnSpan = fc.tuple(at, fc.nat(30), slack);
const spanOf = (truth: Truth, [from, length, [below, above]]: [number, number, [number, number]]): SpanEvidence => {
  const to = Math.min(from + length, FIRST + STEP * (POINTS - 1));
  const values = Array.from({ length: to - from + 1 }, (_, index) => valueAt(truth, from + index));
  return {
    from: BigInt(from),
    to: BigInt(to),
    lo: BigInt(Math.floor(Math.min(...values)) - below),
    hi: BigInt(Math.ceil(Math.max(...values)) + above),
  };
};

const drawnTerms: fc.Arbitrary<AuditTerms> = fc.record({
  limit: fc.integer({ min: 0, max: 25 }).map((max) => ({ min: BigInt(-max), max: BigInt(max) })),
  appError: fc.constantFrom(0n, 0n, 1n, 3n),
  horizon: fc.constantFrom(0n, 1n, 5n, 12n, 40n, 1000n),
  requiresTraceability: fc.constant(false),
  minimumProvenPpm: fc.constant(null),
});

export const drawnTrueCase: fc.Arbitrary<TrueCase> = fc
  .tuple(
    fc
      .integer({ min: 0, max: 8 })
      .chain((rho) =>
        fc.tuple(
          fc.constant(rho),
          fc.array(fc.integer({ min: -rho, max: rho }), { minLength: POINTS, maxLength: POINTS }),
          fc.integer({ min: -15, max: 15 }),
        ),
      ),
    drawnTerms,
    fc.array(drawnSample, { maxLength: 8 }),
    fc.array(drawnSpan, { maxLength: 3 }),
    drawnSample,
    drawnSpan,
  )
  .map(([[rho, moves, begins], terms, samples, spans, more, moreSpan]) => {
    const truth: number[] = [];
    for (const move of moves) truth.push((truth.at(-1) ?? begins) + move);
    const window = { from: -20n, to: 70n };
    return {
      given: {
        terms,
        window,
        schedule: [window],
        exemptions: [],
        clock: {
          driftPpb: BigInt(rho) * 125_000_000n,
          cuts: [],
          samples: samples.map((one) => sampleOf(truth, one)),
          spans: spans.map((one) => spanOf(truth, one)),
        },
      },
      more: sampleOf(truth, more),
      moreSpan: spanOf(truth, moreSpan),
    };
  });

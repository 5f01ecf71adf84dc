import fc from "fast-check";
import type { AuditCase, AuditPeriod, AuditTerms, ClockEvidence, GroupCase, PairCase } from "../audit-case.ts";

/** Small cases that are full of trouble: steps, lies, cuts inside spans, equal instants, exemptions, limits that nothing can meet. */
const END = 60;
const whole = (min: number, max: number) => fc.integer({ min, max }).map(BigInt);
const instant = whole(-20, END + 20);

const between = (longest: number) => fc.tuple(instant, whole(0, longest)).map(([from, length]) => ({ from, to: from + length }));
const narrow = fc.tuple(whole(-12, 12), whole(0, 10)).map(([lo, width]) => ({ lo, hi: lo + width }));
const wide = fc.tuple(whole(-60, 40), whole(0, 60)).map(([lo, width]) => ({ lo, hi: lo + width }));
const bound = fc.oneof({ weight: 3, arbitrary: narrow }, { weight: 1, arbitrary: wide });
const traceable = fc.constantFrom<{ traceable?: boolean }>({}, {}, {}, { traceable: true }, { traceable: false });

const horizon = fc.oneof(fc.constantFrom(0n, 1n, 1000n), whole(2, 30));
const drift = fc.constantFrom(0n, 125_000_000n, 250_000_000n, 375_000_000n, 500_000_000n, 1_000_000_000n, 2_000_000_000n);
const limit = fc.oneof(
  { weight: 4, arbitrary: whole(0, 20).map((max) => ({ min: -max, max })) },
  { weight: 1, arbitrary: fc.tuple(whole(-20, 20), whole(0, 20)).map(([min, width]) => ({ min, max: min + width })) },
);

export const drawnClock = (most = 6): fc.Arbitrary<ClockEvidence> =>
  fc.record({
    driftPpb: drift,
    cuts: fc.array(
      fc.tuple(between(8), fc.boolean(), fc.constantFrom("clock_set", "leap", "boot")).map(([cut, isInstant, reason]) => ({
        from: cut.from,
        to: isInstant ? cut.from : cut.to,
        reason,
      })),
      { maxLength: 2 },
    ),
    samples: fc.array(
      fc.tuple(instant, bound, traceable).map(([t, ends, rest]) => ({ t, ...ends, ...rest })),
      { maxLength: most },
    ),
    spans: fc.array(
      fc.tuple(between(25), bound, traceable).map(([span, ends, rest]) => ({ ...span, ...ends, ...rest })),
      { maxLength: 3 },
    ),
  });

const drawnExemptions = fc.array(
  fc.tuple(between(20), whole(-3, 3)).map(([stretch, late]) => ({ ...stretch, declaredAt: stretch.from + late })),
  { maxLength: 2 },
);

const drawnPeriod: fc.Arbitrary<AuditPeriod> = fc.record({
  window: fc.constantFrom({ from: 0n, to: BigInt(END) }, { from: 7n, to: 41n }, { from: 3n, to: 4n }),
  schedule: fc.oneof(fc.constant([{ from: -100n, to: 1000n }]), fc.array(between(30), { maxLength: 3 })),
  exemptions: drawnExemptions,
});

const demands = { horizon, requiresTraceability: fc.boolean() };
const limits = {
  limit,
  appError: fc.constantFrom(0n, 0n, 0n, 1n, 5n, 30n),
  minimumProvenPpm: fc.constantFrom(null, 0, 500_000, 1_000_000),
};
const drawnTerms: fc.Arbitrary<AuditTerms> = fc.record({ ...limits, ...demands });

export const drawnCase: fc.Arbitrary<AuditCase> = fc
  .tuple(drawnTerms, drawnPeriod, drawnClock())
  .map(([terms, period, clock]) => ({ terms, clock, ...period }));

export const drawnPair: fc.Arbitrary<PairCase> = fc
  .tuple(fc.record(limits), drawnPeriod, fc.tuple(fc.record(demands), drawnClock(3)), fc.tuple(fc.record(demands), drawnClock(3)))
  .map(([terms, period, first, second]) => ({
    terms,
    clocks: [
      { terms: first[0], clock: first[1] },
      { terms: second[0], clock: second[1] },
    ],
    ...period,
  }));

/** A span that is long and wide lets groups be known at the same time more often than chance would. */
const lasting = fc.tuple(whole(-12, 12), whole(0, 6)).map(([lo, width]) => ({ from: -30n, to: 100n, lo, hi: lo + width }));
const drawnMember = fc
  .tuple(fc.record(demands), drawnClock(3), fc.oneof(fc.constant([]), fc.constant([]), drawnExemptions), fc.option(lasting))
  .map(([terms, clock, exemptions, span]) => ({
    terms,
    exemptions,
    clock: span === null ? clock : { ...clock, samples: [...clock.samples].slice(0, 1), spans: [span, ...[...clock.spans].slice(0, 1)] },
  }));

export const drawnGroup: fc.Arbitrary<GroupCase> = fc
  .tuple(
    fc.record({ limit: whole(0, 40), appError: limits.appError, minimumProvenPpm: limits.minimumProvenPpm }),
    drawnPeriod,
    fc.array(drawnMember, { minLength: 1, maxLength: 4 }),
  )
  .map(([terms, period, members]) => ({ terms, members, ...period }));

import type { AuditCase, AuditPeriod, ClockEvidence, Cut, SpanEvidence, Stretch } from "../audit-case.ts";

/** Every instant of a case moved by `by`. */
export const shifted = (one: AuditCase, by: bigint): AuditCase => ({
  ...one,
  ...shiftedPeriod(one, by),
  clock: shiftedClock(one.clock, by),
});

const later = <T extends Stretch>(stretch: T, by: bigint): T => ({ ...stretch, from: stretch.from + by, to: stretch.to + by });

const shiftedPeriod = ({ window, schedule, exemptions }: AuditPeriod, by: bigint): AuditPeriod => ({
  window: later(window, by),
  schedule: schedule.map((one) => later(one, by)),
  exemptions: exemptions.map((one) => ({ ...later(one, by), declaredAt: one.declaredAt + by })),
});

const shiftedClock = (clock: ClockEvidence, by: bigint): ClockEvidence => ({
  ...clock,
  cuts: clock.cuts.map((one: Cut) => later(one, by)),
  samples: [...clock.samples].map((one) => ({ ...one, t: one.t + by })),
  spans: [...clock.spans].map((one: SpanEvidence) => later(one, by)),
});

const flipped = <T extends { readonly lo: bigint; readonly hi: bigint }>(one: T): T => ({ ...one, lo: -one.hi, hi: -one.lo });

/** Fast for slow. */
export const mirrored = (one: AuditCase): AuditCase => ({
  ...one,
  terms: { ...one.terms, limit: { min: -one.terms.limit.max, max: -one.terms.limit.min } },
  clock: { ...one.clock, samples: [...one.clock.samples].map(flipped), spans: [...one.clock.spans].map(flipped) },
});

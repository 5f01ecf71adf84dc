import type { AuditPeriod, AuditTotals, Exemption, InstantVerdict, JudgedSpan, Stretch } from "../audit-case.ts";
import { differenceOf, intersectionOf, lengthOf, type Stretches, unionOf } from "./stretches.ts";

/** 6.7: what is audited of a window. */
export interface Scope {
  readonly inScope: Stretches;
  /** In scope and in no exemption. */
  readonly plain: Stretches;
  /** In scope and in a late exemption alone: of this only VIOLATION is audited. */
  readonly late: Stretches;
}

/** Declared at or before its start, it removes its time whatever the verdict. */
export const isTimely = ({ from, declaredAt }: Exemption): boolean => declaredAt <= from;

export function scopeOf({ window, schedule, exemptions }: AuditPeriod): Scope {
  for (const { from, to } of [window, ...schedule, ...exemptions])
    if (from > to) throw new RangeError(`Cannot audit from ${from} back to ${to}`);
  const inScope = intersectionOf(unionOf([window]), unionOf(schedule));
  const subject = differenceOf(inScope, unionOf(exemptions.filter(isTimely)));
  const declaredLate = unionOf(exemptions.filter((one) => !isTimely(one)));
  return { inScope, plain: differenceOf(subject, declaredLate), late: intersectionOf(subject, declaredLate) };
}

export interface Audited {
  readonly stretches: Stretches;
  /** Violation that a late exemption does not hide. */
  readonly unhidden: Stretches;
}

export function auditedOf({ plain, late }: Scope, spans: readonly JudgedSpan[]): Audited {
  const unhidden = intersectionOf(late, spansOf(spans, "VIOLATION"));
  return { stretches: unionOf([...plain, ...unhidden]), unhidden };
}

export const spansOf = (spans: readonly JudgedSpan[], verdict: InstantVerdict): Stretch[] =>
  spans.filter((span) => span.verdict === verdict);

/** C + V + U + N = D, exactly: the spans cover the window. */
export function totalsOf({ inScope }: Scope, { stretches }: Audited, spans: readonly JudgedSpan[]): AuditTotals {
  const ns = (verdict: InstantVerdict) => lengthOf(intersectionOf(stretches, spansOf(spans, verdict)));
  const [audited, conflict] = [lengthOf(stretches), ns("CONFLICT")];
  return {
    inScope: lengthOf(inScope),
    exempt: lengthOf(inScope) - audited,
    audited,
    compliant: ns("COMPLIANT"),
    violation: ns("VIOLATION"),
    unproven: ns("UNPROVEN") + conflict,
    conflict,
    noEvidence: ns("NO_EVIDENCE"),
  };
}

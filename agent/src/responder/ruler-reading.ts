import {
  BILLION,
  divCeil,
  divFloor,
  type Glance,
  type Interval,
  maxOf,
  minOf,
  type PartsPerBillion,
  type RawInstant,
  realtimeMinusMonotonic,
  rulerWentBack,
  stepBetween,
  type UtcInstant,
  wasSet,
} from "@truebound/time";

/** When a request was received, on RAW: it was no further than `error` from `receive`. */
export interface OnRuler {
  readonly receive: bigint;
  readonly error: bigint;
}

/** What the stamp and the glance say beyond whole nanoseconds, which both cut off. */
const RESOLUTION = 2n;

/**
 * Carries the kernel's receive stamp (REALTIME) to RAW by a glance taken once the request was here. REALTIME kept within
 * `slew` of RAW's rate between the two, so of the span that REALTIME shows, RAW showed span/(1 + S) to span/(1 − S). A step
 * too small to be told between `before` and the glance may lie there as well. And whatever the stamp says, the request was
 * here when the glance began. `null` = the stamp is none of this clock's, or says nothing.
 */
export function receivedOnRuler(stamp: UtcInstant, before: Glance, glance: Glance, slew: PartsPerBillion): OnRuler | null {
  const span = glance.realtime - stamp;
  if (span < 0n || slew >= BILLION) return null;
  const doubt = unseenStep(before, glance) + RESOLUTION;
  const lo = glance.rawBefore - divCeil(span * BILLION, BILLION - slew) - doubt;
  const hi = minOf(glance.rawBefore, glance.rawAfter - divFloor(span * BILLION, BILLION + slew) + doubt);
  return lo > hi ? null : { receive: divFloor(lo + hi, 2n), error: divCeil(hi - lo, 2n) };
}

/**
 * From `receive`, as it is told, to a later read of RAW. Their sum is that read, so the error of `receive` is not in it: whoever
 * takes it for when the reply was not sent yet need not widen by that error again.
 */
export const heldUntil = ({ receive }: OnRuler, read: RawInstant): bigint => maxOf(0n, read - receive);

/** The greatest step of REALTIME that two glances would not show, since each says REALTIME − MONOTONIC to its width only. */
function unseenStep(before: Glance, glance: Glance): bigint {
  const [a, b]: [Interval, Interval] = [realtimeMinusMonotonic(before), realtimeMinusMonotonic(glance)];
  return maxOf(b.hi - a.lo, a.hi - b.lo);
}

/** What happened to this host's clocks between two glances: nothing that shows, or what no stamp is carried across. */
export function between(before: Glance, glance: Glance): "steady" | "stepped" | "ruler_jumped" {
  if (rulerWentBack(before, glance) > 0n) return "ruler_jumped";
  return wasSet(before, glance) || stepBetween(before, glance) !== 0n ? "stepped" : "steady";
}

import { type Interval, intersect } from "./interval.ts";
import { type ClockReading, realtimeMinusRaw } from "./reading.ts";
import { BILLION, divCeil, drift, maxOf, type PartsPerBillion, ppb, type RawInstant, raw } from "./units.ts";

/**
 * A stamp of another clock, carried to RAW: the clock showed it at `raw`, give or take `cap` ns. `stamp_outside` = the two looks do not
 * enclose it; `clock_stepped` = between them the clock was set, or moved faster than it is taken to.
 */
export type Carried =
  | { readonly kind: "carried"; readonly raw: RawInstant; readonly cap: bigint }
  | { readonly kind: "refused"; readonly why: "stamp_outside" | "clock_stepped" };

/** A third of a second per second: from there on nothing is carried. */
export const MOST_SLEW = ppb(BILLION / 3n);

/**
 * Carries a stamp of any clock C (a card's, or REALTIME) to RAW by two looks at C that enclose it. C − RAW moves by at most `slew`: at
 * the stamp it lies in what the look before allows, and in what the look after does. Of two cones that is the common part, which no rule
 * can narrow that assumes no more.
 *
 * Proof. Let d(t) = C(t) − t, t on RAW, with |d(t) − d(u)| ≤ slew · |t − u|, and a look at u, so that d(u) lies in the look's interval.
 * For a stamp s = C(t): s − C(u) = t − u + d(t) − d(u), so |t − u| ≤ |s − C(u)| / (1 − slew), and d(t) lies within
 * slew · |s − C(u)| / (1 − slew) of that interval. Both looks say so; and t = s − d(t).
 *
 * @param slew below a third: a clock that may be faster than that is taken for one that was set
 */
export function carryBetween(stamp: bigint, before: ClockReading, after: ClockReading, slew: PartsPerBillion): Carried {
  if (slew >= MOST_SLEW || !canReach(before, after, slew)) return { kind: "refused", why: "clock_stepped" };
  if (stamp < before.realtime || stamp > after.realtime) return { kind: "refused", why: "stamp_outside" };
  const seen = intersect(clockMinusRaw(stamp, before, slew), clockMinusRaw(stamp, after, slew));
  if (seen === null) return { kind: "refused", why: "clock_stepped" };
  const middle = (seen.lo + seen.hi) / 2n;
  return { kind: "carried", raw: raw(stamp - middle), cap: maxOf(seen.hi - middle, middle - seen.lo) };
}

/** What one look allows C − RAW to be at the stamp. */
export function clockMinusRaw(stamp: bigint, look: ClockReading, slew: PartsPerBillion): Interval {
  const away = maxOf(stamp - look.realtime, look.realtime - stamp);
  const by = divCeil(slew * away, BILLION - slew);
  const { lo, hi } = realtimeMinusRaw(look);
  return { lo: lo - by, hi: hi + by };
}

/** The later look can be reached from the earlier one. */
function canReach(before: ClockReading, after: ClockReading, slew: PartsPerBillion): boolean {
  if (after.rawAfter < before.rawBefore) return false;
  const [a, b] = [realtimeMinusRaw(before), realtimeMinusRaw(after)];
  const allowed = drift(slew, after.rawAfter - before.rawBefore);
  return b.lo - a.hi <= allowed && a.lo - b.hi <= allowed;
}

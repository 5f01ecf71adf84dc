import type { Interval } from "./interval.ts";
import { divCeil, drift, maxOf, minOf, type PartsPerBillion, ppb } from "./units.ts";

/**
 * Between two looks: where a value that moves by at most `rate` can have been at any instant of the `elapsed` ns between
 * an instant at which it lay in `a` and one at which it lay in `b`. From either end it can have strayed only so far that
 * the other is still in reach: at most (rate · elapsed − |d|) / 2 beyond the greater (compliance of spans, 6.14).
 */
export function hullBetween(a: Interval, b: Interval, elapsed: bigint, rate: PartsPerBillion): Interval {
  const reach = drift(rate, elapsed);
  return { lo: -peak(-a.lo, -b.lo, reach), hi: peak(a.hi, b.hi, reach) };
}

/** The highest point below two lines that rise from `a` forwards and from `b` backwards; never below either end. */
function peak(a: bigint, b: bigint, reach: bigint): bigint {
  const higher = maxOf(a, b);
  const apart = higher - minOf(a, b);
  // Further apart than the value can move: the lower end's line bounds the whole stretch but for the higher end itself.
  return apart >= reach ? higher : divCeil(a + b + reach, 2n);
}

/** Both move at once: the ruler may drift by rho while REALTIME is slewed by S. */
export const together = (rho: PartsPerBillion, slew: PartsPerBillion): PartsPerBillion => ppb(rho + slew);

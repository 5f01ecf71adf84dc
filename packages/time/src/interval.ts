import { absolute, divCeil, divFloor, drift, maxOf, minOf, type Nanoseconds, ns, type PartsPerBillion } from "./units.ts";

/**
 * A closed interval [lo, hi] that is claimed to contain a true value; both ends in ns. Used for offsets (reference minus
 * local, positive = local is behind) and, with ends near 1.8e18, for UTC − RAW. Every operation that rounds widens.
 */
export interface Interval {
  readonly lo: bigint;
  readonly hi: bigint;
}

export const interval = (lo: bigint, hi: bigint): Interval => {
  if (lo > hi) throw new RangeError(`Cannot make an interval of lo ${lo} ns above hi ${hi} ns`);
  return { lo, hi };
};

/** The common part, or `null` when the two are disjoint. Closed ends: touching counts. */
export function intersect(a: Interval, b: Interval): Interval | null {
  const lo = maxOf(a.lo, b.lo);
  const hi = minOf(a.hi, b.hi);
  return lo <= hi ? { lo, hi } : null;
}

/** The smallest interval that contains both. */
export const hull = (a: Interval, b: Interval): Interval => ({ lo: minOf(a.lo, b.lo), hi: maxOf(a.hi, b.hi) });
export const grow = (a: Interval, by: bigint): Interval => ({ lo: a.lo - by, hi: a.hi + by });
export const touches = (a: Interval, b: Interval): boolean => a.lo <= b.hi && b.lo <= a.hi;
export const contains = (a: Interval, value: bigint): boolean => a.lo <= value && value <= a.hi;

/** M3, holdover: after `elapsed` ns of local time without evidence both ends move out by ceil(rho · elapsed). */
export const widen = (a: Interval, rho: PartsPerBillion, elapsed: bigint): Interval => grow(a, drift(rho, elapsed));

/** Epsilon: the half-width, rounded up. A width only; what limits and alerts is `worstError`. */
export const halfWidth = (a: Interval): Nanoseconds => ns(divCeil(a.hi - a.lo, 2n));

/** The middle, rounded down: a point to draw, never a bound. */
export const midpoint = (a: Interval): Nanoseconds => ns(divFloor(a.lo + a.hi, 2n));

/** max(|lo|, |hi|): the most the clock can be wrong. */
export const worstError = (a: Interval): Nanoseconds => ns(maxOf(absolute(a.lo), absolute(a.hi)));

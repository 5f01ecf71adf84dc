import * as exact from "./fraction.ts";
import { compare, type Fraction, fraction } from "./fraction.ts";

/**
 * M5, the tight tier: convex hulls of a source's constraints. UTC − RAW is taken for a line whose slope b is unknown, at
 * most `slope` wide, and moves by no more than sigma within the window. Seen from the instant x, with s = x − x_k, every
 * upper constraint is the line u + sigma·s + b·s and every lower one l − sigma·s + b·s; the slopes at which no lower line
 * lies above an upper one are feasible, and the two extreme ones bound the offset at x (Zhang, Liu, Xia 2002; Moon,
 * Skelly, Towsley 1999, here two-sided and with sigma).
 *
 * Only vertices of the lower hull of the upper points and of the upper hull of the lower points can bind, and sigma is a
 * shear, which keeps them. Exact; the running agent's `SlidingHull` is held against it.
 */
export interface Point {
  /** Where on the local axis, ns. */
  readonly at: bigint;
  /** Reference − local there: at most, or at least, this, ns. */
  readonly value: Fraction;
}

export interface Slopes {
  readonly min: Fraction;
  readonly max: Fraction;
}

export interface HullQuestion {
  readonly upper: readonly Point[];
  readonly lower: readonly Point[];
  /** The instant x; no point lies after it. */
  readonly at: bigint;
  /** ns per ns by which the slope may move within the window. */
  readonly sigma: Fraction;
  /** What b may be at all, ns per ns. */
  readonly slope: Slopes;
}

export interface HullBound {
  /** `null` = nothing bounds this side. */
  readonly lo: Fraction | null;
  readonly hi: Fraction | null;
  /** The feasible slopes of UTC − RAW: the negative of the frequency error. */
  readonly slope: Slopes;
}

/** `null` = infeasible: the frequency moved by more than sigma, the clock of the source was stepped, or it lied. */
export function hullBound(question: HullQuestion): HullBound | null {
  const upper = lowerHull(question.upper).map((point) => sheared(point, question, 1n));
  const lower = upperHull(question.lower).map((point) => sheared(point, question, -1n));
  const slope = feasible(upper, lower, question.slope);
  if (slope === null) return null;
  const highest = upper.map(({ s, value }) => exact.add(value, exact.multiply(slope.max, fraction(s))));
  const lowest = lower.map(({ s, value }) => exact.add(value, exact.multiply(slope.min, fraction(s))));
  return { lo: extreme(lowest, exact.greatest), hi: extreme(highest, exact.least), slope };
}

interface Sheared {
  readonly s: bigint;
  readonly value: Fraction;
}

/** The line at b = 0: moved out by sigma for its age. */
function sheared({ at, value }: Point, question: HullQuestion, sign: bigint): Sheared {
  const s = question.at - at;
  if (s < 0n) throw new RangeError(`Cannot look at a hull from ${question.at} ns, before its point at ${at} ns`);
  return { s, value: exact.add(value, exact.multiply(question.sigma, fraction(sign * s))) };
}

/** An upper line older than a lower one bounds b from below, a newer one from above; of one age they must not cross. */
function feasible(upper: readonly Sheared[], lower: readonly Sheared[], allowed: Slopes): Slopes | null {
  let { min, max } = allowed;
  for (const above of upper)
    for (const below of lower) {
      const room = exact.subtract(above.value, below.value);
      const apart = above.s - below.s;
      if (apart === 0n && room.n < 0n) return null;
      if (apart > 0n) min = exact.greatest(min, exact.divide(room, fraction(-apart)));
      if (apart < 0n) max = exact.least(max, exact.divide(room, fraction(-apart)));
    }
  return compare(min, max) <= 0 ? { min, max } : null;
}

const extreme = (values: readonly Fraction[], pick: typeof exact.least): Fraction | null =>
  values.reduce<Fraction | null>((best, next) => (best === null ? next : pick(best, next)), null);

/** Andrew's chain: the vertices of the lower hull, by rising `at`. */
export function lowerHull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => (a.at === b.at ? compare(a.value, b.value) : a.at < b.at ? -1 : 1));
  const chain: Point[] = [];
  for (const point of sorted) {
    if (chain.at(-1)?.at === point.at) continue;
    while (chain.length >= 2 && !turnsUp(chain.at(-2) as Point, chain.at(-1) as Point, point)) chain.pop();
    chain.push(point);
  }
  return chain;
}

const mirrored = ({ at, value }: Point): Point => ({ at, value: exact.negate(value) });
export const upperHull = (points: readonly Point[]): Point[] => lowerHull(points.map(mirrored)).map(mirrored);

/** True when the slope from b to c is greater than that from a to b. */
function turnsUp(a: Point, b: Point, c: Point): boolean {
  const first = exact.multiply(exact.subtract(b.value, a.value), fraction(c.at - b.at));
  const second = exact.multiply(exact.subtract(c.value, b.value), fraction(b.at - a.at));
  return compare(first, second) < 0;
}

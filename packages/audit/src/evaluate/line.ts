import { BILLION, divCeil, type Fraction, type Interval } from "@truebound/time";
import type { Stretch } from "../audit-case.ts";

/**
 * value(t) = (constant + slope · t) / scale ns. What evidence says of a clock is a piecewise linear function of time; a scale that
 * the denominators of all slopes divide keeps it in integers.
 */
export interface Line {
  readonly slope: bigint;
  readonly constant: bigint;
}

/** rho is in ppb. The factor of 2 leaves an integer where a rising and a falling line of one clock meet. */
export const SCALE = 2n * BILLION;
export const slopeOf = (ppb: bigint, scale: bigint): bigint => ppb * (scale / BILLION);

/** Evidence at the ends of a stretch, as it was made: what it says there without drift. */
export interface Near {
  readonly before: Interval | null;
  readonly after: Interval | null;
  /** Nothing but a leap cut lies on the other side. */
  readonly besideLeap: boolean;
}

/**
 * E on an open stretch whose ends are integers. Its upper end is the least of the lines `hi`, and its lower end, mirrored, the least
 * of `minusLo`: so one rule serves both sides.
 */
export interface Bounded extends Stretch {
  readonly kind: "bound";
  readonly hi: readonly Line[];
  readonly minusLo: readonly Line[];
  /** Of each clock that it comes from. */
  readonly near: readonly Near[];
  /** Grows wherever a piece of evidence begins or ends. */
  readonly slot: number;
}

export interface Contradicted extends Stretch {
  readonly kind: "conflict";
}

/** In order, without overlap; where there is nothing, nothing is known. */
export type Known = Bounded | Contradicted;

export const valueAt = ({ slope, constant }: Line, t: bigint): bigint => constant + slope * t;

/** The least of several lines at a rational instant, scaled. */
export function leastAt(lines: readonly Line[], t: Fraction): Fraction {
  const values = lines.map(({ slope, constant }) => constant * t.d + slope * t.n);
  return { n: values.reduce((a, b) => (a < b ? a : b)), d: t.d };
}

/** The least value on [from, to] of several lines, scaled: at an end, since nowhere does the least of lines bend upward. */
export function lowest(lines: readonly Line[], from: bigint, to: bigint): bigint {
  let least: bigint | null = null;
  for (const line of lines) {
    const value = valueAt(line, line.slope > 0n ? from : to);
    if (least === null || value < least) least = value;
  }
  return least ?? noEvidence(from, to);
}

/**
 * The greatest value on [from, to] of the least of several lines, scaled and rounded up. It lies at an end, or where a rising line
 * meets a falling one: of no other two lines can both be the least there.
 */
export function highest(lines: readonly Line[], from: bigint, to: bigint): bigint {
  let best: bigint | null = null;
  for (const up of lines) {
    const value = valueAt(up, up.slope > 0n ? to : from);
    if (best === null || value < best) best = value;
    if (up.slope <= 0n) continue;
    for (const down of lines) {
      if (down.slope >= 0n) continue;
      const meeting = meetingOf(up, down);
      if (meeting < best) best = meeting;
    }
  }
  return best ?? noEvidence(from, to);
}

/** Where both have one slope their constants are even: see `SCALE`. */
const meetingOf = (up: Line, down: Line): bigint =>
  up.slope === -down.slope
    ? (up.constant + down.constant) >> 1n
    : divCeil(down.constant * up.slope - up.constant * down.slope, up.slope - down.slope);

/** How far E reaches on a stretch, either way, scaled and rounded up. Rounding is less than any limit can tell. */
export interface Extent {
  readonly above: bigint;
  readonly below: bigint;
}

export const extentOf = ({ hi, minusLo }: Bounded, from: bigint, to: bigint): Extent => ({
  above: highest(hi, from, to),
  below: highest(minusLo, from, to),
});

function noEvidence(from: bigint, to: bigint): never {
  throw new RangeError(`Cannot bound a clock from ${from} to ${to} by no evidence`);
}

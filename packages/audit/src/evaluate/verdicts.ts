import { compareFractions, type Fraction, fraction, maxOf, minOf } from "@truebound/time";
import type { AuditTerms, InstantVerdict, Stretch } from "../audit-case.ts";
import { type Bounded, type Extent, type Line, leastAt, lowest } from "./line.ts";

/** The effective limit (6.1), scaled. */
export interface ScaledLimit {
  readonly min: bigint;
  readonly max: bigint;
}

/** Ends are exact; neighbours share them. */
export interface Judged {
  readonly from: Fraction;
  readonly to: Fraction;
  readonly verdict: InstantVerdict;
  /** Of a VIOLATION: the largest distance of E from 0 that is certain, ns. */
  readonly peak: Fraction | null;
}

export function effectiveLimit({ limit, appError }: Pick<AuditTerms, "limit" | "appError">, scale: bigint): ScaledLimit {
  if (appError < 0n) throw new RangeError(`Cannot narrow a limit by ${appError} ns: the error of an application must be at least 0`);
  return { min: (limit.min + appError) * scale, max: (limit.max - appError) * scale };
}

/** The part of what is known that lies in a window. */
export function* within<K extends Stretch>(all: Iterable<K>, { from, to }: Stretch): Generator<K> {
  for (const known of all) {
    if (known.from >= to) return;
    if (known.to <= from) continue;
    const isInside = known.from >= from && known.to <= to;
    yield isInside ? known : { ...known, from: maxOf(known.from, from), to: minOf(known.to, to) };
  }
}

/** 6.5, over a stretch: the verdict of every instant of it, where it is not the same throughout. */
export const verdictsOf = (known: Bounded, extent: Extent, limit: ScaledLimit, scale: bigint): Judged[] =>
  cutAt(known, crossings(known, extent, limit), scale);

/** Where one verdict holds throughout, which is nearly everywhere: without a single division. null = it changes on the way. */
export function verdictOfAll(
  { from, to, hi, minusLo }: Bounded,
  { above, below }: Extent,
  { min, max }: ScaledLimit,
): InstantVerdict | null {
  if (above < min || below < -max) return "VIOLATION";
  if (above <= max && below <= -min) return "COMPLIANT";
  const [least, leastMirrored] = [lowest(hi, from, to), lowest(minusLo, from, to)];
  const straddles = least > max || leastMirrored > -min;
  return straddles && least >= min && leastMirrored >= -max ? "UNPROVEN" : null;
}

/** Between which instants all lines are at or above a level. null = without end on that side. */
interface AtLeast {
  readonly from: Fraction | null;
  readonly to: Fraction | null;
}

interface Crossings {
  /** E reaches beyond the limit: not all of it is inside. */
  readonly over: AtLeast | null;
  readonly under: AtLeast | null;
  /** Something of E is at or within that end of the limit: it is not wholly outside. */
  readonly notAbove: AtLeast | null;
  readonly notBelow: AtLeast | null;
}

const ALWAYS: AtLeast = { from: null, to: null };

/** Divides only where there is something to be found. */
const crossings = ({ from, to, hi, minusLo }: Bounded, { above, below }: Extent, { min, max }: ScaledLimit): Crossings => ({
  over: above <= max ? null : atLeast(hi, max, (constant) => constant > max),
  under: below <= -min ? null : atLeast(minusLo, -min, (constant) => constant > -min),
  notAbove: lowest(minusLo, from, to) >= -max ? ALWAYS : atLeast(minusLo, -max, (constant) => constant >= -max),
  notBelow: lowest(hi, from, to) >= min ? ALWAYS : atLeast(hi, min, (constant) => constant >= min),
});

function atLeast(lines: readonly Line[], level: bigint, holdsFlat: (constant: bigint) => boolean): AtLeast | null {
  let [from, to]: [Fraction | null, Fraction | null] = [null, null];
  for (const { slope, constant } of lines) {
    if (slope === 0n) {
      if (!holdsFlat(constant)) return null;
      continue;
    }
    const meets = fraction(level - constant, slope);
    if (slope > 0n && (from === null || compareFractions(meets, from) > 0)) from = meets;
    if (slope < 0n && (to === null || compareFractions(meets, to) < 0)) to = meets;
  }
  return { from, to };
}

function cutAt(known: Bounded, found: Crossings, scale: bigint): Judged[] {
  const ends = instantsWithin(known, [found.over, found.under, found.notAbove, found.notBelow]);
  return ends.slice(0, -1).map((from, index) => {
    const to = ends[index + 1] as Fraction;
    const verdict = verdictBetween(from, to, found);
    return { from, to, verdict, peak: verdict === "VIOLATION" ? peakBetween(known, from, to, scale) : null };
  });
}

function instantsWithin({ from, to }: Stretch, found: readonly (AtLeast | null)[]): Fraction[] {
  const [first, last] = [fraction(from), fraction(to)];
  const inside = found
    .flatMap((one) => [one?.from ?? null, one?.to ?? null])
    .filter((one): one is Fraction => one !== null && compareFractions(one, first) > 0 && compareFractions(one, last) < 0)
    .sort(compareFractions);
  const distinct = inside.filter((one, index) => index === 0 || compareFractions(one, inside[index - 1] as Fraction) !== 0);
  return [first, ...distinct, last];
}

function verdictBetween(from: Fraction, to: Fraction, { over, under, notAbove, notBelow }: Crossings): InstantVerdict {
  if (!holds(notAbove, from, to) || !holds(notBelow, from, to)) return "VIOLATION";
  return holds(over, from, to) || holds(under, from, to) ? "UNPROVEN" : "COMPLIANT";
}

const holds = (where: AtLeast | null, from: Fraction, to: Fraction): boolean =>
  where !== null &&
  (where.from === null || compareFractions(where.from, from) <= 0) &&
  (where.to === null || compareFractions(to, where.to) <= 0);

/** 6.8: E bends away from 0 nowhere but at the ends, so it is farthest there. */
function peakBetween({ hi, minusLo }: Bounded, from: Fraction, to: Fraction, scale: bigint): Fraction {
  const distances = [hi, minusLo].flatMap((lines) => [from, to].map((t) => leastAt(lines, t))).map(({ n, d }) => fraction(-n, d * scale));
  return distances.reduce((a, b) => (compareFractions(a, b) >= 0 ? a : b), fraction(0n));
}

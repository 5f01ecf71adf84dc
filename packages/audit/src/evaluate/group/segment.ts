import { compareFractions, type Fraction, fraction, maxOf, minOf } from "@truebound/time";
import type { InstantVerdict, Stretch } from "../../audit-case.ts";
import type { Cause } from "../cause.ts";
import { boundedDifference } from "../difference.ts";
import { type Bounded, extentOf, type Known, SCALE } from "../line.ts";
import { type Judged, verdictsOf } from "../verdicts.ts";
import { apartThroughout, certainlyApart, type Extremes, isAbove, widest } from "./extremes.ts";

/** What is known of a member on a stretch between neighbouring ends of anybody's evidence. */
export interface Held {
  readonly member: number;
  readonly isLate: boolean;
  readonly known: Known | null;
  /** Of a bound, over a stretch that holds this one. */
  readonly extremes: Extremes | null;
}

interface BoundHeld extends Held {
  readonly known: Bounded;
  readonly extremes: Extremes;
}

export interface Books {
  readonly pair: (members: readonly [number, number], judged: Judged) => void;
  readonly cause: (cause: Cause, stretch: Stretch) => void;
}

/** The verdict of all pairs at once, at every instant of the stretch. Single pairs are looked at only where that says too little. */
export function judgeSegment({ from, to }: Stretch, all: readonly Held[], limit: bigint, books: Books): Judged[] {
  const bound = all.filter((held): held is BoundHeld => held.extremes !== null);
  const outside = isAbove(certainlyApart(extremes(bound)), limit) ? pairsOutside({ from, to }, bound, limit, books) : [];
  const below = belowOf({ from, to }, all, limit);
  const judged = laidOver({ from, to }, below, outside);
  const [first] = judged;
  if (judged.length > 1 || first?.verdict === "UNPROVEN") books.cause(causeOf(bound, limit), { from, to });
  return judged;
}

const extremes = (bound: readonly BoundHeld[]): Extremes[] => bound.map((held) => held.extremes);

function pairsOutside(stretch: Stretch, bound: readonly BoundHeld[], limit: bigint, books: Books): Judged[] {
  const found: Judged[] = [];
  for (const [a, b] of pairsWhere(bound, (a, b) => -a.leastMinusLo - b.leastHi > limit))
    for (const judged of judgedPair(a, b, stretch, limit)) {
      if (judged.verdict !== "VIOLATION") continue;
      books.pair([a.member, b.member], judged);
      found.push(judged);
    }
  return found;
}

/** Of members in their order, those of which a condition holds one way or the other. */
function* pairsWhere(bound: readonly BoundHeld[], holds: (a: Extremes, b: Extremes) => boolean): Generator<[BoundHeld, BoundHeld]> {
  for (const [index, a] of bound.entries())
    for (const b of bound.slice(index + 1)) if (holds(a.extremes, b.extremes) || holds(b.extremes, a.extremes)) yield [a, b];
}

function judgedPair(a: BoundHeld, b: BoundHeld, { from, to }: Stretch, limit: bigint): Judged[] {
  const difference = boundedDifference(a.known, b.known, from, to);
  return verdictsOf(difference, extentOf(difference, from, to), { min: -limit, max: limit }, SCALE);
}

/** What holds where no pair is outside: one verdict, save where `loose` pairs are not proved inside. */
interface Below {
  readonly verdict: InstantVerdict;
  readonly loose: readonly Judged[];
}

const whole = (verdict: InstantVerdict): Below => ({ verdict, loose: [] });

function belowOf(stretch: Stretch, all: readonly Held[], limit: bigint): Below {
  const asked = all.filter(({ isLate }) => !isLate);
  if (asked.length < 2 || asked.some(({ known }) => known === null)) return whole("NO_EVIDENCE");
  const bound = asked.filter((held): held is BoundHeld => held.extremes !== null);
  if (bound.length < asked.length) return whole("CONFLICT");
  if (!isAbove(widest(extremes(bound)), limit)) return whole("COMPLIANT");
  if (isAbove(apartThroughout(extremes(bound)), limit)) return whole("UNPROVEN");
  const loose = [...pairsWhere(bound, (a, b) => a.above + b.below > limit)]
    .flatMap(([a, b]) => judgedPair(a, b, stretch, limit))
    .filter(({ verdict }) => verdict !== "COMPLIANT");
  return { verdict: "COMPLIANT", loose };
}

function laidOver({ from, to }: Stretch, { verdict, loose }: Below, outside: readonly Judged[]): Judged[] {
  if (loose.length === 0 && outside.length === 0) return [{ from: fraction(from), to: fraction(to), verdict, peak: null }];
  const ends = distinct([fraction(from), fraction(to), ...[...loose, ...outside].flatMap((one) => [one.from, one.to])]);
  return ends.slice(0, -1).map((begins, index) => {
    const ends_ = ends[index + 1] as Fraction;
    const over = outside.filter((one) => holds(one, begins, ends_));
    if (over.length > 0) return { from: begins, to: ends_, verdict: "VIOLATION", peak: greatestPeak(over) };
    const isLoose = loose.some((one) => holds(one, begins, ends_));
    return { from: begins, to: ends_, verdict: isLoose ? "UNPROVEN" : verdict, peak: null };
  });
}

const holds = (one: Judged, from: Fraction, to: Fraction): boolean =>
  compareFractions(one.from, from) <= 0 && compareFractions(to, one.to) <= 0;

const distinct = (instants: readonly Fraction[]): Fraction[] =>
  [...instants]
    .sort(compareFractions)
    .filter((one, index, sorted) => index === 0 || compareFractions(one, sorted[index - 1] as Fraction) !== 0);

const greatestPeak = (over: readonly Judged[]): Fraction | null =>
  over.map(({ peak }) => peak).reduce((a, b) => (a !== null && b !== null && compareFractions(a, b) >= 0 ? a : b));

/** As for one clock: evidence from beyond a leap is missing, or it would prove something as it was made, or it would not. */
function causeOf(bound: readonly BoundHeld[], limit: bigint): Cause {
  const near = bound.flatMap(({ known }) => known.near);
  if (near.some(({ besideLeap }) => besideLeap)) return "leap";
  const made = near.map(({ before, after }): Extremes => {
    const ends = [before, after].filter((one) => one !== null);
    const [lo, hi] = [ends.map((one) => one.lo).reduce(maxOf), ends.map((one) => one.hi).reduce(minOf)];
    return { above: hi * SCALE, below: -lo * SCALE, leastHi: hi * SCALE, leastMinusLo: -lo * SCALE };
  });
  return !isAbove(widest(made), limit) || isAbove(certainlyApart(made), limit) ? "drift" : "wide";
}

import { BILLION, divCeil, divFloor, type Interval, maxOf, minOf } from "@truebound/time";
import type { Smear, Stretch } from "../audit-case.ts";
import { type Bounded, type Known, type Line, SCALE, valueAt } from "./line.ts";

/** 6.11: a smeared clock less UTC, in a stretch: linear, but for the second that the leap takes at once. */
interface SmearedStretch extends Stretch {
  readonly line: Line;
}

const HALF_A_DAY_S = 43_200n;

/** How many SI seconds a day of the smear has. */
const lengthS = ({ step }: Smear): bigint => 86_400n + BigInt(step);

/** Holds the slopes of all smears too: a second in 86,401 or 86,399. */
export const scaleFor = (smears: readonly Smear[]): bigint =>
  [...new Set(smears.map(lengthS))].reduce((scale, seconds) => scale * seconds, SCALE);

export function smearedStretches(smears: readonly Smear[], scale: bigint): SmearedStretch[] {
  return smears.flatMap((smear) => {
    const { begins, step } = smear;
    const leap = begins + (step > 0 ? HALF_A_DAY_S : HALF_A_DAY_S - 1n) * BILLION;
    const ends = begins + lengthS(smear) * BILLION;
    const slope = (-BigInt(step) * scale) / lengthS(smear);
    const constant = -slope * begins;
    return [
      { from: begins, to: leap, line: { slope, constant } },
      { from: leap, to: ends, line: { slope, constant: constant + BigInt(step) * BILLION * scale } },
    ];
  });
}

/** What is known of a clock less the smear: what the limit is held against where it is meant for smeared time. */
export function* withoutSmear(all: Iterable<Known>, smears: readonly Smear[], scale: bigint): Generator<Known> {
  const stretches = smearedStretches(smears, scale).sort((a, b) => (a.from < b.from ? -1 : 1));
  for (const known of all) {
    if (known.kind === "conflict") yield known;
    else yield* splitAt(known, stretches, scale);
  }
}

function* splitAt(known: Bounded, stretches: readonly SmearedStretch[], scale: bigint): Generator<Bounded> {
  let at = known.from;
  for (const { from, to, line } of stretches) {
    if (to <= at || from >= known.to) continue;
    if (from > at) yield { ...known, from: at, to: from };
    const [begins, ends] = [from > at ? from : at, to < known.to ? to : known.to];
    yield less({ ...known, from: begins, to: ends }, line, scale);
    at = ends;
  }
  if (at < known.to) yield { ...known, from: at };
}

function less(known: Bounded, smear: Line, scale: bigint): Bounded {
  const moved = (lines: readonly Line[], sign: bigint) =>
    lines.map(({ slope, constant }) => ({ slope: slope - sign * smear.slope, constant: constant - sign * smear.constant }));
  const [first, last] = [valueAt(smear, known.from), valueAt(smear, known.to)];
  const by = { lo: divFloor(minOf(first, last), scale), hi: divCeil(maxOf(first, last), scale) };
  const near = known.near.map((one) => ({ ...one, before: shifted(one.before, by), after: shifted(one.after, by) }));
  return { ...known, hi: moved(known.hi, 1n), minusLo: moved(known.minusLo, -1n), near };
}

const shifted = (made: Interval | null, by: Interval): Interval | null => made && { lo: made.lo - by.hi, hi: made.hi - by.lo };

import type { Constraints, Exchange } from "./exchange.ts";
import type { Interval } from "./interval.ts";
import type { LeapCalendar } from "./leap-axis.ts";
import { possibleLeapAfter, possibleLeapBefore } from "./leap-list.ts";
import { NO_SMEAR, serverLeapFree, type Timescale } from "./smear.ts";
import { BILLION, maxOf, type UtcInstant, utc } from "./units.ts";

/**
 * Constraints on UTC − RAW, moved to the leap-free axis, and what must be allowed for where no list says whether there is a
 * leap at all.
 */
export interface ServerScale {
  readonly timescale: Timescale;
  /** ns by which the server may be off its timescale: the exchange's whole error budget. */
  readonly unsure: bigint;
  /** What the server says of its smear in its reference id. */
  readonly smears?: Interval;
}

/** `upper` was set by t2 and `lower` by t3: each is moved by the farthest instant that the server can have meant. */
export function leapFreeConstraints(sides: Constraints, { t2, t3 }: Exchange, scale: ServerScale, { leaps }: LeapCalendar): Constraints {
  const meant = (reading: UtcInstant) => serverLeapFree(scale.timescale, reading, scale.unsure, leaps, scale.smears ?? NO_SMEAR);
  return {
    upper: { at: sides.upper.at, value: sides.upper.value + meant(t2).hi - t2 },
    lower: { at: sides.lower.at, value: sides.lower.value + meant(t3).lo - t3 },
  };
}

/** The latest possible leap at or before `at` of which the calendar says nothing; null when it speaks of it. */
export function unlistedLeapBefore(at: UtcInstant, { expires }: LeapCalendar): UtcInstant | null {
  const latest = possibleLeapBefore(at);
  return expires === null || latest > expires ? latest : null;
}

/** True when a reading, give or take `unsure`, may be from either side of a leap that no list tells of. */
export const straddlesUnlisted = (reading: UtcInstant, unsure: bigint, calendar: LeapCalendar): boolean =>
  unlistedLeapBefore(utc(reading - unsure - BILLION), calendar) !== unlistedLeapBefore(utc(reading + unsure + BILLION), calendar);

/** By how much to move the ends of a bound on UTC − RAW outward, ns, both ≥ 0. */
export interface LeapDoubt {
  readonly below: bigint;
  readonly above: bigint;
}

export const NO_DOUBT: LeapDoubt = { below: 0n, above: 0n };

/** A deleted second goes a second before midnight, and an estimate that rests on a smear is late by up to another. */
export const LEAP_MARGIN = 2n * BILLION;

export interface DoubtfulBound {
  /** The newest server reading behind the bound. */
  readonly measured: UtcInstant;
  /** What UTC can be now by that bound. */
  readonly now: Interval;
  readonly timescale: Timescale;
}

/**
 * What an unlisted leap may have done to a bound. Two things, and they add up: UTC has been stepped by a second, either way,
 * since it was measured; and a server that smears may have been smearing. A server that keeps to UTC is beyond doubt again
 * as soon as it has been asked after the possible leap, so for it the doubt lasts one poll.
 */
export function leapDoubt(bound: DoubtfulBound, calendar: LeapCalendar): LeapDoubt {
  const crossed = hasCrossedUnlisted(bound, calendar) ? BILLION : 0n;
  const smeared = possiblySmeared(bound.timescale, bound.now, calendar);
  return { below: crossed + smeared, above: crossed + smeared };
}

/** True when a leap of which no list tells may lie between what was measured and now: UTC − RAW may have stepped since. */
export const hasCrossedUnlisted = ({ measured, now }: Omit<DoubtfulBound, "timescale">, calendar: LeapCalendar): boolean =>
  unlistedLeapBefore(utc(now.hi + LEAP_MARGIN), calendar) !== unlistedLeapBefore(measured, calendar);

const HOUR = 3600n * BILLION;
/** How long before and after a leap a smear can be on, and its size. Ends have room for what a window remembers. */
const REACH: Readonly<Record<Timescale, { before: bigint; after: bigint; most: bigint }>> = {
  utc: { before: 0n, after: 0n, most: 0n },
  refid254: { before: 0n, after: 0n, most: 0n },
  smear24: { before: 12n * HOUR, after: 13n * HOUR, most: BILLION / 2n },
  smearFB: { before: 0n, after: 18n * HOUR, most: BILLION },
  unknown: { before: 24n * HOUR, after: 24n * HOUR, most: BILLION },
};

function possiblySmeared(timescale: Timescale, now: Interval, calendar: LeapCalendar): bigint {
  const { before, after, most } = REACH[timescale];
  const past = unlistedLeapBefore(utc(now.hi), calendar);
  const next = possibleLeapAfter(utc(now.hi));
  const coming = calendar.expires === null || next > calendar.expires;
  const near = (past !== null && now.lo - past <= after) || (coming && next - now.hi <= before);
  return near ? most : 0n;
}

export const growBy = (bound: Interval, { below, above }: LeapDoubt): Interval => ({ lo: bound.lo - below, hi: bound.hi + above });

export const isDoubt = ({ below, above }: LeapDoubt): boolean => maxOf(below, above) > 0n;

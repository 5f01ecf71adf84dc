import { type Interval, interval } from "./interval.ts";
import { formatUtc } from "./rfc3339.ts";
import { absolute, BILLION, type LeapFreeInstant, leapFree, type RawInstant, type UtcInstant, utc } from "./units.ts";

/**
 * A leap second, and the axis that has none.
 *
 * UTC as computers count it (POSIX: 86,400 to the day) is not continuous. At an inserted leap second the count falls back by
 * one second: Linux shows 23:59:59 twice, whoever follows POSIX's formula shows 00:00:00 twice. At a deleted one it jumps
 * ahead over 23:59:59. RAW does neither, so UTC − RAW itself steps by −1 s or +1 s, and what was proved of it before a leap
 * says nothing of it after one. Evidence is therefore kept on an axis without leaps: UTC plus the sum of all steps listed up
 * to that moment, which is TAI less a constant. Only what is published goes back to UTC.
 *
 * Readings near a leap are ambiguous: a server that shows 23:59:59.3 may be there for the first time or the second. The
 * functions here then answer with every instant that is possible, which costs one second on that side.
 */
export interface Leap {
  /** The count of the midnight that follows the leap. */
  readonly utc_ns: bigint;
  /** Change of TAI − UTC in seconds: 1 = a second was inserted (UTC falls back), −1 = one was deleted (UTC jumps ahead). */
  readonly step: 1 | -1;
}

/** What is known of leap seconds: those that are listed, ascending, and up to when the list speaks. */
export interface LeapCalendar {
  readonly leaps: readonly Leap[];
  /** null = there is no list, so that every possible leap is unknown. */
  readonly expires: UtcInstant | null;
}

export const sameLeaps = (a: readonly Leap[], b: readonly Leap[]): boolean =>
  a.length === b.length && a.every(({ utc_ns, step }, index) => b[index]?.utc_ns === utc_ns && b[index].step === step);

export const NO_CALENDAR: LeapCalendar = { leaps: [], expires: null };

/** A stretch between two leaps, on the leap-free axis; within it UTC = instant − shift. null = without end. */
interface Era {
  readonly from: bigint | null;
  /** The end by whichever custom ends it last: after an inserted second has passed. */
  readonly to: bigint | null;
  readonly shift: bigint;
}

/** The leap with what is before it: sum of earlier steps, and where on the leap-free axis it begins. */
export interface PlacedLeap extends Leap {
  readonly shiftBefore: bigint;
  /** The beginning of 23:59:60 of an inserted second; the end of 23:59:58 before a deleted one. */
  readonly begins: LeapFreeInstant;
}

export function placeLeaps(leaps: readonly Leap[]): PlacedLeap[] {
  let shiftBefore = 0n;
  return leaps.map((leap) => {
    const placed = { ...leap, shiftBefore, begins: leapFree(leap.utc_ns + shiftBefore - (leap.step < 0 ? BILLION : 0n)) };
    shiftBefore += BigInt(leap.step) * BILLION;
    return placed;
  });
}

interface Eras {
  /** They overlap by an inserted second. */
  readonly shown: readonly Era[];
  /** The same with a second of grace for a server that is late to delete one. */
  readonly served: readonly Era[];
}

/** Lists live long and are asked at every reading. */
const known = new WeakMap<readonly Leap[], Eras>();

function eras(leaps: readonly Leap[]): Eras {
  const found = known.get(leaps) ?? { shown: makeEras(leaps, 0n), served: makeEras(leaps, BILLION) };
  known.set(leaps, found);
  return found;
}

function makeEras(leaps: readonly Leap[], grace: bigint): Era[] {
  const placed = placeLeaps(leaps);
  const ends = placed.map(({ begins, step }) => begins + (step > 0 ? BILLION : grace));
  return [...placed, null].map((_, index) => {
    const before = placed[index - 1];
    const shift = before === undefined ? 0n : before.shiftBefore + BigInt(before.step) * BILLION;
    return { from: before?.begins ?? null, to: ends[index] ?? null, shift };
  });
}

/** Those that touch a stretch, newest first: the present one is nearly always the last. */
function touching(all: readonly Era[], lo: (era: Era) => bigint, hi: (era: Era) => bigint): Era[] {
  const found: Era[] = [];
  for (let index = all.length - 1; index >= 0; index--) {
    const era = all[index] as Era;
    if (era.to !== null && lo(era) > era.to) break;
    if (era.from === null || hi(era) >= era.from) found.push(era);
  }
  return found;
}

/** The last one, where all that comes from an instant on lies in it alone; else null. */
function lastAlone(all: readonly Era[], lo: bigint): Era | null {
  const [before, last] = [all[all.length - 2], all[all.length - 1] as Era];
  const isOver = before?.to === undefined || before.to === null || lo > before.to;
  return isOver && (last.from === null || lo > last.from) ? last : null;
}

/**
 * Every leap-free instant at which a clock that keeps UTC to within `unsure` ns can show `reading`, as a hull. One value
 * far from leaps; a second wide beside one.
 */
export function leapFreeOf(reading: UtcInstant, unsure: bigint, leaps: readonly Leap[]): Interval {
  const possible = touching(
    eras(leaps).served,
    ({ shift }) => reading - unsure + shift,
    ({ shift }) => reading + unsure + shift,
  );
  const shifts = possible.map(({ shift }) => shift);
  return interval(reading + least(shifts), reading + greatest(shifts));
}

/** Every count that UTC can have while the leap-free instant lies in `span`, by either custom. */
export function utcOf(span: Interval, leaps: readonly Leap[]): Interval {
  const last = lastAlone(eras(leaps).shown, span.lo);
  if (last !== null) return interval(span.lo - last.shift, span.hi - last.shift);
  const parts = touching(
    eras(leaps).shown,
    () => span.lo,
    () => span.hi,
  ).map(({ from, to, shift }) => ({
    lo: (from === null || span.lo > from ? span.lo : from) - shift,
    hi: (to === null || span.hi < to ? span.hi : to) - shift,
  }));
  return interval(least(parts.map(({ lo }) => lo)), greatest(parts.map(({ hi }) => hi)));
}

/**
 * Back from the axis: the bound on UTC − RAW at any moment between two RAW readings, from that on leap-free − RAW. One
 * number is taken off, except beside a leap, where each end takes the one that moves it outward.
 */
export function utcMinusRaw(bound: Interval, from: RawInstant, to: RawInstant, leaps: readonly Leap[]): Interval {
  const shifts = touching(
    eras(leaps).shown,
    () => from + bound.lo,
    () => to + bound.hi,
  ).map(({ shift }) => shift);
  return interval(bound.lo - greatest(shifts), bound.hi - least(shifts));
}

const TWO_DAYS = 172_800n * BILLION;

/**
 * What must be added to evidence of about `reading` when another list replaces the one by which it was placed; null near a
 * leap of either, where that differs from one piece of evidence to the next.
 */
export function changeOfAxis(reading: UtcInstant, from: readonly Leap[], to: readonly Leap[]): bigint | null {
  const near = [...from, ...to].some(({ utc_ns }) => absolute(reading - utc_ns) <= TWO_DAYS);
  return near ? null : leapFreeOf(reading, 0n, to).lo - leapFreeOf(reading, 0n, from).lo;
}

/** The count that a Linux kernel shows: it falls back at the beginning of an inserted second, so that 23:59:59 comes twice. */
export function kernelUtc(instant: LeapFreeInstant, leaps: readonly Leap[]): UtcInstant {
  const passed = placeLeaps(leaps).filter(({ begins }) => begins <= instant);
  return utc(instant - passed.reduce((sum, { step }) => sum + BigInt(step) * BILLION, 0n));
}

/** The inserted second, if the instant lies in one: 23:59:60 exists on the leap-free axis and nowhere else. */
export const insertedSecondAt = (instant: LeapFreeInstant, leaps: readonly Leap[]): PlacedLeap | null =>
  placeLeaps(leaps).find(({ begins, step }) => step > 0 && instant >= begins && instant < begins + BILLION) ?? null;

/** RFC 3339 of a leap-free instant; the only form that can say 23:59:60 and mean it. */
export function formatLeapFree(instant: LeapFreeInstant, leaps: readonly Leap[]): string {
  const shown = formatUtc(kernelUtc(instant, leaps));
  return insertedSecondAt(instant, leaps) === null ? shown : shown.replace(/:59\.(\d{9})Z$/, ":60.$1Z");
}

const least = (values: readonly bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b));
const greatest = (values: readonly bigint[]): bigint => values.reduce((a, b) => (a > b ? a : b));

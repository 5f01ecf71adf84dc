import { hull, type Interval, touches } from "./interval.ts";
import type { DisciplineRefusal, KernelDiscipline } from "./slew.ts";
import { BILLION, divCeil, divFloor, drift, maxOf, type PartsPerBillion, type RawInstant, raw, type UtcInstant } from "./units.ts";

/**
 * One look at the host's clocks: REALTIME (the patient) read between two reads of RAW (the ruler). The true RAW instant of
 * the REALTIME read lies in [rawBefore, rawAfter].
 */
export interface ClockReading {
  readonly rawBefore: RawInstant;
  readonly rawAfter: RawInstant;
  readonly realtime: UtcInstant;
}

/** A short look: after the bracket MONOTONIC was read, before `rawEnd`. It is slewed with REALTIME but never stepped. */
export interface Glance extends ClockReading {
  readonly monotonic: bigint;
  readonly rawEnd: RawInstant;
  /** How often REALTIME was set since the clocks were opened, by the kernel's own notice; absent = there is no such notice here. */
  readonly sets?: number;
}

/**
 * The whole look: after the bracket, MONOTONIC and BOOTTIME were read, all before `rawEnd`. MONOTONIC stops in a suspend;
 * BOOTTIME is MONOTONIC plus the time spent suspended.
 */
export interface HostReading extends Glance {
  readonly boottime: bigint;
  /** How coarsely `boottime` is known, ns. */
  readonly boottimeResolution: bigint;
  /** What the kernel said of its discipline right after; `null` = it could not be asked, or is not believed. */
  readonly kernel?: KernelDiscipline | null;
  /** Why `kernel` is null, where that is known: it may not be asked, or says what cannot be. */
  readonly kernelRefusal?: DisciplineRefusal | "denied";
  /** The offset that a simulated clock injects: shown beside the bound, never used by it. Absent on a real host. */
  readonly injected?: bigint;
}

/** REALTIME − RAW at the reading, as an interval. */
export const realtimeMinusRaw = (reading: ClockReading): Interval => ({
  lo: reading.realtime - reading.rawAfter,
  hi: reading.realtime - reading.rawBefore,
});

/**
 * The bound on the host's offset (UTC − REALTIME) at a reading, from the bound on UTC − RAW at `rawAfter`: the ruler's
 * bound less REALTIME − RAW, each end outward, plus the drift within the bracket. What the daemon did to REALTIME since
 * the last exchange is in the reading, exactly; it never disturbs the ruler's estimate.
 */
export function offsetAt(reading: ClockReading, utcMinusRaw: Interval, rho: PartsPerBillion): Interval {
  const seen = realtimeMinusRaw(reading);
  const within = drift(rho, reading.rawAfter - reading.rawBefore);
  return { lo: utcMinusRaw.lo - seen.hi - within, hi: utcMinusRaw.hi - seen.lo + within };
}

/** A stamp carried from REALTIME to RAW, with the two-sided error of doing so. */
export interface CarriedStamp {
  readonly raw: RawInstant;
  readonly cap: bigint;
}

/**
 * Carries a kernel stamp to RAW by the two readings that enclose the exchange. REALTIME − RAW at the stamp was somewhere
 * between what they show (so a step right beside the stamp costs width, not truth), give or take a slew there and back: |stamp − nearer
 * reading| is of REALTIME, of RAW up to 1 / (1 − S) as much passed, and by S of that it can have strayed. `null` = it moved by more than it could have been slewed: REALTIME was stepped, and
 * nothing that crosses the step is carried. A step that is undone within the same exchange is beyond this rule; the kernel's
 * own notice of a step (`wasSet`) is what names that one.
 */
export function carryStamp(stamp: UtcInstant, before: ClockReading, after: ClockReading, slew: PartsPerBillion): CarriedStamp | null {
  if (stepped(before, after, slew)) return null;
  const near = distance(stamp, before) <= distance(stamp, after) ? before : after;
  const bracket = realtimeMinusRaw(near);
  const seen = hull(realtimeMinusRaw(before), realtimeMinusRaw(after));
  const middle = (bracket.lo + bracket.hi) / 2n;
  const away = distance(stamp, near) + maxOf(0n, bracket.hi - bracket.lo);
  return { raw: raw(stamp - middle), cap: maxOf(seen.hi - middle, middle - seen.lo) + divCeil(slew * away, BILLION - slew) };
}

const distance = (stamp: UtcInstant, reading: ClockReading): bigint => {
  const away = stamp - reading.realtime;
  return away < 0n ? -away : away;
};

/** REALTIME − MONOTONIC: moved by steps alone, because both are slewed alike. */
export const realtimeMinusMonotonic = (reading: Glance): Interval => ({
  lo: reading.realtime - reading.monotonic,
  hi: reading.realtime - reading.monotonic + (reading.rawEnd - reading.rawBefore),
});

/** By how much REALTIME was stepped between two readings, ns, positive = forward; 0n when nothing shows that it was. */
export function stepBetween(before: Glance, after: Glance): bigint {
  const a = realtimeMinusMonotonic(before);
  const b = realtimeMinusMonotonic(after);
  if (touches(a, b)) return 0n;
  return (b.lo + b.hi - a.lo - a.hi) / 2n;
}

/**
 * How long the host was suspended between two readings, ns; 0n when nothing shows that it was. Between its reads of MONOTONIC
 * and BOOTTIME a process may be held up, for no longer than the whole reading took, its bracket included.
 */
export function suspendBetween(before: HostReading, after: HostReading): bigint {
  const grown = after.boottime - after.monotonic - (before.boottime - before.monotonic);
  const unsure = after.rawEnd - after.rawBefore + before.rawEnd - before.rawBefore;
  return grown > unsure + maxOf(before.boottimeResolution, after.boottimeResolution) ? grown : 0n;
}

/** True when the kernel gave notice that REALTIME was set between two readings, even if it was set back. */
export const wasSet = (before: Glance, after: Glance): boolean => before.sets !== after.sets;

/**
 * By how much RAW surely went back from one reading to the next, or within the next, ns; 0n = nothing shows that it did. A
 * ruler that goes back has jumped. Brackets that own more than their two reads may overlap, and tell nothing.
 */
export const rulerWentBack = (before: Glance, after: Glance): bigint =>
  [before.rawBefore - after.rawAfter, after.rawBefore - after.rawAfter, after.rawAfter - after.rawEnd].reduce(maxOf, 0n);

/** True when no slew within the allowance explains how REALTIME − RAW moved between two readings, or RAW itself went back. */
export function stepped(before: ClockReading, after: ClockReading, slew: PartsPerBillion): boolean {
  if (after.rawAfter < before.rawBefore) return true;
  const a = realtimeMinusRaw(before);
  const b = realtimeMinusRaw(after);
  const allowed = drift(slew, after.rawAfter - before.rawBefore);
  return b.lo - a.hi > allowed || a.lo - b.hi > allowed;
}

/**
 * What the daemon did to REALTIME's rate between two readings, ppb: positive = run faster than RAW. Exact but for the two
 * brackets, and no network is needed for it.
 */
export function daemonSlew(before: ClockReading, after: ClockReading): Interval {
  const a = realtimeMinusRaw(before);
  const b = realtimeMinusRaw(after);
  const elapsed = maxOf(1n, after.rawBefore - before.rawAfter);
  return { lo: divFloor((b.lo - a.hi) * BILLION, elapsed), hi: divCeil((b.hi - a.lo) * BILLION, elapsed) };
}

/** Default rho, 200 ppm: the figure that TrueTime and Sundial assume in production. */
export const DEFAULT_RHO_PPB = 200_000n as PartsPerBillion;

/** The tightest of several readings: the smallest bracket, of those in which RAW did not go back. */
export function tightest<R extends ClockReading>(readings: readonly R[]): R {
  const width = (reading: R) => reading.rawAfter - reading.rawBefore;
  const isTighter = (one: R, other: R) => (width(one) < 0n ? false : width(other) < 0n || width(one) < width(other));
  return readings.reduce((best, next) => (isTighter(next, best) ? next : best));
}

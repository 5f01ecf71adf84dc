import { BILLION, divFloor, hull, type Interval } from "@truebound/time";
import { STATUSES, type Status } from "@truebound/wire";
import type { PlacedReading } from "../evidence/placement.ts";
import { reach } from "../evidence/readings.ts";

/** What one minute of a host's UTC axis keeps: never narrower than any reading in it, never better than its worst. */
export interface Minute {
  /** Its first nanosecond. */
  readonly minute: bigint;
  /** Of those readings that have one. */
  readonly bound: Interval | null;
  /** A reading in it has none: the minute as a whole has none. */
  readonly unbounded: boolean;
  readonly rows: number;
  readonly status: Status;
  readonly marked: boolean;
  /** Frequency error of RAW as it was known last, ppb, positive = fast; null = not known. */
  readonly oscillator: readonly [number, number] | null;
}

export const MINUTE = 60n * BILLION;
/** A reading speaks for the stretch since the one before it, but not for longer than any report interval. */
const LONGEST_STRETCH = 300n * BILLION;

export const minuteOf = (at: bigint): bigint => divFloor(at, MINUTE) * MINUTE;

/** STATUSES run from best to worst. */
export const worse = (a: Status, b: Status): Status => (STATUSES.indexOf(a) > STATUSES.indexOf(b) ? a : b);

/** `before` is the place of the reading that preceded the first; null = none in this boot. */
export function rollUp(readings: readonly PlacedReading[], before: bigint | null): Minute[] {
  const minutes = new Map<bigint, Minute>();
  const add = (part: Minute) => {
    const known = minutes.get(part.minute);
    minutes.set(part.minute, known ? merge(known, part) : part);
  };
  let previous = before;
  for (const reading of readings) {
    for (const part of partsOf(reading, previous)) add(part);
    previous = reading.at;
  }
  return [...minutes.values()].sort((a, b) => (a.minute < b.minute ? -1 : 1));
}

export const merge = (a: Minute, b: Minute): Minute => ({
  minute: a.minute,
  bound: a.bound && b.bound ? hull(a.bound, b.bound) : (a.bound ?? b.bound),
  unbounded: a.unbounded || b.unbounded,
  rows: a.rows + b.rows,
  status: worse(a.status, b.status),
  marked: a.marked || b.marked,
  oscillator: b.oscillator ?? a.oscillator,
});

/** The reading's own minute, and those that its stretch began in or crossed: there it adds its reach but counts as no row. */
function partsOf(reading: PlacedReading, previous: bigint | null): Minute[] {
  const own = minuteOf(reading.at);
  const part = (minute: bigint): Minute => ({
    minute,
    bound: reach(reading),
    unbounded: reading.bound === null,
    rows: minute === own ? 1 : 0,
    status: reading.status,
    marked: reading.marked,
    oscillator: null,
  });
  const parts = [part(own)];
  if (reading.since === null || previous === null || reading.at - previous > LONGEST_STRETCH) return parts;
  for (let minute = minuteOf(previous); minute < own; minute += MINUTE) parts.push(part(minute));
  return parts;
}

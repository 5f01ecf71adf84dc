import { BILLION, divFloor, hull, type Interval } from "@truebound/time";
import { STATUSES, type Status } from "@truebound/wire";
import { type Claim, joinClaims } from "../evidence/daemon-claim.ts";
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
  /** All that the host's own daemon claimed in it; null = nothing. */
  readonly claim?: Claim | null;
}

export const MINUTE = 60n * BILLION;
/** A reading speaks for the stretch since the one before it, but not for longer than any report interval. */
const LONGEST_STRETCH = 300n * BILLION;

/** Stands for no beginning, or no end. */
const EVER = 2n ** 62n;

export const minuteOf = (at: bigint): bigint => divFloor(at, MINUTE) * MINUTE;

/** STATUSES run from best to worst. */
export const worse = (a: Status, b: Status): Status => (STATUSES.indexOf(a) > STATUSES.indexOf(b) ? a : b);

/** As it is kept: with where the clock was at all instants between its readings, steps and slews included (tb_interval). */
export interface KeptMinute extends Minute {
  /** Hull of the bound at every instant of it that is known. */
  readonly through: Interval | null;
  /** All instants of UTC at which it is not known where the clock was; they need not lie in this minute. */
  readonly broken: Interval | null;
}

/** `before` is the place of the reading that preceded the first; null = none in this boot, or it is not known. */
export function rollUp(readings: readonly PlacedReading[], before: bigint | null): KeptMinute[] {
  const minutes = new Map<bigint, KeptMinute>();
  const add = (part: KeptMinute) => {
    const known = minutes.get(part.minute);
    minutes.set(part.minute, known ? merge(known, part) : part);
  };
  let previous: Previous = { at: before, bounded: before };
  for (const reading of readings) {
    for (const part of partsOf(reading, previous)) add(part);
    previous = { at: reading.at, bounded: reading.bound === null ? previous.bounded : reading.at };
  }
  return [...minutes.values()].sort((a, b) => (a.minute < b.minute ? -1 : 1));
}

export const merge = (a: KeptMinute, b: KeptMinute): KeptMinute => ({
  minute: a.minute,
  bound: hullOf(a.bound, b.bound),
  unbounded: a.unbounded || b.unbounded,
  rows: a.rows + b.rows,
  status: worse(a.status, b.status),
  marked: a.marked || b.marked,
  oscillator: b.oscillator ?? a.oscillator,
  claim: joinClaims(a.claim, b.claim),
  through: hullOf(a.through, b.through),
  broken: hullOf(a.broken, b.broken),
});

const hullOf = (a: Interval | null, b: Interval | null): Interval | null => (a && b ? hull(a, b) : (a ?? b));

interface Previous {
  readonly at: bigint | null;
  /** Place of the last one that had a bound; null = not known. */
  readonly bounded: bigint | null;
}

/** The reading's own minute, and those that its stretch began in or crossed: there it adds its reach but counts as no row. */
function partsOf(reading: PlacedReading, previous: Previous): KeptMinute[] {
  const own = minuteOf(reading.at);
  const isNear = reading.since !== null && previous.at !== null && reading.at - previous.at <= LONGEST_STRETCH;
  const isWatched = isNear && previous.bounded === previous.at && reading.throughout !== null;
  const part = (minute: bigint): KeptMinute => ({
    minute,
    bound: reach(reading),
    unbounded: reading.bound === null,
    rows: minute === own ? 1 : 0,
    status: reading.status,
    marked: reading.marked,
    oscillator: null,
    claim: minute === own ? (reading.claim ?? null) : null,
    through: isWatched ? reading.throughout : minute === own ? reading.bound : null,
    broken: isWatched || minute !== own ? null : unwatched(reading, previous),
  });
  const parts = [part(own)];
  if (!isNear || previous.at === null) return parts;
  for (let minute = minuteOf(previous.at); minute < own; minute += MINUTE) parts.push(part(minute));
  return parts;
}

/** A reading lies within a second of where it is placed: its bound is at most two seconds wide. */
const unwatched = ({ at, bound }: PlacedReading, previous: Previous): Interval => ({
  lo: previous.bounded === null ? -EVER : previous.bounded - BILLION,
  hi: bound === null ? EVER : at + BILLION,
});

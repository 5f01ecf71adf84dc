import { BILLION, divCeil, divFloor, drift, type Interval, maxOf, ppb, utc, WIDEST } from "@truebound/time";
import type { Status } from "@truebound/wire";
import { worse } from "../ingest/rollup.ts";
import { type Bounded, type Cover, type Coverage, coversOf, earliest, type Gap, isBounded, latest, rate } from "./covers.ts";
import { AFTER_THE_LAST, answerAt } from "./interval.ts";
import { StabbingIndex } from "./stabbing-index.ts";
import type { StoredReading } from "./stored-readings.ts";

/**
 * When a host's clock can have shown a stamp.
 *
 * It showed `stamp` at an instant of UTC t only if stamp = t − offset(t). Within a cover the offset lay in the cover's bound, so
 * t is in [stamp + lo, stamp + hi], and in the cover. This is the inverse of what `answerAt` says of instants, and needs no clock
 * that only goes forward: a clock that was set back shows a stamp in several covers, and one that was set ahead shows some in none.
 *
 * In a gap the clock can have been set. Which stamps it can have shown there is known under the assumption ONE_SET: it ran on from
 * the reading before the gap, was set at most once, and ran on to the reading after it. Where a stamp is within reach of either
 * end, all of the gap is a possible place of it, and nothing is known of the offset there.
 */
export interface StampPlace {
  /** Apart, in order; none = the clock showed it at no time that is known of. */
  readonly places: readonly Place[];
  readonly status: Status;
  readonly reason: string | null;
  /** One of the places is a gap: ONE_SET is assumed, and nothing is known of the offset there. */
  readonly isBlind: boolean;
  /** So long after the earliest instant of the host's last reading the last place ends; 0 = nothing rests on what goes on after it. */
  readonly afterLast: bigint;
  /** Those that the places rest on, in the order of the chain. */
  readonly readings: readonly StoredReading[];
}

/** UTC was within [from, to]. */
export interface Place {
  readonly from: bigint;
  readonly to: bigint;
}

/** What an answer assumes where a gap is within reach of a stamp. */
export const ONE_SET = "in a stretch without evidence the clock was set at most once";

/** Readings around some instants, of which none in between is missing but those that are not kept. */
export interface Window {
  readonly readings: readonly StoredReading[];
  /** Nothing came after the last of them: the chain ends there, and goes on. */
  readonly isEnd: boolean;
}

interface Piece extends Place {
  readonly status: Status;
  readonly reason: string | null;
  readonly isBlind: boolean;
  readonly afterLast: bigint;
  readonly readings: readonly StoredReading[];
}

/** Stamps that a stretch may have to do with, and what it says of one of them. */
interface Shown {
  readonly from: bigint;
  readonly to: bigint;
  readonly pieceOf: (stamp: bigint) => Piece | null;
}

/** Windows made ready for many stamps. */
export class Windows {
  readonly #windows: readonly (Window & { readonly coverage: Coverage })[];
  readonly #shown: StabbingIndex<Shown>;

  constructor(windows: readonly Window[]) {
    this.#windows = windows.map((window) => ({ ...window, coverage: coversOf(window.readings) }));
    this.#shown = new StabbingIndex(this.#windows.flatMap(({ coverage }) => shownIn(coverage)));
  }

  place(stamp: bigint): StampPlace {
    const ends = this.#windows.map((window) => atEnd(window, stamp));
    const pieces = [...this.#shown.at(stamp).map(({ pieceOf }) => pieceOf(stamp)), ...ends].filter((piece) => piece !== null);
    const [first, ...others] = pieces.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
    if (first === undefined) return nowhere(this.#whyNever(stamp));
    const worst = others.reduce((a, b) => (worse(a.status, b.status) === a.status ? a : b), first);
    const readings = [...new Set(pieces.flatMap((piece) => piece.readings))].sort(inChain);
    const isBlind = pieces.some((piece) => piece.isBlind);
    const afterLast = pieces.reduce((most, piece) => maxOf(most, piece.afterLast), 0n);
    return { places: united(pieces), status: worst.status, reason: worst.reason, isBlind, afterLast, readings };
  }

  /** What is known of the instant that the stamp names, or else that the clock never showed it. */
  #whyNever(stamp: bigint): string {
    const reasons = this.#windows.flatMap((window) => whyNot(window, window.coverage.gaps, stamp) ?? []);
    return reasons[0] ?? (this.#windows.some(({ readings }) => readings.length > 0) ? NEVER_SHOWN : "no_evidence");
  }
}

const inChain = (a: StoredReading, b: StoredReading): number => a.epoch - b.epoch || a.seq - b.seq || (a.raw < b.raw ? -1 : 1);

/** The clock was watched at that time, and went past the stamp without showing it. */
export const NEVER_SHOWN = "never_shown";

export const nowhere = (reason: string): StampPlace => ({
  places: [],
  status: "unknown",
  reason,
  isBlind: false,
  afterLast: 0n,
  readings: [],
});

const shownIn = ({ covers, gaps }: Coverage): Shown[] => [
  ...covers.filter(isStretch).map((cover) => ({
    from: cover.from - cover.bound.hi,
    to: cover.to - cover.bound.lo,
    pieceOf: (stamp: bigint) => inCover(cover, stamp),
  })),
  ...gaps.flatMap(shownInGap),
];

/** What lies beside the last reading is judged by whether it is the end. */
const isStretch = ({ readings }: Cover): boolean => readings.length > 1;

function inCover({ from, to, bound, readings }: Cover, stamp: bigint): Piece | null {
  const place = { from: maxOf(from, stamp + bound.lo), to: stamp + bound.hi < to ? stamp + bound.hi : to };
  if (place.from > place.to) return null;
  const worst = readings.reduce((a, b) => (worse(a.status, b.status) === a.status ? a : b));
  return { ...place, status: worst.status, reason: worst.reason, isBlind: false, afterLast: 0n, readings };
}

/** Running from either end, as fast as it can have run; a gap without an end says nothing of stamps. */
function shownInGap(gap: Gap): Shown[] {
  const { from, to, before, after } = gap;
  if (before === null || after === null) return [];
  const reach = to - from + drift(fastest(before, after), to - from);
  const pieceOf = () => inGap(gap);
  return [
    { from: before.realtime, to: before.realtime + reach, pieceOf },
    { from: after.realtime - reach, to: after.realtime, pieceOf },
  ];
}

const fastest = (a: StoredReading, b: StoredReading) => ppb(maxOf(rate(a), rate(b)));

const inGap = ({ from, to, before, after, reason }: Gap): Piece => ({
  from,
  to,
  status: "unknown",
  reason,
  isBlind: true,
  afterLast: 0n,
  readings: [before, after].filter((reading) => reading !== null),
});

/** At the last reading, and after it where that is the end of the chain. */
function atEnd({ readings, isEnd }: Window, stamp: bigint): Piece | null {
  const last = readings.at(-1);
  if (last === undefined || !isBounded(last)) return null;
  if (stamp === last.realtime) return { from: earliest(last), to: latest(last), ...said(last) };
  return isEnd && stamp > last.realtime ? afterLast(last, stamp) : null;
}

const said = (reading: StoredReading) => ({
  status: reading.status,
  reason: reading.reason,
  isBlind: false,
  afterLast: 0n,
  readings: [reading],
});

/**
 * u ns of UTC after the earliest instant of the last reading the offset is within [lo − r·u, hi + r·u]; so the clock can have
 * shown the stamp for u from (stamp + lo − earliest) / (1 + r) to (stamp + hi − earliest) / (1 − r).
 */
function afterLast(last: Bounded, stamp: bigint): Piece | null {
  const [origin, speed] = [earliest(last), rate(last)];
  if (speed >= BILLION) return null;
  const from = origin + maxOf(0n, divFloor((stamp + last.bound.lo - origin) * BILLION, BILLION + speed));
  const to = origin + divCeil((stamp + last.bound.hi - origin) * BILLION, BILLION - speed);
  if (to - from > 2n * WIDEST) return null;
  const [status, reason] = [worse(last.status, "holdover"), AFTER_THE_LAST];
  return { from, to, status, reason, isBlind: false, afterLast: to - origin, readings: [last] };
}

function united(pieces: readonly Place[]): Place[] {
  const apart: Place[] = [];
  for (const { from, to } of pieces) {
    const last = apart.at(-1);
    if (last === undefined || last.to < from - 1n) apart.push({ from, to });
    else if (last.to < to) apart[apart.length - 1] = { from: last.from, to };
  }
  return apart;
}

/** Null = the clock was watched at the instant that the stamp names. */
function whyNot({ readings, isEnd }: Window, gaps: readonly Gap[], stamp: bigint): string | null {
  const first = readings[0];
  const last = readings.at(-1);
  if (first === undefined || last === undefined) return null;
  if (stamp > last.realtime && isBounded(last)) return isEnd ? "wider_than_a_second" : "no_evidence";
  const open = gaps.find(({ before, after, from, to }) => (before === null || after === null) && from < stamp && stamp < to);
  const answer = answerAt(readings, utc(stamp));
  // A gap without a beginning reaches over readings that have no bound: those beside the instant say why.
  if (open !== undefined) return (open.before === null ? answer.reason : null) ?? open.reason;
  return answer.bound === null ? answer.reason : null;
}

/** A simulated clock made something of what it rests on, as in the demo: an audit counts that too, and says so. */
export const isSimulated = (readings: readonly StoredReading[]): boolean => readings.some(({ injected }) => injected !== null);

/** An event may lie so far beside the reading of the clock that stamped it: all of its places, that much wider at both ends. */
export const widened = (place: StampPlace, appError: bigint): StampPlace =>
  appError === 0n
    ? place
    : { ...place, places: united(place.places.map(({ from, to }) => ({ from: from - appError, to: to + appError }))) };

/** By how much UTC is ahead of what the clock showed, at all places: the offset. */
export const offsetAt = ({ places }: StampPlace, stamp: bigint): Interval | null => {
  const [first, last] = [places[0], places.at(-1)];
  return first && last ? { lo: first.from - stamp, hi: last.to - stamp } : null;
};

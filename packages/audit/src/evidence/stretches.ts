import { type Interval, maxOf, minOf } from "@truebound/time";

/** What is asked of a reading of a host's clock, in the order of its chain. Offsets are UTC − host. */
export interface ChainReading {
  readonly raw: bigint;
  readonly realtime: bigint;
  readonly bootId: string;
  readonly bound: Interval | null;
  /** Hull of the bound at every instant since the reading before; null = not known. */
  readonly throughout: Interval | null;
  /** Nothing is missing between the reading before it in the chain and this one. */
  readonly follows: boolean;
}

export type Bounded<R extends ChainReading> = R & { readonly bound: Interval };

/**
 * From one reading that counts to the next that does. `cover`: nothing is between them, and all of the stretch is known. `hole`: the
 * clock was watched throughout, but not all of it counts. `gap`: nobody knows what it did from `broken.from` to `broken.to`.
 * `begin` and `end` are the first and the last that count.
 */
export type ChainStretch<R extends ChainReading> =
  | { readonly kind: "begin"; readonly to: Bounded<R> }
  | { readonly kind: "end"; readonly from: Bounded<R> }
  | { readonly kind: "cover"; readonly from: Bounded<R>; readonly to: Bounded<R> }
  | { readonly kind: "hole"; readonly from: Bounded<R>; readonly to: Bounded<R> }
  | { readonly kind: "gap"; readonly from: Bounded<R>; readonly to: Bounded<R>; readonly broken: { readonly from: R; readonly to: R } };

/** A reading does not say when it was made, only that UTC was then between these two. */
export const earliest = ({ realtime, bound }: { readonly realtime: bigint; readonly bound: Interval }): bigint => realtime + bound.lo;
export const latest = ({ realtime, bound }: { readonly realtime: bigint; readonly bound: Interval }): bigint => realtime + bound.hi;

/** Instants at which the clock may have been between the two; the clocks of two boots need not agree on which was first. */
export const between = <R extends ChainReading>(from: Bounded<R>, to: Bounded<R>): { readonly from: bigint; readonly to: bigint } => ({
  from: minOf(earliest(from), earliest(to)),
  to: maxOf(latest(from), latest(to)),
});

/** REALTIME was neither set nor unwatched from the one reading to the next. */
export const isContinuous = (from: ChainReading, to: ChainReading): boolean =>
  to.throughout !== null && to.follows && from.bootId === to.bootId && to.raw >= from.raw;

/** All stretches between readings that count, in the order of the chain. A reading without a bound never counts. */
export function* stretchesOf<R extends ChainReading>(readings: Iterable<R>, counts: (reading: R) => boolean): Generator<ChainStretch<R>> {
  let from: Bounded<R> | null = null;
  let before: R | null = null;
  let broken: { readonly from: R; readonly to: R } | null = null;
  for (const reading of readings) {
    if (before !== null && !isContinuous(before, reading)) broken ??= { from: before, to: reading };
    if (isBounded(reading) && counts(reading)) {
      yield from === null ? { kind: "begin", to: reading } : stretch(from, reading, broken, before === from);
      from = reading;
      broken = null;
    }
    before = reading;
  }
  if (from !== null) yield { kind: "end", from };
}

const isBounded = <R extends ChainReading>(reading: R): reading is Bounded<R> => reading.bound !== null;

const stretch = <R extends ChainReading>(
  from: Bounded<R>,
  to: Bounded<R>,
  broken: { readonly from: R; readonly to: R } | null,
  isNext: boolean,
): ChainStretch<R> => (broken === null ? { kind: isNext ? "cover" : "hole", from, to } : { kind: "gap", from, to, broken });

import {
  carryInterval,
  type Drift,
  fastest,
  type HostBound,
  type HostReading,
  hull,
  hullBetween,
  type Interval,
  intersect,
  midpoint,
  offsetAt,
  type PartsPerBillion,
  together,
} from "@truebound/time";
import { STATUSES, type Status } from "@truebound/wire";
import type { BoundRow } from "./bound-row.ts";

/** At *every* instant from one reading to the other the offset lay in [lo, hi] (6.14). */
export interface Span {
  readonly from: HostReading;
  readonly to: HostReading;
  readonly bound: Interval;
  readonly readings: number;
  /** The worst that it rests on. */
  readonly status: Status;
}

type Looked = Pick<BoundRow, "reading" | "status"> & { readonly bound: Pick<HostBound, "guaranteed" | "last"> };

interface Look {
  readonly reading: HostReading;
  /** G on leap-free − RAW, as it was known then, and as later exchanges have narrowed it since. */
  readonly guaranteed: Interval;
  /** A later exchange excluded it: one of the two is false, and nothing is proved by either. */
  readonly refuted: boolean;
  /** S of the stretch that ends here. */
  readonly slew: PartsPerBillion;
  readonly status: Status;
}

/** UTC − RAW at a reading, from leap-free − RAW. */
export type ToUtc = (reading: HostReading, bound: Interval) => Interval;
const MINUTE = 60_000_000_000n;
/** Ten a second for two minutes; beyond that a span is closed without waiting for an exchange. */
const MOST_LOOKS = 1200;

/**
 * Collects the local readings of a minute of UTC, lets every exchange look back over them, and proves the minute by one
 * span once an exchange after it has. A cut (step, suspend, no bound, no reading)
 * ends a span at the last reading before it.
 */
export class SpanBuilder {
  readonly #toUtc: ToUtc;
  #looks: Look[] = [];
  #ripe: Look[][] = [];

  constructor(toUtc: ToUtc = (_, bound) => bound) {
    this.#toUtc = toUtc;
  }

  /** A reading with what was guaranteed at it; `null` = nothing was, or continuity with the reading before is not given. */
  look(row: Looked, slew: PartsPerBillion, continuous: boolean): void {
    const { reading, bound } = row;
    const status = statusOf(row);
    const { guaranteed } = bound;
    if (!continuous || guaranteed === null) this.#close();
    if (guaranteed === null) return;
    const look = { reading, guaranteed, refuted: false, slew, status };
    const before = this.#looks.at(-1);
    this.#looks.push(look);
    if (before === undefined) return;
    if (this.#minuteOf(look) === this.#minuteOf(before) && this.#looks.length < MOST_LOOKS) return;
    this.#close();
    this.#looks.push(look);
  }

  /** What is known by now of all that was read before: after each exchange, for what it proves of that fades with every reading. */
  lookBack(later: Looked, drift: Drift): void {
    if (later.bound.guaranteed === null) return;
    for (const looks of [...this.#ripe, this.#looks]) lookBack(looks, later, drift);
  }

  /** To be called after an exchange: it looks back over what was read before it, and spans whose minute is over are given out. */
  settle(later: Looked, drift: Drift): Span[] {
    if (later.bound.guaranteed === null) return [];
    this.lookBack(later, drift);
    const spans = this.#ripe.flatMap((looks) => prove(looks, drift, this.#toUtc) ?? []);
    this.#ripe = [];
    return spans;
  }

  /** After a suspend or a move nothing that comes later may look back. */
  disrupt(): void {
    this.#looks = [];
    this.#ripe = [];
  }

  #minuteOf({ reading, guaranteed }: Look): bigint {
    return ((reading.rawBefore + reading.rawAfter) / 2n + midpoint(this.#toUtc(reading, guaranteed))) / MINUTE;
  }

  #close(): void {
    if (this.#looks.length > 1) this.#ripe.push(this.#looks);
    this.#looks = [];
  }
}

/** From the newest look backwards, as far as the later bound narrows them: where it adds nothing to one, it adds nothing to any before. */
function lookBack(looks: Look[], later: Looked, drift: Drift): void {
  for (let index = looks.length - 1; index >= 0; index--) {
    const look = looks[index] as Look;
    // It is among them itself where it was just looked at.
    if (look.reading === later.reading) continue;
    const seen = seenFrom(look, later, drift);
    if (seen === look) return;
    looks[index] = seen;
  }
}

/** What bounds the ruler later bounded it before, at the same greatest slope. The same look where that adds nothing. */
function seenFrom(look: Look, later: Looked, drift: Drift): Look {
  const { reading, bound } = later;
  const status = statusOf(later);
  // All votes of an unverified row may lie: what was promised without them is not narrowed by them.
  if (status === "unverified" && look.status !== "unverified") return look;
  const back = carryInterval(bound.guaranteed as Interval, drift, look.reading.rawAfter - reading.rawAfter);
  const both = intersect(look.guaranteed, back);
  if (both === null) return { ...look, refuted: true };
  if (both.lo === look.guaranteed.lo && both.hi === look.guaranteed.hi) return look;
  return { ...look, guaranteed: both, status: worse(look.status, status) };
}

function prove(looks: readonly Look[], drift: Drift, toUtc: ToUtc): Span | null {
  if (looks.some(({ refuted }) => refuted)) return null;
  const offsets = looks.map(({ reading, guaranteed }) => offsetAt(reading, toUtc(reading, guaranteed), fastest(drift)));
  const stretches = offsets.slice(1).map((offset, index) => {
    const [from, to] = [looks[index] as Look, looks[index + 1] as Look];
    const elapsed = to.reading.rawAfter - from.reading.rawBefore;
    return hullBetween(offsets[index] as Interval, offset, elapsed, together(fastest(drift), to.slew));
  });
  return {
    from: (looks[0] as Look).reading,
    to: (looks.at(-1) as Look).reading,
    bound: stretches.reduce(hull),
    readings: looks.length,
    status: looks.map(({ status }) => status).reduce(worse),
  };
}

/** What is held over, or stands, from something that was never proven is no better than that was. */
const statusOf = ({ status, bound: { last } }: Looked): Status =>
  status !== "proven" && last !== null && !last.proven ? "unverified" : status;

/**
 * The one that less can be relied on. Other than for a row, `unverified` is below what is held over from something proven:
 * it alone may rest on nothing but lies.
 */
const worse = (a: Status, b: Status): Status => (WORTH.indexOf(a) > WORTH.indexOf(b) ? a : b);
const WORTH: readonly Status[] = [...STATUSES.filter((status) => status !== "unverified"), "unverified"];

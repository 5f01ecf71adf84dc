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
  type RawInstant,
  together,
} from "@truebound/time";
import { STATUSES, type Status } from "@truebound/wire";
import type { BoundRow } from "./host-monitor.ts";

/** At *every* instant from one reading to the other the offset lay in [lo, hi] (6.14). */
export interface Span {
  readonly from: HostReading;
  readonly to: HostReading;
  readonly bound: Interval;
  readonly readings: number;
  /** The worst that it rests on. */
  readonly status: Status;
}

type Looked = Pick<BoundRow, "reading" | "status"> & { readonly bound: Pick<HostBound, "guaranteed"> };

interface Look {
  readonly reading: HostReading;
  /** G on leap-free − RAW, as it was known then. */
  readonly guaranteed: Interval;
  /** S of the stretch that ends here. */
  readonly slew: PartsPerBillion;
  readonly status: Status;
}

/** UTC − RAW at a reading, from leap-free − RAW. */
export type ToUtc = (reading: HostReading, bound: Interval) => Interval;
/** What a row after the minute says, and in what status. */
interface Later {
  readonly guaranteed: Interval;
  readonly status: Status;
}

const MINUTE = 60_000_000_000n;
/** Ten a second for two minutes; beyond that a span is closed without waiting for an exchange. */
const MOST_LOOKS = 1200;

/**
 * Collects the local readings of a minute of UTC, and proves the minute by one span once an exchange after it looks back:
 * what bounds the ruler then bounded it before, at the same greatest slope. A cut (step, suspend, no bound, no reading)
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
  look({ reading, bound, status }: Looked, slew: PartsPerBillion, continuous: boolean): void {
    const { guaranteed } = bound;
    if (!continuous || guaranteed === null) this.#close();
    if (guaranteed === null) return;
    const look = { reading, guaranteed, slew, status };
    const before = this.#looks.at(-1);
    this.#looks.push(look);
    if (before === undefined) return;
    if (this.#minuteOf(look) === this.#minuteOf(before) && this.#looks.length < MOST_LOOKS) return;
    this.#close();
    this.#looks.push(look);
  }

  /** Spans whose minute is over, seen back from a later reading. To be asked after an exchange. */
  settle(later: Looked, drift: Drift): Span[] {
    const { guaranteed } = later.bound;
    if (guaranteed === null) return [];
    const seen = { guaranteed, status: later.status };
    const spans = this.#ripe.flatMap((looks) => prove(looks, seen, later.reading.rawAfter, drift, this.#toUtc) ?? []);
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

function prove(looks: readonly Look[], later: Later, now: RawInstant, drift: Drift, toUtc: ToUtc): Span | null {
  const offsets: Interval[] = [];
  const status = looks.map((look) => look.status).reduce(worse);
  // All votes of an unverified row may lie: what was promised without them is not narrowed by them.
  const looksBack = later.status !== "unverified" || status === "unverified";
  for (const { reading, guaranteed } of looks) {
    const both = looksBack ? intersect(guaranteed, carryInterval(later.guaranteed, drift, reading.rawAfter - now)) : guaranteed;
    // They exclude each other: one of the two is false, and nothing is proved by either.
    if (both === null) return null;
    offsets.push(offsetAt(reading, toUtc(reading, both), fastest(drift)));
  }
  const first = looks[0] as Look;
  const last = looks.at(-1) as Look;
  const stretches = offsets.slice(1).map((offset, index) => {
    const [from, to] = [looks[index] as Look, looks[index + 1] as Look];
    const elapsed = to.reading.rawAfter - from.reading.rawBefore;
    return hullBetween(offsets[index] as Interval, offset, elapsed, together(fastest(drift), to.slew));
  });
  return {
    from: first.reading,
    to: last.reading,
    bound: stretches.reduce(hull),
    readings: looks.length,
    status: looksBack ? worse(status, later.status) : status,
  };
}

/**
 * The one that less can be relied on. Other than for a row, `unverified` is below what is held over from something proven:
 * it alone may rest on nothing but lies.
 */
const worse = (a: Status, b: Status): Status => (WORTH.indexOf(a) > WORTH.indexOf(b) ? a : b);
const WORTH: readonly Status[] = [...STATUSES.filter((status) => status !== "unverified"), "unverified"];

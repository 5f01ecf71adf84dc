import {
  BILLION,
  type CarriedStamp,
  constraints,
  type Exchange,
  type Interval,
  intersect,
  maxOf,
  minOf,
  type PartsPerBillion,
  type RawInstant,
  SlidingHull,
  type SlopeRange,
  utc,
} from "@truebound/time";

/** One exchange with a peer: our stamps, and when it was received and at the earliest answered on the clock that the peer tells. */
export interface PeerStamps {
  readonly t1: CarriedStamp;
  readonly t4: CarriedStamp;
  /** The peer's ruler; null = a target tells its clock. */
  readonly ruler: number | null;
  readonly receive: bigint;
  /** ns by which `receive` may err on either side. */
  readonly error: bigint;
  /** Read on that clock before the reply left, and by how much that may err. */
  readonly sent: bigint;
  readonly sentError: bigint;
}

/** What an exchange shows: when our RAW read `at`, the peer's clock read `at` plus at least lo and at most hi. */
export interface Edge {
  readonly at: RawInstant;
  readonly ruler: number | null;
  readonly bound: Interval;
  /** Round trip less the hold. */
  readonly delay: bigint;
  /** What the exchanges of the last minutes show together, if the frequencies kept steady; once a minute. */
  readonly hull: { readonly bound: Interval; readonly slope: SlopeRange } | null;
}

export interface EdgeRules {
  /** By how much the peer's clock may gain or lose on our RAW, ppb. */
  readonly drift: PartsPerBillion;
  /** By how much both frequencies together may move within the window of the hull, ppb. */
  readonly sigma: PartsPerBillion;
  /** ns on either side of our stamps, beyond what they say of themselves. */
  readonly uncertainty: bigint;
}

const HULL_EVERY = 60n * BILLION;
/** Of fewer no slope shows. */
const LEAST = 4;

/**
 * What is known of RAW_peer − RAW_own. Causality alone bounds it, as with a source (M2): the peer received after we sent, and we
 * received after it sent. Nothing that it says of UTC is in it.
 */
export class EdgeWindow {
  readonly #rules: EdgeRules;
  readonly #hull = new SlidingHull();
  #ruler: number | null = null;
  #hullTold: RawInstant | null = null;

  constructor(rules: EdgeRules) {
    this.#rules = rules;
  }

  clear(): void {
    this.#hull.clear();
    this.#hullTold = null;
  }

  /** null = the stamps exclude each other: it shows nothing. */
  take(stamps: PeerStamps): Edge | null {
    const { t1, t4, ruler } = stamps;
    const sent = stamps.sent - stamps.sentError;
    // Whatever the stamp of the receive says, it was before the send.
    const received = minOf(stamps.receive + stamps.error, stamps.sent + stamps.sentError);
    const exchange: Exchange = { t1: t1.raw, t2: utc(minOf(received, sent)), t3: utc(sent), t4: t4.raw };
    const total = this.#ownError(t1, t4) + maxOf(0n, received - sent);
    const sides = constraints(exchange, { root: 0n, precision: 0n, stamp: total, total }, this.#rules.drift);
    if (typeof sides === "string") return null;
    if (ruler !== this.#ruler) this.clear();
    this.#ruler = ruler;
    const { upper, lower } = sides;
    // The upper end was true when we sent; until now the peer's clock may have gained.
    const gained = this.#rules.drift * (lower.at - upper.at);
    const bound = { lo: lower.value, hi: upper.value + (gained + BILLION - 1n) / BILLION };
    if (ruler !== null) this.#hull.add(sides);
    return { at: t4.raw, ruler, bound, delay: t4.raw - t1.raw - (stamps.sent - stamps.receive), hull: this.#dueHull(t4.raw, bound) };
  }

  /** A stamp that is off by its cap is dated off by it too; no clock of ours gains 2 ‰ meanwhile. */
  #ownError(t1: CarriedStamp, t4: CarriedStamp): bigint {
    const cap = t1.cap > t4.cap ? t1.cap : t4.cap;
    return cap + cap / 500n + 1n + this.#rules.uncertainty;
  }

  #dueHull(at: RawInstant, bound: Interval): Edge["hull"] {
    if (this.#hull.size < LEAST || (this.#hullTold !== null && at - this.#hullTold < HULL_EVERY)) return null;
    const most = Number(this.#rules.drift);
    const question = { at, sigmaPpb: Number(this.#rules.sigma), allowed: { min: -most, max: most } };
    while (this.#hull.size > 1 && this.#hull.slopesAt(question) === null) this.#hull.dropOlderHalf();
    const found = this.#hull.boundAt(question);
    const common = found && intersect(found.interval, bound);
    if (found === null || common === null) return null;
    this.#hullTold = at;
    return { bound: common, slope: { min: Math.floor(found.slope.min), max: Math.ceil(found.slope.max) } };
  }
}

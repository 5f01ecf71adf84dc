import type { Constraint, Constraints } from "./exchange.ts";
import type { Interval } from "./interval.ts";
import { absolute, BILLION, maxOf, type RawInstant } from "./units.ts";
import { DEFAULT_WINDOW, type WindowLimits } from "./window.ts";

/**
 * M5 for a source that is being measured: the same bound as `hullBound`, over a sliding window, in doubles. Values lie near
 * 1.8e18 ns, past what a double holds, so all is counted from an origin inside the window; what is left of rounding is far
 * below the 2 ns by which each end is moved outward.
 */
export interface TightBound {
  readonly interval: Interval;
  /** Feasible slopes of UTC − RAW within what the assumption allows, ppb. */
  readonly slope: SlopeRange;
}

/** ppb, doubles: a statistic of the oscillator, not an instant. */
export interface SlopeRange {
  readonly min: number;
  readonly max: number;
}

export interface TightQuestion {
  /** Never earlier than the newest sample: where that is asked for, the newest sample's instant is answered for. */
  readonly at: RawInstant;
  readonly sigmaPpb: number;
  /** What the slope may be at all, ppb. */
  readonly allowed: SlopeRange;
}

/** A constraint, and where it lies from the origin in ns; `y` of a lower one is mirrored, so that one chain serves both sides. */
interface Spot {
  readonly at: bigint;
  readonly value: bigint;
  readonly x: number;
  readonly y: number;
}

const PAD_NS = 2;
/** Beyond this distance the origin moves up. */
const FAR = 10_000n * BILLION;
const PER_PPB = 1e-9;

export class SlidingHull {
  readonly #limits: WindowLimits;
  #upper: Spot[] = [];
  #lower: Spot[] = [];
  #origin = { at: 0n, value: 0n };
  #ceiling: readonly Spot[] = [];
  #floor: readonly Spot[] = [];

  constructor(limits: WindowLimits = DEFAULT_WINDOW) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#lower.length;
  }

  add({ upper, lower }: Constraints): void {
    if (this.#lower.length === 0) this.#origin = { at: lower.at, value: lower.value };
    insert(this.#upper, this.#spot(upper, 1));
    insert(this.#lower, this.#spot(lower, -1));
    const newest = (this.#lower.at(-1) as Spot).at;
    this.#shrink(this.#upper, newest);
    this.#shrink(this.#lower, newest);
    this.#rebuild();
  }

  /** Forgets the older half: after a change of frequency, or a step of the source, only the newer may fit one line. */
  dropOlderHalf(): void {
    this.#upper.splice(0, Math.ceil(this.#upper.length / 2));
    this.#lower.splice(0, Math.ceil(this.#lower.length / 2));
    this.#rebuild();
  }

  clear(): void {
    this.#upper = [];
    this.#lower = [];
    this.#rebuild();
  }

  /** All slopes that fit the window, of those `allowed`; `null` = none does. */
  slopesAt({ at, sigmaPpb, allowed }: TightQuestion): SlopeRange | null {
    const x = this.#xOf(at);
    const sigma = sigmaPpb * PER_PPB;
    let min = allowed.min * PER_PPB;
    let max = allowed.max * PER_PPB;
    for (const above of this.#ceiling)
      for (const below of this.#floor) {
        const room = above.y + below.y + sigma * (x - above.x + (x - below.x));
        const apart = below.x - above.x;
        if (apart === 0 && room < -PAD_NS) return null;
        if (apart > 0) min = Math.max(min, -room / apart);
        if (apart < 0) max = Math.min(max, room / -apart);
      }
    // Less than a thousandth of a ppb apart the wrong way round is the doubles' own doing.
    return min > max + 1e-12 ? null : { min: Math.min(min, max) / PER_PPB, max: Math.max(min, max) / PER_PPB };
  }

  /** `null` = there is nothing yet, or no allowed slope fits. */
  boundAt(question: TightQuestion): TightBound | null {
    const slope = this.#floor.length === 0 ? null : this.slopesAt(question);
    if (slope === null) return null;
    const x = this.#xOf(question.at);
    const rise = (slope.max + question.sigmaPpb) * PER_PPB;
    const fall = (slope.min - question.sigmaPpb) * PER_PPB;
    let hi = Number.POSITIVE_INFINITY;
    let lo = Number.NEGATIVE_INFINITY;
    for (const vertex of this.#ceiling) hi = Math.min(hi, vertex.y + rise * (x - vertex.x));
    for (const vertex of this.#floor) lo = Math.max(lo, fall * (x - vertex.x) - vertex.y);
    if (lo > hi + PAD_NS) return null;
    const { value } = this.#origin;
    return {
      interval: { lo: value + BigInt(Math.floor(Math.min(lo, hi) - PAD_NS)), hi: value + BigInt(Math.ceil(Math.max(lo, hi) + PAD_NS)) },
      slope,
    };
  }

  #xOf(at: RawInstant): number {
    const newest = maxOf(this.#lower.at(-1)?.at ?? at, this.#upper.at(-1)?.at ?? at);
    return Number(maxOf(at, newest) - this.#origin.at);
  }

  #shrink(spots: Spot[], newest: bigint): void {
    const stale = ({ at }: Spot) => spots.length > this.#limits.samples || newest - at > this.#limits.age;
    while (spots.length > 0 && stale(spots[0] as Spot)) spots.shift();
  }

  #rebuild(): void {
    const oldest = this.#lower[0];
    if (oldest !== undefined && (absolute(oldest.at - this.#origin.at) > FAR || absolute(oldest.value - this.#origin.value) > FAR))
      this.#moveOrigin(oldest);
    this.#ceiling = chain(this.#upper);
    this.#floor = chain(this.#lower);
  }

  #moveOrigin({ at, value }: Spot): void {
    this.#origin = { at, value };
    this.#upper = this.#upper.map((spot) => this.#spot(spot, 1));
    this.#lower = this.#lower.map((spot) => this.#spot(spot, -1));
  }

  #spot({ at, value }: Constraint | Spot, sign: 1 | -1): Spot {
    return { at, value, x: Number(at - this.#origin.at), y: sign * Number(value - this.#origin.value) };
  }
}

/** Nearly always at the end: an interleaved exchange is completed after the next one has begun. */
function insert(spots: Spot[], spot: Spot): void {
  let place = spots.length;
  while (place > 0 && (spots[place - 1] as Spot).at > spot.at) place -= 1;
  if (place === spots.length) spots.push(spot);
  else spots.splice(place, 0, spot);
}

/** Andrew's lower chain over spots sorted by x. */
function chain(sorted: readonly Spot[]): Spot[] {
  const kept: Spot[] = [];
  for (const next of sorted) {
    if (kept.at(-1)?.x === next.x) {
      if ((kept.at(-1) as Spot).y <= next.y) continue;
      kept.pop();
    }
    while (kept.length >= 2 && !turnsUp(kept[kept.length - 2] as Spot, kept[kept.length - 1] as Spot, next)) kept.pop();
    kept.push(next);
  }
  return kept;
}

const turnsUp = (a: Spot, b: Spot, c: Spot): boolean => (b.y - a.y) * (c.x - b.x) < (c.y - b.y) * (b.x - a.x);

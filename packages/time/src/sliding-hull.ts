import type { Constraint, Constraints } from "./exchange.ts";
import type { Interval } from "./interval.ts";
import { absolute, BILLION, type RawInstant } from "./units.ts";
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
  #limiting: LimitingPairs | null = null;
  #fit: { readonly x: number; readonly sigma: number; readonly slopes: SlopeRange | null } | null = null;

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
    const fit = this.#fitAt(this.#xOf(at), sigmaPpb * PER_PPB);
    if (fit === null) return null;
    const min = Math.max(allowed.min * PER_PPB, fit.min);
    const max = Math.min(allowed.max * PER_PPB, fit.max);
    // Less than a thousandth of a ppb apart the wrong way round is the doubles' own doing.
    return min > max + 1e-12 ? null : { min: Math.min(min, max) / PER_PPB, max: Math.max(min, max) / PER_PPB };
  }

  /** What the samples leave of all slopes, ratios. The same is asked for twice at each reading: the latest answer is kept. */
  #fitAt(x: number, sigma: number): SlopeRange | null {
    if (this.#fit?.x !== x || this.#fit.sigma !== sigma) this.#fit = { x, sigma, slopes: this.#slopes(x, sigma) };
    return this.#fit.slopes;
  }

  #slopes(x: number, sigma: number): SlopeRange | null {
    if (this.#limiting?.sigma !== sigma) this.#limiting = limitingPairs(this.#ceiling, this.#floor, this.#newest, sigma);
    const { atOnce, fromBelow, fromAbove } = this.#limiting;
    if (atOnce !== null && room(atOnce, x, sigma) < -PAD_NS) return null;
    let min = Number.NEGATIVE_INFINITY;
    let max = Number.POSITIVE_INFINITY;
    for (const pair of fromBelow) min = Math.max(min, -room(pair, x, sigma) / pair.apart);
    for (const pair of fromAbove) max = Math.min(max, room(pair, x, sigma) / -pair.apart);
    return { min, max };
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
    return Math.max(Number(at - this.#origin.at), this.#newest);
  }

  /** x of the newest sample; nothing is asked for before it. */
  get #newest(): number {
    return Math.max(this.#lower.at(-1)?.x ?? Number.NEGATIVE_INFINITY, this.#upper.at(-1)?.x ?? Number.NEGATIVE_INFINITY);
  }

  #shrink(spots: Spot[], newest: bigint): void {
    const stale = ({ at }: Spot) => spots.length > this.#limits.samples || newest - at > this.#limits.age;
    while (spots.length > 0 && stale(spots[0] as Spot)) spots.shift();
  }

  #rebuild(): void {
    this.#fit = null;
    this.#limiting = null;
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

/** A vertex of the ceiling and one of the floor: the slope is limited by the room between them, from below where the floor's is later. */
interface Pair {
  readonly above: Spot;
  readonly below: Spot;
  /** x of the floor's less that of the ceiling's. */
  readonly apart: number;
}

interface LimitingPairs {
  readonly sigma: number;
  readonly fromBelow: readonly Pair[];
  readonly fromAbove: readonly Pair[];
  /** Of those at one instant the one with the least room: they limit no slope, and contradict each other or not. */
  readonly atOnce: Pair | null;
}

/** How far one line through both may lie from either at x, ns: it grows with the frequency's own wander. */
const room = ({ above, below }: Pair, x: number, sigma: number): number => above.y + below.y + sigma * (x - above.x + (x - below.x));

/**
 * Of all pairs those that can be the one that limits the slope at some x from `x` on. All rooms grow alike, so the limit that a pair sets
 * recedes the more slowly the farther apart its two are: one that is no tighter than a pair that is farther apart never counts again.
 */
function limitingPairs(ceiling: readonly Spot[], floor: readonly Spot[], x: number, sigma: number): LimitingPairs {
  const pairs = ceiling.flatMap((above) => floor.map((below): Pair => ({ above, below, apart: below.x - above.x })));
  const tightest = (some: readonly Pair[]): Pair[] => {
    const byDistance = [...some].sort((a, b) => Math.abs(b.apart) - Math.abs(a.apart));
    let least = Number.POSITIVE_INFINITY;
    return byDistance.filter((pair) => {
      const limit = room(pair, x, sigma) / Math.abs(pair.apart);
      const counts = limit < least;
      if (counts) least = limit;
      return counts;
    });
  };
  const atOnce = pairs
    .filter(({ apart }) => apart === 0)
    .reduce<Pair | null>((least, pair) => (least === null || room(pair, x, sigma) < room(least, x, sigma) ? pair : least), null);
  return {
    sigma,
    fromBelow: tightest(pairs.filter(({ apart }) => apart > 0)),
    fromAbove: tightest(pairs.filter(({ apart }) => apart < 0)),
    atOnce,
  };
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

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
  readonly at: RawInstant;
  readonly sigmaPpb: number;
  /** What the slope may be at all, ppb. */
  readonly allowed: SlopeRange;
}

interface Spot {
  readonly at: bigint;
  readonly value: bigint;
}

/** From the origin, ns. */
interface Vertex {
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
  #origin: Spot = { at: 0n, value: 0n };
  #ceiling: readonly Vertex[] = [];
  #floor: readonly Vertex[] = [];

  constructor(limits: WindowLimits = DEFAULT_WINDOW) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#lower.length;
  }

  add({ upper, lower }: Constraints): void {
    insert(this.#upper, upper);
    insert(this.#lower, lower);
    const newest = (this.#lower.at(-1) as Spot).at;
    this.#keep((spot, index, all) => index >= all.length - this.#limits.samples && newest - spot.at <= this.#limits.age);
    this.#rebuild();
  }

  /** Forgets the older half: after a change of frequency, or a step of the source, only the newer may fit one line. */
  dropOlderHalf(): void {
    this.#keep((_, index, all) => index >= Math.ceil(all.length / 2));
    this.#rebuild();
  }

  clear(): void {
    this.#keep(() => false);
    this.#rebuild();
  }

  /** All slopes that fit the window, of those `allowed`; `null` = none does. */
  slopesAt({ at, sigmaPpb, allowed }: TightQuestion): SlopeRange | null {
    const x = Number(at - this.#origin.at);
    const sigma = sigmaPpb * PER_PPB;
    let min = allowed.min * PER_PPB;
    let max = allowed.max * PER_PPB;
    for (const above of this.#ceiling)
      for (const below of this.#floor) {
        const room = above.y - below.y + sigma * (x - above.x + (x - below.x));
        const apart = below.x - above.x;
        if (apart === 0 && room < -PAD_NS) return null;
        if (apart > 0) min = Math.max(min, -room / apart);
        if (apart < 0) max = Math.min(max, room / -apart);
      }
    // Less than a thousandth of a ppb apart the wrong way round is the doubles' own doing.
    return min > max + 1e-12 ? null : { min: Math.min(min, max) / PER_PPB, max: Math.max(min, max) / PER_PPB };
  }

  /** `null` = there is nothing yet, or no allowed slope fits. `at` is no earlier than the newest sample. */
  boundAt(question: TightQuestion): TightBound | null {
    const slope = this.#floor.length === 0 ? null : this.slopesAt(question);
    if (slope === null) return null;
    const x = Number(question.at - this.#origin.at);
    const rise = (slope.max + question.sigmaPpb) * PER_PPB;
    const fall = (slope.min - question.sigmaPpb) * PER_PPB;
    let hi = Number.POSITIVE_INFINITY;
    let lo = Number.NEGATIVE_INFINITY;
    for (const vertex of this.#ceiling) hi = Math.min(hi, vertex.y + rise * (x - vertex.x));
    for (const vertex of this.#floor) lo = Math.max(lo, vertex.y + fall * (x - vertex.x));
    if (lo > hi + PAD_NS) return null;
    const { value } = this.#origin;
    return {
      interval: { lo: value + BigInt(Math.floor(Math.min(lo, hi) - PAD_NS)), hi: value + BigInt(Math.ceil(Math.max(lo, hi) + PAD_NS)) },
      slope,
    };
  }

  #keep(stays: (spot: Spot, index: number, all: readonly Spot[]) => boolean): void {
    this.#upper = this.#upper.filter(stays);
    this.#lower = this.#lower.filter(stays);
  }

  #rebuild(): void {
    const oldest = this.#lower[0];
    if (oldest !== undefined && (absolute(oldest.at - this.#origin.at) > FAR || absolute(oldest.value - this.#origin.value) > FAR))
      this.#origin = { at: oldest.at, value: oldest.value };
    this.#ceiling = chain(this.#upper.map((spot) => this.#seen(spot)));
    this.#floor = chain(this.#lower.map((spot) => this.#seen(spot, -1))).map(({ x, y }) => ({ x, y: -y }));
  }

  #seen({ at, value }: Spot, sign = 1): Vertex {
    return { x: Number(at - this.#origin.at), y: sign * Number(value - this.#origin.value) };
  }
}

/** Nearly always at the end: an interleaved exchange is completed after the next one has begun. */
function insert(spots: Spot[], { at, value }: Constraint): void {
  const index = spots.findLastIndex((spot) => spot.at <= at);
  spots.splice(index + 1, 0, { at, value });
}

/** Andrew's lower chain over vertices sorted by x. */
function chain(sorted: readonly Vertex[]): Vertex[] {
  const kept: Vertex[] = [];
  for (const next of sorted) {
    if (kept.at(-1)?.x === next.x) {
      if ((kept.at(-1) as Vertex).y <= next.y) continue;
      kept.pop();
    }
    while (kept.length >= 2 && !turnsUp(kept.at(-2) as Vertex, kept.at(-1) as Vertex, next)) kept.pop();
    kept.push(next);
  }
  return kept;
}

const turnsUp = (a: Vertex, b: Vertex, c: Vertex): boolean => (b.y - a.y) * (c.x - b.x) < (c.y - b.y) * (b.x - a.x);

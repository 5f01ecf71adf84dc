import type { BoundRow, Span } from "@truebound/agent";
import { contains, grow, type Interval } from "@truebound/time";
import type { SeededRandom } from "../sim/random.ts";
import type { SimClock } from "../sim/sim-clock.ts";

/** Instants looked up between two looks, and the rounding of a simulated clock's own arithmetic. */
const PROBED = 4;
const ROUNDING = 2n;

/** Asks what nobody could see: where the clock was between two looks, and whether what was said of the stretch held it. */
export class BetweenLooks {
  readonly #clock: SimClock;
  readonly #random: SeededRandom;
  readonly #isBlind: (elapsed: bigint) => boolean;
  #last: bigint | null = null;
  #seen: bigint[] = [];
  #promised = true;
  readonly #unpromised: bigint[] = [];
  readonly #places = new Map<bigint, bigint>();
  readonly missed: BoundRow[] = [];
  /** How many rows were held against what happened between. */
  looks = 0;

  /** `isBlind` = the scenario says that nothing can be seen yet of what happened. */
  constructor(clock: SimClock, random: SeededRandom, isBlind: (elapsed: bigint) => boolean) {
    this.#clock = clock;
    this.#random = random;
    this.#isBlind = isBlind;
  }

  /** `promised` = its status promises anything, given who lies. */
  looked(row: BoundRow, elapsed: bigint, promised: boolean): void {
    this.#places.set(row.reading.rawAfter, elapsed);
    if (this.#last !== null) this.#seen.push(...this.#truths(this.#last, elapsed, PROBED));
    this.#last = elapsed;
    if (!promised) this.#unpromised.push(elapsed);
    this.#promised &&= promised;
    if (row.throughout === null || this.#isBlind(elapsed) || !this.#promised) return;
    this.looks += 1;
    if (!this.#seen.every(inside(row.throughout))) this.missed.push(row);
  }

  /** What is said from here on is said of what follows. */
  recorded(): void {
    this.#seen = [];
    this.#promised = true;
  }

  holds({ from, to, bound }: Span): boolean {
    const [start, end] = [this.#places.get(from.rawAfter), this.#places.get(to.rawAfter)];
    if (start === undefined || end === undefined) throw new Error("Cannot judge a span between readings that nobody made");
    if (this.#unpromised.some((at) => at >= start && at <= end)) return true;
    return this.#truths(start, end, 20 * PROBED).every(inside(bound));
  }

  #truths(from: bigint, to: bigint, count: number): bigint[] {
    const at = () => from + BigInt(Math.floor(this.#random.next() * Number(to - from + 1n)));
    return Array.from({ length: count }, at).flatMap((elapsed) => (this.#isBlind(elapsed) ? [] : [this.#clock.offsetAt(elapsed)]));
  }
}

const inside = (bound: Interval) => (truth: bigint) => contains(grow(bound, ROUNDING), truth);

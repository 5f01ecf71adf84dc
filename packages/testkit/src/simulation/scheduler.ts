import { kernelUtc, type Leap } from "@truebound/time";
import type { SeededRandom } from "../sim/random.ts";
import { trueInstant } from "../sim/server-clock.ts";
import { ManualTime } from "../sim/sim-clock.ts";

interface Turn {
  readonly at: bigint;
  /** Decides between turns of the same instant. */
  readonly lot: number;
  readonly act: () => void;
  isCancelled: boolean;
}

/** What has been planned can be taken back. */
export type Cancel = () => void;

const MS = 1_000_000;

/**
 * The one thing that orders a simulated world. Turns come by true time, and those of one instant by lots that the seed draws.
 * What a turn sets off is done with before the next one comes: nothing else runs, so the same seed gives the same order.
 */
export class Scheduler {
  readonly truth: ManualTime;
  readonly #random: SeededRandom;
  /** A binary heap: the first is the next. */
  readonly #turns: Turn[] = [];
  #taken = 0;

  constructor(random: SeededRandom, startUtc?: bigint, leaps: readonly Leap[] = []) {
    this.truth = new ManualTime(startUtc, leaps);
    this.#random = random;
  }

  /** True time since the start, ns. */
  get now(): bigint {
    return this.truth.elapsed();
  }

  /** What UTC is now, as a kernel counts it. */
  get utc(): bigint {
    return this.utcAt(this.now);
  }

  utcAt(elapsed: bigint): bigint {
    return kernelUtc(trueInstant(this.truth, elapsed), this.truth.leaps);
  }

  /** Turns that were taken, and those that wait. */
  get taken(): number {
    return this.#taken;
  }

  get waiting(): number {
    return this.#turns.length;
  }

  /** At true time `at`, or now where that has passed. */
  at(at: bigint, act: () => void): Cancel {
    const turn: Turn = { at: at < this.now ? this.now : at, lot: this.#random.next(), act, isCancelled: false };
    this.#push(turn);
    return () => {
      turn.isCancelled = true;
    };
  }

  /** After so many ms of true time. */
  after(ms: number, act: () => void): Cancel {
    return this.at(this.now + BigInt(Math.round(ms * MS)), act);
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Takes turns until true time `end`. */
  async run(end: bigint): Promise<void> {
    for (let turn = this.#turns[0]; turn !== undefined && turn.at <= end; turn = this.#turns[0]) {
      this.#pop();
      if (turn.isCancelled) continue;
      this.truth.moveTo(turn.at);
      this.#taken += 1;
      turn.act();
      await settled();
    }
    this.truth.moveTo(end);
  }

  #push(turn: Turn): void {
    const heap = this.#turns;
    heap.push(turn);
    for (let at = heap.length - 1; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!isSooner(turn, heap[parent] as Turn)) break;
      [heap[at], heap[parent]] = [heap[parent] as Turn, turn];
      at = parent;
    }
  }

  #pop(): void {
    const heap = this.#turns;
    const last = heap.pop() as Turn;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ; ) {
      const child = soonerChild(heap, at);
      if (child === null || !isSooner(heap[child] as Turn, last)) return;
      [heap[at], heap[child]] = [heap[child] as Turn, last];
      at = child;
    }
  }
}

const isSooner = (a: Turn, b: Turn): boolean => a.at < b.at || (a.at === b.at && a.lot < b.lot);

function soonerChild(heap: readonly Turn[], at: number): number | null {
  const [left, right] = [2 * at + 1, 2 * at + 2];
  if (left >= heap.length) return null;
  return right < heap.length && isSooner(heap[right] as Turn, heap[left] as Turn) ? right : left;
}

/** All promises that could go on have gone on: a macrotask comes only behind them. Nothing here waits for anything real. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

import type { Reach, Run } from "./conflict.ts";
import { LeastWindow } from "./least-window.ts";
import type { Bounded, Line, Near } from "./line.ts";
import type { Made } from "./made.ts";

/** A stretch between neighbouring ends of evidence. */
interface Slot {
  readonly from: bigint;
  readonly to: bigint;
  /** Evidence made throughout it. */
  readonly cover: Made | null;
  /** Index of the first evidence that lies after it. */
  readonly next: number;
}

/**
 * 6.3: E, the intersection of the cones of all evidence of a run, past and future. All cones open at the same rate, so that the
 * narrowest of those behind stays the narrowest until it leaves the horizon, and of those ahead likewise.
 */
export function* conesOf(run: Run, reach: Reach, firstSlot = 0): Generator<Bounded> {
  const sweep = new Sweep(run, reach);
  let number = firstSlot;
  for (const slot of slotsOf(run, reach.horizon)) {
    number += 1;
    sweep.enter(slot);
    for (let at = slot.from; at < slot.to; ) {
      const to = sweep.changesAfter(at, slot.to);
      const piece = sweep.between(at, to, slot, number);
      if (piece !== null) yield piece;
      at = to;
    }
    sweep.leave(slot);
  }
}

function* slotsOf({ made, reachesFrom, reachesTo }: Run, horizon: bigint): Generator<Slot> {
  const [first, last] = [made[0] as Made, made[made.length - 1] as Made];
  const begins = first.from - horizon;
  let from = reachesFrom !== null && reachesFrom > begins ? reachesFrom : begins;
  for (let next = 0; next < made.length; next++) {
    const one = made[next] as Made;
    yield { from, to: one.from, cover: null, next };
    if (one.from < one.to) yield { from: one.from, to: one.to, cover: one, next: next + 1 };
    from = one.to;
  }
  const ends = last.to + horizon;
  yield { from, to: reachesTo !== null && reachesTo < ends ? reachesTo : ends, cover: null, next: made.length };
}

class Sweep {
  readonly #run: Run;
  readonly #reach: Reach;
  readonly #past = { hi: new LeastWindow(), lo: new LeastWindow() };
  readonly #future = { hi: new LeastWindow(), lo: new LeastWindow() };
  /** The first evidence that has not come within the horizon yet. */
  #coming = 0;

  constructor(run: Run, reach: Reach) {
    this.#run = run;
    this.#reach = reach;
  }

  /** What begins where the slot begins no longer lies ahead. */
  enter({ from, next }: Slot): void {
    if (this.#coming < next) this.#coming = next;
    this.#future.hi.dropUpTo(from);
    this.#future.lo.dropUpTo(from);
  }

  /** What ends where the slot ends lies behind from there on. */
  leave({ to, cover, next }: Slot): void {
    const passed = cover ?? this.#run.made[next];
    if (passed === undefined || passed.to !== to) return;
    const { scale, slope } = this.#reach;
    const drifted = slope * to;
    this.#past.hi.push(to, passed.hi * scale - drifted);
    this.#past.lo.push(to, -passed.lo * scale - drifted);
  }

  /** Until when the narrowest cones stay the same from `at` on. */
  changesAfter(at: bigint, end: bigint): bigint {
    const { horizon } = this.#reach;
    let until = end;
    for (const window of [this.#past.hi, this.#past.lo]) {
      window.dropUpTo(at - horizon);
      const least = window.least;
      if (least !== undefined && least.at + horizon < until) until = least.at + horizon;
    }
    return this.#admit(at, until);
  }

  /** Takes in what comes within the horizon, up to the first that changes what is narrowest. */
  #admit(at: bigint, until: bigint): bigint {
    const { horizon, scale, slope } = this.#reach;
    const { made } = this.#run;
    const { hi, lo } = this.#future;
    for (let one = made[this.#coming]; one !== undefined; one = made[this.#coming]) {
      const comes = one.from - horizon;
      if (comes >= until) break;
      const drifted = slope * one.from;
      const [hiCost, loCost] = [one.hi * scale + drifted, -one.lo * scale + drifted];
      const changes = hi.least === undefined || lo.least === undefined || hiCost < hi.least.cost || loCost < lo.least.cost;
      if (changes && comes > at) return comes;
      hi.push(one.from, hiCost);
      lo.push(one.from, loCost);
      this.#coming += 1;
    }
    return until;
  }

  between(from: bigint, to: bigint, { cover, next }: Slot, slot: number): Bounded | null {
    const { slope, scale } = this.#reach;
    const [hi, minusLo]: [Line[], Line[]] = [[], []];
    const [pastHi, pastLo] = [this.#past.hi.least, this.#past.lo.least];
    if (pastHi !== undefined && pastLo !== undefined) {
      hi.push({ slope, constant: pastHi.cost });
      minusLo.push({ slope, constant: pastLo.cost });
    }
    const [futureHi, futureLo] = [this.#future.hi.least, this.#future.lo.least];
    if (futureHi !== undefined && futureLo !== undefined) {
      hi.push({ slope: -slope, constant: futureHi.cost });
      minusLo.push({ slope: -slope, constant: futureLo.cost });
    }
    if (cover !== null) {
      hi.push({ slope: 0n, constant: cover.hi * scale });
      minusLo.push({ slope: 0n, constant: -cover.lo * scale });
    }
    if (hi.length === 0) return null;
    const near =
      cover === null ? this.#near(next, pastHi !== undefined, futureHi !== undefined) : { before: cover, after: null, besideLeap: false };
    return { kind: "bound", from, to, hi, minusLo, near: [near], slot };
  }

  #near(next: number, isBehind: boolean, isAhead: boolean): Near {
    const { made, leapBefore, leapAfter } = this.#run;
    return {
      before: isBehind ? (made[next - 1] ?? null) : null,
      after: isAhead ? (made[next] ?? null) : null,
      besideLeap: (next === 0 && leapBefore) || (next === made.length && leapAfter),
    };
  }
}

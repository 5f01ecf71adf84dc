import type { Stretch } from "../audit-case.ts";
import type { Uncut } from "./evidence.ts";
import { LeastWindow } from "./least-window.ts";
import { isVoid, type Made } from "./made.ts";

/** Evidence that does not contradict itself, and how far it may reach: to where a cut or a contradiction is. null = for ever. */
export interface Run {
  readonly made: readonly Made[];
  readonly reachesFrom: bigint | null;
  readonly reachesTo: bigint | null;
  readonly leapBefore: boolean;
  readonly leapAfter: boolean;
}

export interface Conflict extends Stretch {
  /** Whether its ends belong to it. An open one lies between evidence that is sound; an instant alone (from = to) is closed. */
  readonly isClosed: boolean;
}

export interface Consistency {
  readonly runs: readonly Run[];
  readonly conflicts: readonly Conflict[];
}

export interface Reach {
  readonly horizon: bigint;
  /** rho, scaled. */
  readonly slope: bigint;
  readonly scale: bigint;
}

/** 6.4: an unlogged step, or a source that lies. Evidence is walked in time, and never again compared with what is before a conflict. */
export function findConflicts(made: readonly Made[], stretch: Uncut, reach: Reach): Consistency {
  const walk = new Walk(made, stretch, reach);
  for (let index = 0; index < made.length; index++) walk.step(index);
  return walk.end();
}

class Walk {
  readonly #made: readonly Made[];
  readonly #stretch: Uncut;
  readonly #reach: Reach;
  readonly #runs: Run[] = [];
  readonly #conflicts: Conflict[] = [];
  #cones: OpenCones;
  #first = 0;
  #reachesFrom: bigint | null;

  constructor(made: readonly Made[], stretch: Uncut, reach: Reach) {
    this.#made = made;
    this.#stretch = stretch;
    this.#reach = reach;
    this.#cones = new OpenCones(reach);
    this.#reachesFrom = stretch.from;
  }

  step(index: number): void {
    const one = this.#made[index] as Made;
    if (isVoid(one)) return one.from === one.to ? this.#breakAt(index, one.from) : this.#overlap(index, one);
    // A cover holds all that is said at the instant where it begins, so only instants can contradict.
    if (one.from === one.to && this.#cones.exclude(one)) this.#conflictBefore(index, one);
    this.#cones.add(one);
  }

  end(): Consistency {
    this.#closeRun(this.#made.length, this.#stretch.to);
    return { runs: this.#runs, conflicts: this.#conflicts };
  }

  /** Equal instants exclude each other: what is before ends there, what is after begins there. */
  #breakAt(index: number, at: bigint): void {
    this.#closeRun(index, at);
    this.#conflicts.push({ from: at, to: at, isClosed: true });
    this.#openRun(index + 1, at);
  }

  /** Spans that overlap exclude each other: the overlap, and the open gap before it, if evidence before it is near enough to be compared. */
  #overlap(index: number, { from, to }: Made): void {
    const before = this.#made[index - 2];
    if (before !== undefined && !isVoid(before) && before.to < from && from - before.to <= 2n * this.#reach.horizon) {
      const last = this.#runs.pop();
      if (last !== undefined) this.#runs.push({ ...last, reachesTo: before.to });
      this.#conflicts.pop();
      this.#conflicts.push({ from: before.to, to: from, isClosed: false });
    }
    this.#conflicts.push({ from, to, isClosed: true });
    this.#openRun(index + 1, to);
  }

  #conflictBefore(index: number, one: Made): void {
    const before = this.#made[index - 1] as Made;
    this.#closeRun(index, before.to);
    if (before.to < one.from) this.#conflicts.push({ from: before.to, to: one.from, isClosed: false });
    this.#openRun(index, one.from);
  }

  #closeRun(end: number, reachesTo: bigint | null): void {
    if (end === this.#first) return;
    const whole = this.#first === 0 && end === this.#made.length;
    this.#runs.push({
      made: whole ? this.#made : this.#made.slice(this.#first, end),
      reachesFrom: this.#reachesFrom,
      reachesTo,
      leapBefore: this.#first === 0 && this.#stretch.leapBefore,
      leapAfter: end === this.#made.length && this.#stretch.leapAfter,
    });
  }

  #openRun(first: number, reachesFrom: bigint): void {
    this.#first = first;
    this.#reachesFrom = reachesFrom;
    this.#cones = new OpenCones(this.#reach);
  }
}

/** How far evidence of the run has opened until an instant: the lowest upper and the highest lower end of all within 2 H. */
class OpenCones {
  readonly #hi = new LeastWindow();
  readonly #lo = new LeastWindow();
  readonly #reach: Reach;

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  add({ to, lo, hi }: Made): void {
    const { scale, slope } = this.#reach;
    const drifted = slope * to;
    this.#hi.push(to, hi * scale - drifted);
    this.#lo.push(to, -lo * scale - drifted);
  }

  exclude({ from, lo, hi }: Made): boolean {
    const { scale, slope, horizon } = this.#reach;
    const oldest = from - 2n * horizon;
    this.#hi.dropBefore(oldest);
    this.#lo.dropBefore(oldest);
    const [upper, lower] = [this.#hi.least, this.#lo.least];
    if (upper === undefined || lower === undefined) return false;
    const drifted = slope * from;
    return upper.cost + drifted < lo * scale || lower.cost + drifted < -hi * scale;
  }
}

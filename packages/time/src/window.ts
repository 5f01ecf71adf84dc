import type { Constraint, Constraints } from "./exchange.ts";
import type { Interval } from "./interval.ts";
import { absolute, BILLION, divCeil, divFloor, maxOf, minOf, type PartsPerBillion, ppb, type RawInstant } from "./units.ts";

/**
 * M4: the drift-widened intersection of a source's constraints over a window, as two monotone queues.
 *
 * Each constraint is a line of slope centre ± rho. In units of ns·1e9 a lower one is worth `value·1e9 + fall·(x − at)` at
 * x, so the tightest is the one with the greatest `value·1e9 − fall·at`, whatever x is; the upper side mirrors it. A queue keeps
 * only those that can still become the tightest once older ones leave the window: O(1) amortised for each sample.
 * Exact until the one outward rounding in `boundAt`.
 *
 * Two constraints that exclude each other do so for good, although their cones meet again when they are carried far enough:
 * they are judged at the instant of the newer one, and the window contradicts itself until the older one has left it.
 */
export interface WindowLimits {
  /** Samples kept, ≥ 1. */
  readonly samples: number;
  /** ns of RAW time that a sample stays. */
  readonly age: bigint;
}

/** The drift assumption: UTC − RAW moves by between centre − rho and centre + rho, ppb. The centre is 0 unless calibrated. */
export interface Drift {
  readonly rho: PartsPerBillion;
  readonly centre: PartsPerBillion;
}

export const uncalibrated = (rho: PartsPerBillion): Drift => ({ rho, centre: ppb(0n) });

/** The greatest |slope| that it allows. */
export const fastest = ({ rho, centre }: Drift): PartsPerBillion => ppb(rho + absolute(centre));

/** M3 under a drift assumption: an interval `elapsed` ns later without evidence, or, where that is negative, earlier. */
export function carryInterval({ lo, hi }: Interval, { rho, centre }: Drift, elapsed: bigint): Interval {
  const [down, up] = elapsed < 0n ? [centre + rho, centre - rho] : [centre - rho, centre + rho];
  return { lo: lo + divFloor(down * elapsed, BILLION), hi: hi + divCeil(up * elapsed, BILLION) };
}

export const DEFAULT_WINDOW: WindowLimits = { samples: 64, age: 1024n * BILLION };

interface Entry<Origin> {
  readonly sequence: number;
  readonly at: bigint;
  readonly key: bigint;
  readonly origin: Origin;
}

/** The samples that set the two ends of a window's bound, and when each of the two constraints was taken. */
export interface Binding<Origin> {
  readonly lower: { readonly at: bigint; readonly origin: Origin };
  readonly upper: { readonly at: bigint; readonly origin: Origin };
}

export type WindowBound =
  | { readonly kind: "empty" }
  | { readonly kind: "bound"; readonly interval: Interval }
  /** No history within rho satisfies all constraints: the server lied at some time in the window, or rho is too small. */
  | { readonly kind: "conflict" };

/** `Origin` is what the caller wants to be told of the sample that sets an end. */
export class ConstraintWindow<Origin = undefined> {
  readonly #rise: bigint;
  readonly #fall: bigint;
  readonly #limits: WindowLimits;
  #lower: Entry<Origin>[] = [];
  #upper: Entry<Origin>[] = [];
  #sequence = 0;
  #newest: bigint | null = null;
  /** Of all pairs that exclude each other, the one whose older member leaves last: that member. */
  #refuted: Pick<Entry<Origin>, "sequence" | "at"> | null = null;

  constructor({ rho, centre }: Drift, limits: WindowLimits = DEFAULT_WINDOW) {
    this.#rise = centre + rho;
    this.#fall = centre - rho;
    this.#limits = limits;
  }

  add(sample: Constraints, origin: Origin): void {
    this.#sequence += 1;
    const lower = this.#entry(sample.lower, 1n, this.#fall, origin);
    const upper = this.#entry(sample.upper, -1n, this.#rise, origin);
    for (const known of this.#upper) if (this.#exclude(lower, known)) this.#refute(known, lower);
    for (const known of this.#lower) if (this.#exclude(known, upper)) this.#refute(known, upper);
    push(this.#lower, lower);
    push(this.#upper, upper);
    const latest = maxOf(sample.upper.at, sample.lower.at);
    this.#newest = this.#newest === null ? latest : maxOf(this.#newest, latest);
  }

  /**
   * The bound on UTC − RAW at `now`. A stamp that was carried to RAW can lie a little after the reading that follows it, by
   * no more than its own error, for which its cap has room; the bound is then that of the newest sample's instant.
   */
  boundAt(now: RawInstant): WindowBound {
    if (this.#newest !== null && this.#newest - now > BILLION)
      throw new RangeError(`Cannot evaluate a window at ${now} before its newest sample at ${this.#newest}`);
    const x = this.#newest === null ? now : maxOf(now, this.#newest);
    this.#forget(x);
    if (this.#refuted !== null) return { kind: "conflict" };
    const lower = this.#lower[0];
    const upper = this.#upper[0];
    if (lower === undefined || upper === undefined) return { kind: "empty" };
    const lo = lower.key + this.#fall * x;
    const hi = -upper.key + this.#rise * x;
    return lo > hi ? { kind: "conflict" } : { kind: "bound", interval: { lo: divFloor(lo, BILLION), hi: divCeil(hi, BILLION) } };
  }

  /** What sets the two ends right now; null when there is nothing. */
  binding(): Binding<Origin> | null {
    const lower = this.#lower[0];
    const upper = this.#upper[0];
    return lower && upper ? { lower: { at: lower.at, origin: lower.origin }, upper: { at: upper.at, origin: upper.origin } } : null;
  }

  clear(): void {
    this.#lower = [];
    this.#upper = [];
    this.#newest = null;
    this.#refuted = null;
  }

  /** Judged at the later of their two instants, from where on the cones only open. */
  #exclude(lower: Entry<Origin>, upper: Entry<Origin>): boolean {
    const x = maxOf(lower.at, upper.at);
    return lower.key + this.#fall * x > this.#rise * x - upper.key;
  }

  #refute({ sequence, at }: Entry<Origin>, newer: Entry<Origin>): void {
    if (this.#refuted === null || sequence > this.#refuted.sequence) this.#refuted = { sequence, at: minOf(at, newer.at) };
  }

  /** Both sides as "greatest key wins": the upper side is mirrored by its sign. */
  #entry(side: Constraint, sign: bigint, slope: bigint, origin: Origin): Entry<Origin> {
    return { sequence: this.#sequence, at: side.at, key: sign * (side.value * BILLION - slope * side.at), origin };
  }

  #forget(x: bigint): void {
    const oldest = this.#sequence - this.#limits.samples;
    const stale = (entry: Pick<Entry<Origin>, "sequence" | "at"> | null | undefined) =>
      entry != null && (entry.sequence <= oldest || x - entry.at > this.#limits.age);
    while (stale(this.#lower[0])) this.#lower.shift();
    while (stale(this.#upper[0])) this.#upper.shift();
    if (stale(this.#refuted)) this.#refuted = null;
  }
}

/** Drops from the tail whatever the newcomer beats for good: it is at least as tight and leaves the window later. */
function push<Origin>(queue: Entry<Origin>[], entry: Entry<Origin>): void {
  while (queue.length > 0 && (queue.at(-1) as Entry<Origin>).key <= entry.key) queue.pop();
  queue.push(entry);
}

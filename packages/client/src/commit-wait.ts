import type { Bounded, Now } from "./answer.ts";

export interface WaitOptions {
  /** Give up after so long, ms of a monotonic clock. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What a wait ended with. Only `past` says that the moment is over. */
export type Waited =
  | { readonly kind: "past"; readonly now: Bounded }
  /** `now` says how far it is, or why nothing can be said. */
  | { readonly kind: "timed_out"; readonly now: Now }
  | { readonly kind: "aborted"; readonly now: Now };

/** What a wait asks. */
export interface Asked {
  now(): Now;
  proved(): Bounded | null;
}

const PATIENCE_MS = 10_000;
/** A timer may be this late, and a wait that is nearer than this to its end turns the event loop instead, ns. */
const TIMER_LATE_NS = 1_500_000n;
/** What is not known now may be in a while, ms. */
const UNKNOWN_PAUSE_MS = 5;
/** Looked at again at least so often, for a bound may become narrower, ms. */
const LONGEST_PAUSE_MS = 1000;

/** Waits on the intervals themselves: a clock that is stepped, and a process that is paused, make it longer and never shorter. */
export async function untilPast(client: Asked, t: bigint, { timeoutMs = PATIENCE_MS, signal }: WaitOptions): Promise<Waited> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const now = client.proved();
    if (now !== null && now.earliest > t) return { kind: "past", now };
    if (signal?.aborted === true) return { kind: "aborted", now: client.now() };
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return { kind: "timed_out", now: client.now() };
    await turn(now === null ? UNKNOWN_PAUSE_MS : timerFor(t - now.earliest), leftMs, signal);
  }
}

/** ms to sleep, so that a late timer is not too late; 0 = less than a timer can tell. */
const timerFor = (leftNs: bigint): number => (leftNs > TIMER_LATE_NS ? Number((leftNs - TIMER_LATE_NS) / 1_000_000n) : 0);

/** Over after `ms`, but no later than is left, and at once when it is given up. */
const turn = (ms: number, leftMs: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (ms < 1) return void setImmediate(resolve);
    const over = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, Math.min(ms, Math.max(1, leftMs), LONGEST_PAUSE_MS));
    signal?.addEventListener("abort", over);
  });

import { createHistogram } from "node:perf_hooks";
import type { LoopDelay } from "../metrics/process-samples.ts";
import { repeat } from "./loop.ts";

const WINDOW_MS = 15_000;
/** What is recorded is the whole time between two runs of a timer of so many ms. */
const EVERY_MS = 10;

/**
 * How late this process's timers run, window by window: whoever asks twice in one is told the same. Node's own monitor forgets with
 * each reset when its timer ran last, and so whatever held the loop right after it.
 */
export function watchLoopDelay(windowMs = WINDOW_MS): { last(): LoopDelay | null; stop(): Promise<void> } {
  const histogram = createHistogram();
  let last: LoopDelay | null = null;
  let before = process.hrtime.bigint();
  const ticking = setInterval(() => {
    const now = process.hrtime.bigint();
    histogram.record(now - before);
    before = now;
  }, EVERY_MS);
  const late = (ns: number): number => Math.max(0, ns / 1e9 - EVERY_MS / 1e3);
  const turn = async () => {
    if (histogram.count > 0) last = { p50: late(histogram.percentile(50)), p99: late(histogram.percentile(99)), max: late(histogram.max) };
    histogram.reset();
  };
  const turning = repeat(windowMs, turn);
  return {
    last: () => last,
    stop: () => {
      clearInterval(ticking);
      return turning.stop();
    },
  };
}

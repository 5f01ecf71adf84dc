import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";

/** Asks until there is an answer, or until the time is up (undefined). Asks at least once. */
export async function until<T>(ask: () => T | undefined, timeoutMs: number, everyMs = 10): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = ask();
    if (answer !== undefined || performance.now() >= deadline) return answer;
    await pause(everyMs);
  }
}

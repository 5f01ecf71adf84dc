import { setImmediate as othersFirst } from "node:timers/promises";

const TURN_MS = 15;

/** Lets others have the event loop whenever it was held for long since that was last asked. */
export function turns(mostMs: number = TURN_MS): () => Promise<void> {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < mostMs) return;
    await othersFirst();
    began = performance.now();
  };
}

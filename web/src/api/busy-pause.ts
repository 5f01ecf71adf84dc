import type { Failure } from "./answer.ts";

const BUSY = 429;
/** Where the server does not say how long. */
const USUAL_S = 5;
const LONGEST_S = 60;
const MOST_TRIES = 20;

/** For how many seconds a server that has no place just now is left alone; null = it is not asked again. `tries` so far, from 1. */
export function busyPause(failure: Failure, tries: number): number | null {
  if (failure.kind !== "refused" || failure.status !== BUSY || tries >= MOST_TRIES) return null;
  return Math.min(LONGEST_S, Math.max(1, failure.retryAfter_s ?? USUAL_S));
}

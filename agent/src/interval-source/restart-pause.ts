const SHORTEST_MS = 1000;
const LONGEST_MS = 60_000;
/** Who lasted so long is tried again as if for the first time. */
const LASTED_MS = 60_000;

/** How long to wait, ms, before a conversation is begun again: twice as long each time, up to a minute, and a second once one has lasted. */
export class RestartPause {
  #pauseMs = SHORTEST_MS;

  /** @param lastedMs how long the one that is over was open; 0 = it never was */
  next(lastedMs: number): number {
    if (lastedMs >= LASTED_MS) this.#pauseMs = SHORTEST_MS;
    const pause = this.#pauseMs;
    this.#pauseMs = Math.min(2 * pause, LONGEST_MS);
    return pause;
  }
}

const APART_MS = 1_000;
const MINUTE_MS = 60_000;
const MOST_A_MINUTE = 6;

/** Reports before their time: one a second and six a minute at most, however the clock behaves. */
export class Haste {
  #made: number[] = [];

  /** Whether one may be made now, ms of a monotonic clock; then it counts as made. */
  take(now: number): boolean {
    this.#made = this.#made.filter((at) => now - at < MINUTE_MS);
    const last = this.#made.at(-1);
    if (this.#made.length >= MOST_A_MINUTE || (last !== undefined && now - last < APART_MS)) return false;
    this.#made.push(now);
    return true;
  }
}

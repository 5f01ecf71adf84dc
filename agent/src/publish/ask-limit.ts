const PER_SECOND = 20;
const AT_ONCE = 40;

/** How often all who ask together are answered with a reading of the clocks: 20 times a second, and 40 at once after a rest. */
export class AskLimit {
  readonly #now: () => number;
  #left = AT_ONCE;
  #at: number;

  /** @param now ms, monotonic. */
  constructor(now: () => number) {
    this.#now = now;
    this.#at = now();
  }

  /** False = asked too often. */
  take(): boolean {
    const now = this.#now();
    this.#left = Math.min(AT_ONCE, this.#left + ((now - this.#at) / 1000) * PER_SECOND);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

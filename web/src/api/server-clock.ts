const RESET_MS = 5000;

/**
 * What time the server says it is. The browser's own clock is nobody's reference here: ages and "now" come from the Date
 * header, carried on by the monotonic `elapsed_ms`. The header is cut to whole seconds, so the latest reading that any
 * header supports is kept; it trails by less than a second. A server clock that was set back starts over.
 */
export class ServerClock {
  readonly #elapsed_ms: () => number;
  #ahead_ms: number | null = null;

  constructor(elapsed_ms: () => number) {
    this.#elapsed_ms = elapsed_ms;
  }

  heard(dateHeader: string | null): void {
    const date_ms = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
    if (Number.isNaN(date_ms)) return;
    const ahead_ms = date_ms - this.#elapsed_ms();
    if (this.#ahead_ms === null || ahead_ms > this.#ahead_ms || ahead_ms < this.#ahead_ms - RESET_MS) this.#ahead_ms = ahead_ms;
  }

  /** `null` until the server has answered once. */
  now_ms(): number | null {
    return this.at_ms(this.#elapsed_ms());
  }

  /** What the server's clock said at a monotonic reading of ours. */
  at_ms(elapsed_ms: number): number | null {
    return this.#ahead_ms === null ? null : elapsed_ms + this.#ahead_ms;
  }
}

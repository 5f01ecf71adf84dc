import { nearer, readTime, type TimeSeen } from "./time-seen.ts";

const RESET_MS = 5000;

/**
 * What time the server says it is. The browser's own clock is nobody's reference here: ages and "now" come from the Date
 * header, carried on by the monotonic `elapsed_ms`. The header is cut to whole seconds, so the latest reading that any
 * header supports is kept; it trails by less than a second. A server clock that was set back starts over.
 */
export class ServerClock {
  readonly #elapsed_ms: () => number;
  #ahead_ms: number | null = null;
  #seen: TimeSeen | null = null;

  constructor(elapsed_ms: () => number) {
    this.#elapsed_ms = elapsed_ms;
  }

  heard(dateHeader: string | null): void {
    const date_ms = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
    if (Number.isNaN(date_ms)) return;
    const ahead_ms = date_ms - this.#elapsed_ms();
    if (this.#ahead_ms === null || ahead_ms > this.#ahead_ms || ahead_ms < this.#ahead_ms - RESET_MS) this.#ahead_ms = ahead_ms;
  }

  /** What it said with an answer that was asked for at a monotonic reading of ours; a server of before says nothing. */
  told(header: string | null, asked_ms: number, browser_ms: number): void {
    const seen = readTime(header, { asked_ms, heard_ms: this.#elapsed_ms(), browser_ms });
    if (seen !== null) this.#seen = nearer(this.#seen, seen);
  }

  get elapsed_ms(): number {
    return this.#elapsed_ms();
  }

  get seen(): TimeSeen | null {
    return this.#seen;
  }

  /** The server's instant now, ns, and how loosely it is known here: half of the round trip by which it was asked. */
  now(): { readonly at: bigint; readonly loose: bigint } | null {
    if (this.#seen === null) return null;
    const { at, asked_ms, heard_ms } = this.#seen;
    const since_ms = this.#elapsed_ms() - (asked_ms + heard_ms) / 2;
    return { at: at + BigInt(Math.round(since_ms * 1e6)), loose: BigInt(Math.ceil(((heard_ms - asked_ms) / 2) * 1e6)) };
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

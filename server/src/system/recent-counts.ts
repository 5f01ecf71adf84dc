const MINUTE_MS = 60_000;
const HOUR_MIN = 60;

/** What happened within the last hour, to the minute, on this process's monotonic clock. It stays as small as there are kinds. */
export class RecentCounts {
  readonly #monotonic: () => number;
  readonly #minutes = new Map<number, Map<string, number>>();

  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  add(kind: string, count = 1): void {
    const minute = this.#forgetOld();
    const counts = this.#minutes.get(minute) ?? new Map<string, number>();
    counts.set(kind, (counts.get(kind) ?? 0) + count);
    this.#minutes.set(minute, counts);
  }

  /** By kind; a kind that did not happen is absent. */
  lastHour(): Map<string, number> {
    this.#forgetOld();
    const sums = new Map<string, number>();
    for (const counts of this.#minutes.values()) for (const [kind, count] of counts) sums.set(kind, (sums.get(kind) ?? 0) + count);
    return sums;
  }

  #forgetOld(): number {
    const minute = Math.floor(this.#monotonic() / MINUTE_MS);
    for (const old of this.#minutes.keys()) if (old <= minute - HOUR_MIN) this.#minutes.delete(old);
    return minute;
  }
}

/** How time passes for an agent: a monotonic clock, and what is to be done by it. */
export interface Alarm {
  /** ms; only differences mean anything. */
  now(): number;
  /** Does it once, after so many ms. The function that it returns takes that back. */
  later(delayMs: number, act: () => void): () => void;
}

/** The one of this process. */
export const PROCESS_ALARM: Alarm = {
  now: () => performance.now(),
  later: (delayMs, act) => {
    const timer = setTimeout(act, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Timers of one monotonic clock that end together. */
export class Timers {
  readonly #alarm: Alarm;
  readonly #running = new Set<() => void>();
  #stopped = false;

  constructor(alarm: Alarm = PROCESS_ALARM) {
    this.#alarm = alarm;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** ms of the clock by which they run. */
  now(): number {
    return this.#alarm.now();
  }

  later(delayMs: number, act: () => void | Promise<void>): void {
    if (this.#stopped) return;
    const cancel = this.#alarm.later(delayMs, () => {
      this.#running.delete(cancel);
      // A rejection here is a bug: unhandled, it ends the process loudly instead of stopping one loop in silence.
      void act();
    });
    this.#running.add(cancel);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#running) cancel();
    this.#running.clear();
  }
}

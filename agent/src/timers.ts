/** Timers of the monotonic clock that end together. */
export class Timers {
  readonly #running = new Set<NodeJS.Timeout>();
  #stopped = false;

  get stopped(): boolean {
    return this.#stopped;
  }

  later(delayMs: number, act: () => void | Promise<void>): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#running.delete(timer);
      // A rejection here is a bug: unhandled, it ends the process loudly instead of stopping one loop in silence.
      void act();
    }, delayMs);
    this.#running.add(timer);
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#running) clearTimeout(timer);
    this.#running.clear();
  }
}

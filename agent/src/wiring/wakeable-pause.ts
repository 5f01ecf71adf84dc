import { type Alarm, PROCESS_ALARM } from "../timers.ts";

/** Pauses on the monotonic clock: an idle wait ends when there is something to do, a back-off only with its time. */
export class WakeablePause {
  readonly #alarm: Alarm;
  #end: (() => void) | null = null;
  #idling = false;
  #woken = false;
  closed = false;

  constructor(alarm: Alarm = PROCESS_ALARM) {
    this.#alarm = alarm;
  }

  /** Resolves at the next `wake`, at once if woken since the last one, or when closed. */
  idle(): Promise<void> {
    if (this.#woken || this.closed) {
      this.#woken = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#idling = true;
      this.#end = resolve;
    });
  }

  /** Resolves after `seconds`, or when closed; a wake-up does not shorten it. */
  backOff(seconds: number): Promise<void> {
    if (this.closed) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#alarm.later(seconds * 1000, resolve);
      this.#idling = false;
      this.#end = () => {
        cancel();
        resolve();
      };
    });
  }

  wake(): void {
    if (this.#idling) this.#finish();
    else this.#woken = true;
  }

  close(): void {
    this.closed = true;
    this.#finish();
  }

  #finish(): void {
    this.#idling = false;
    this.#end?.();
    this.#end = null;
  }
}

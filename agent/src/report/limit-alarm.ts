import type { Interval } from "@truebound/time";
import { LimitWatch } from "../bound/limit-watch.ts";
import type { Timers } from "../timers.ts";
import { Haste } from "./haste.ts";

export interface LimitAlarmPorts {
  readonly report: () => void;
  readonly timers: Pick<Timers, "later">;
  /** ms of a monotonic clock. */
  readonly now: () => number;
}

/** So long after a limit was left a second report follows: by then the server has looked, and its receipt says what it wants to know. */
const ASK_BACK_MS = 2000;

/** That a limit was left needs no report interval to be told. */
export class LimitAlarm {
  readonly #ports: LimitAlarmPorts;
  readonly #watch = new LimitWatch();
  readonly #haste = new Haste();
  /** The limit was left, and no report has said so yet. */
  #isDue = false;

  constructor(ports: LimitAlarmPorts) {
    this.#ports = ports;
  }

  /** Each bound as reports tell of it. @param limitNs null = there is none. */
  look(offset: Interval | null, limitNs: number | null): void {
    if (this.#watch.look(offset, limitNs === null ? null : BigInt(limitNs))) this.#isDue = true;
  }

  /** Reports, where there is something to tell and it may be told already. */
  tell(): void {
    if (this.#isDue) this.#hurry();
  }

  /** A report was made. */
  reported(): void {
    if (this.#isDue) this.#ports.timers.later(ASK_BACK_MS, () => this.#hurry());
    this.#isDue = false;
  }

  #hurry(): void {
    const { now, report } = this.#ports;
    if (this.#haste.take(now())) report();
  }
}

import type { Steering } from "@truebound/time";
import { runningDaemon } from "../observe/running-daemon.ts";
import { steeringOf } from "../observe/steering.ts";
import { readProcessTable } from "./process-table.ts";
import { readRunningChrony } from "./running-chrony.ts";

const EVERY_MS = 60_000;

interface Now {
  readonly realtime: bigint;
  readonly boottime: bigint;
}

/** Looks once a minute who steers the clock: daemons come, go, and are told other things. */
export class SteeringWatch {
  #steering: Steering = { kind: "unknown" };
  #timer: NodeJS.Timeout | undefined;
  #distrusted = false;

  get current(): Steering {
    return this.#distrusted ? { kind: "unknown" } : this.#steering;
  }

  /** Something moved the clock faster than whoever we take for its steerer can: for the life of this process nobody is known. */
  distrust(): void {
    this.#distrusted = true;
  }

  /** From now on; `read` gives the host's clocks. */
  start(read: () => Now): void {
    this.#look(read());
    this.#timer = setInterval(() => this.#look(read()), EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(now: Now): void {
    const running = runningDaemon(readProcessTable());
    this.#steering = steeringOf(running, readRunningChrony(running, now));
  }
}

import { Worker } from "node:worker_threads";
import type { VigilRules } from "../watchdog/vigil.ts";

export const STUCK_EXIT_CODE = 70;

/** Longer than the longest interval between two readings, with room for a disk that is slow. */
const RULES: VigilRules = { periodMs: 90_000, lookMs: 1000 };

export interface VigilOrder {
  /** Counted up with each sign of life; shared, so that it is seen while the event loop is blocked. */
  readonly beats: SharedArrayBuffer;
  readonly rules: VigilRules;
  readonly exitCode: number;
}

/** A thread that ends this process when it has given no sign of life for a whole period: a supervisor then starts it again. */
export class Watchdog {
  readonly #beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;

  constructor(complain: (message: string) => void, rules: VigilRules = RULES) {
    const order: VigilOrder = { beats: this.#beats.buffer as SharedArrayBuffer, rules, exitCode: STUCK_EXIT_CODE };
    this.#worker = new Worker(new URL("./watchdog-thread.js", import.meta.url), {
      workerData: order,
      // What the process was told to load beside its program is nothing for this thread, and may be what hangs.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
    });
    this.#worker.on("error", (error) => complain(`the watchdog has ended: ${error.message}; nobody notices now if this agent hangs`));
    this.#worker.unref();
  }

  beat(): void {
    Atomics.add(this.#beats, 0, 1);
  }

  close(): void {
    void this.#worker.terminate();
  }
}

import { Worker } from "node:worker_threads";
import type { VigilRules } from "../watchdog/vigil.ts";
import { KernelFuse } from "./kernel-fuse.ts";
import { loadLibc } from "./libc.ts";

export const STUCK_EXIT_CODE = 70;

/** Longer than the longest interval between two readings, with room for a disk that is slow. */
const RULES: VigilRules = { periodMs: 90_000, lookMs: 1000 };

export interface VigilOrder {
  /** Counted up with each sign of life; shared, so that it is seen while the event loop is blocked. */
  readonly beats: SharedArrayBuffer;
  readonly rules: VigilRules;
  readonly exitCode: number;
}

/** Of the period so much is left, s, when its end is told. */
const GRACE_S = 5;

interface Guard {
  beat(): void;
  close(): void;
}

/**
 * Ends this process when it has given no sign of life for a whole period: a supervisor then starts it again. By the C library where
 * it can be called, else by a thread, which takes as much memory as a small program.
 */
export class Watchdog {
  readonly #guard: Guard;

  constructor(complain: (message: string) => void, rules: VigilRules = RULES) {
    this.#guard = byLibrary(rules) ?? new GuardThread(complain, rules);
  }

  beat(): void {
    this.#guard.beat();
  }

  close(): void {
    this.#guard.close();
  }
}

function byLibrary({ periodMs }: VigilRules): Guard | null {
  const { libc } = loadLibc();
  const graceS = Math.min(GRACE_S, Math.floor(periodMs / 2000));
  if (libc === null || graceS < 1) return null;
  const toldMs = periodMs - graceS * 1000;
  const words = `cannot go on: no clock was read and no report kept for ${toldMs / 1000} s; ending in ${graceS} s to be started again, unless it goes on`;
  return KernelFuse.light(libc, { periodMs: toldMs, graceS }, words);
}

/** Its event loop turns while that of the process is blocked. */
class GuardThread implements Guard {
  readonly #beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;

  constructor(complain: (message: string) => void, rules: VigilRules) {
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

import { Worker } from "node:worker_threads";

export interface BusyOrder {
  /** Set to 1 when the work is to end. */
  readonly stop: SharedArrayBuffer;
  /** They end by themselves then, whatever becomes of the test. */
  readonly longestMs: number;
}

const LONGEST_MS = 3_600_000;

/** So many threads that keep a processor busy each, until they are closed. */
export class BusyWorkers {
  readonly #stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #workers: readonly Worker[];

  private constructor(count: number) {
    const order: BusyOrder = { stop: this.#stop.buffer as SharedArrayBuffer, longestMs: LONGEST_MS };
    const url = new URL("./busy-thread.js", import.meta.url);
    this.#workers = Array.from({ length: count }, () => new Worker(url, { workerData: order, execArgv: [] }));
  }

  /** Resolves when all of them are at work. */
  static async start(count: number): Promise<BusyWorkers> {
    const busy = new BusyWorkers(count);
    await Promise.all(
      busy.#workers.map((worker) => new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject))),
    );
    return busy;
  }

  async close(): Promise<void> {
    Atomics.store(this.#stop, 0, 1);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

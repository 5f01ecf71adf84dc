import { parentPort, workerData } from "node:worker_threads";
import type { BusyOrder } from "./busy-workers.ts";

const { stop, longestMs } = workerData as BusyOrder;
const flag = new Int32Array(stop);
const end = performance.now() + longestMs;
/** Larger than most caches of the second level, so that memory is busy too. */
const field = new Float64Array(262_144);

parentPort?.postMessage("busy");
for (let turn = 1; Atomics.load(flag, 0) === 0 && performance.now() < end; turn++)
  for (let index = 0; index < field.length; index++) field[index] = Math.sqrt((field[index] as number) + turn);

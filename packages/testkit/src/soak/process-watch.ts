import { readdirSync, readFileSync } from "node:fs";
import type { Point } from "./slope.ts";

export const MIB = 1024 * 1024;

/** Bytes of a process that lie in memory; throws once it is gone. */
export const residentBytes = (pid: number): number => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error(`Cannot read the memory of process ${pid}`);
  return Number(kilobytes) * 1024;
};

export const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Looks at a process again and again; `stop` gives what was seen. */
export function watchMemory(pid: number, everyMs: number): { stop(): Point[] } {
  const began = performance.now();
  const points: Point[] = [];
  const look = () => void points.push({ atS: (performance.now() - began) / 1_000, value: residentBytes(pid) / MIB });
  const timer = setInterval(look, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      return points;
    },
  };
}

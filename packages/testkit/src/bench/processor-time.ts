import { readdirSync, readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;

interface ProcessTime {
  readonly parent: number;
  readonly seconds: number;
}

/** User and system time of a process, with that of children that have ended; null = it is gone. */
function processTime(pid: number | string): ProcessTime | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
    const ticks = [11, 12, 13, 14].reduce((sum, field) => sum + Number(fields[field]), 0);
    return { parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND };
  } catch {
    return null;
  }
}

/** Seconds of processor that a process and its direct children have used so far. */
export function processorSeconds(pid: number): number {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const times = all.map((name) => ({ name, time: processTime(name) }));
  return times.reduce(
    (sum, { name, time }) => sum + (time !== null && (Number(name) === pid || time.parent === pid) ? time.seconds : 0),
    0,
  );
}

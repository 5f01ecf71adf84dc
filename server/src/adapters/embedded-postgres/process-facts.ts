import { readFileSync, readlinkSync } from "node:fs";
import { errorCode } from "./startup-error.ts";

/** A process id alone is reused; with its start time (clock ticks since boot) it names one process until reboot. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTicks: string;
}

export interface ProcessFacts extends ProcessIdentity {
  readonly argv: readonly string[];
  /** Undefined when /proc does not let us see it. */
  readonly cwd: string | undefined;
}

/** Undefined when there is no such process, or only its unreaped remains (a zombie serves nobody). */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readGone(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  return stat === undefined ? undefined : parseStat(stat);
}

export const isRunning = (process: ProcessIdentity): boolean => identify(process.pid)?.startTicks === process.startTicks;

export function observe(pid: number): ProcessFacts | undefined {
  const identity = identify(pid);
  const commandLine = readGone(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"));
  if (identity === undefined || commandLine === undefined) return undefined;
  return { ...identity, argv: commandLine.split("\0"), cwd: readGone(() => readlinkSync(`/proc/${pid}/cwd`)) };
}

/** proc(5): the second field is the name in brackets and may hold anything, so count from the last bracket. */
export function parseStat(stat: string): ProcessIdentity | undefined {
  const pid = Number.parseInt(stat, 10);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, startTicks] = [fields[0], fields[19]];
  if (Number.isNaN(pid) || startTicks === undefined || state === "Z" || state === "X") return undefined;
  return { pid, startTicks };
}

/** ESRCH comes when the process ends between open and read; EACCES when /proc hides others' processes. */
function readGone(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (["ENOENT", "ESRCH", "EACCES", "EPERM"].includes(errorCode(error) ?? "")) return undefined;
    throw error;
  }
}

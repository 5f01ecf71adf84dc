import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassingError } from "../config.ts";

/** Who uses a data folder: a process is known by its number and by when it began, since numbers are given again. */
interface Holder {
  readonly pid: number;
  /** In ticks since the start of the machine, from /proc. */
  readonly began: string;
  readonly bootId: string;
}

const NAME = "agent.lock";

/** The process that uses this folder now; null = none does. */
export function holderOf(folder: string, bootId: string): number | null {
  const held = read(join(folder, NAME));
  if (held === null || held.bootId !== bootId || held.pid === process.pid) return null;
  return beganAt(held.pid) === held.began ? held.pid : null;
}

/** Throws where another process uses this folder. */
export function refuseHeld(folder: string, bootId: string): void {
  const holder = holderOf(folder, bootId);
  if (holder !== null)
    throw new PassingError(
      `Cannot use the folder ${folder}: truebound-agent runs on it already, as process ${holder}; stop that one first`,
    );
}

/** Takes the folder for this process: two agents on one spool would each take the other for a copy. Returns what gives it back. */
export function lockFolder(folder: string, bootId: string): () => void {
  refuseHeld(folder, bootId);
  const path = join(folder, NAME);
  const own: Holder = { pid: process.pid, began: beganAt(process.pid) ?? "", bootId };
  try {
    writeFileSync(path, JSON.stringify(own), { mode: 0o600 });
  } catch {
    // On a full or read-only disk the agent measures all the same.
    return () => undefined;
  }
  return () => rmSync(path, { force: true });
}

function read(path: string): Holder | null {
  try {
    const { pid, began, bootId } = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder>;
    return typeof pid === "number" && typeof began === "string" && typeof bootId === "string" ? { pid, began, bootId } : null;
  } catch {
    return null; // not there, or torn
  }
}

function beganAt(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ")[19] ?? null;
  } catch {
    return null; // gone
  }
}

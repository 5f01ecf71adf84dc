import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { endWithUs } from "./children.ts";

/** A namespace lives as long as a process in it: one that ends by itself leaves nothing behind, whatever becomes of us. */
const HOLDS_FOR_S = 1800;
const run = promisify(execFile);

/** A command that runs another one inside. */
export const inside = (pid: number): string[] => ["nsenter", `--net=/proc/${pid}/ns/net`];

/** Runs a command inside to its end. */
export async function runInside(pid: number, words: readonly string[]): Promise<void> {
  const [command = "", ...rest] = [...inside(pid), ...words];
  await run(command, rest, { timeout: 10_000 });
}

/** Sets up a namespace's network. */
export const ip = (pid: number, args: readonly string[]): Promise<void> => runInside(pid, ["ip", ...args]);

/** A process in a namespace of its own. */
export function hold(): ChildProcess {
  const child = spawn("unshare", ["--net", "sleep", String(HOLDS_FOR_S)], { stdio: ["ignore", "ignore", "pipe"] });
  return endWithUs(child);
}

const TRIES = 100;

/** Its pid, once it is in a namespace of its own. */
export async function entered(holder: ChildProcess): Promise<number> {
  let said = "";
  let gone: string | null = null;
  holder.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  holder.once("error", (error) => (gone = error.message));
  holder.once("exit", (code) => (gone ??= `exit ${code}`));
  const ours = readlinkSync("/proc/self/ns/net");
  for (let attempt = 0; attempt < TRIES && gone === null; attempt++) {
    if (holder.pid !== undefined && namespaceOf(holder.pid) !== ours) return holder.pid;
    await pause(20);
  }
  throw new Error(said.trim() || (gone ?? "the namespace did not appear within 2 s"));
}

/** While it is not known: ours. */
function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return readlinkSync("/proc/self/ns/net");
  }
}

/** The first line of what a command said, or of the error itself. */
export function reasonOf(error: unknown): string {
  const said = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  const text = said.trim() || (error instanceof Error ? error.message : String(error));
  return `network namespaces cannot be made here: ${text.split("\n")[0]}`;
}

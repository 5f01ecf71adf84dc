import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const PID_FILE = "postmaster.pid";
/** Data folders of tests lie no deeper below their folder for temporary files. */
const DEEPEST = 4;
const LOOK_MS = 50;
/** PostgreSQL drops its clients at once and writes a checkpoint; after so long it is killed. */
const PATIENCE_LOOKS = 200;

/** Ends every PostgreSQL whose data lies in a folder: each is in a session of its own, and outlives whoever started it. Says how many. */
export async function endPostmasters(folder: string): Promise<number> {
  const running = [...dataFolders(folder, DEEPEST)].flatMap((data) => postmasterOf(data) ?? []);
  await Promise.all(running.map(ended));
  return running.length;
}

function* dataFolders(folder: string, deep: number): Generator<string> {
  if (existsSync(join(folder, PID_FILE))) yield folder;
  if (deep === 0 || existsSync(join(folder, "PG_VERSION"))) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) yield* dataFolders(join(folder, entry.name), deep - 1);
}

/** Null = it is over, and its number perhaps another's: a postmaster works in its data folder. */
function postmasterOf(data: string): number | null {
  const pid = Number(readFileSync(join(data, PID_FILE), "utf8").split("\n")[0]);
  return Number.isSafeInteger(pid) && pid > 1 && worksIn(pid, data) ? pid : null;
}

function worksIn(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false; // there is no such process, or it is none of ours
  }
}

async function ended(pid: number): Promise<void> {
  signal(pid, "SIGINT");
  for (let looks = 0; isThere(pid) && looks < PATIENCE_LOOKS; looks++) await pause(LOOK_MS);
  signal(pid, "SIGKILL");
}

/** One that has ended and that nobody has asked for yet (a zombie) counts as gone. */
function isThere(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

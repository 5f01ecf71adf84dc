import { dirname } from "node:path";
import { type RunAs, runProgram } from "./run-program.ts";
import { StartupError } from "./startup-error.ts";
import { statIfAny } from "./stat-if-any.ts";

export interface FolderMode {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

const PROBE_TIMEOUT_MS = 10_000;

/** Refuses a data folder that the user of PostgreSQL cannot get to, before anything is created in it. */
export async function requireReachable(dataDir: string, runAs: RunAs | undefined): Promise<void> {
  if (runAs === undefined) return;
  const folders = existing(ancestors(dataDir));
  const deepest = folders.at(-1)?.path ?? "/";
  // The shell asks the kernel, which also knows access lists; the mode bits only tell which folder to name.
  const probe = await runProgram("/bin/sh", ["-c", 'cd -- "$1"', "sh", deepest], {
    runAs,
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  if (!probe.ok) throw unreachable(dataDir, runAs, firstClosed(folders, runAs)?.path, probe.text);
}

function unreachable(dataDir: string, runAs: RunAs, closed: string | undefined, reason: string): StartupError {
  const what = closed === undefined ? reason : `the folder ${closed} is closed to that user`;
  const open = closed === dataDir ? `, or run: chmod o+x ${closed}` : "";
  return new StartupError(
    `Cannot use the data folder ${dataDir}: PostgreSQL does not run as root but as user ${runAs.name}, and ${what}; ` +
      `set TRUEBOUND_DATA_DIR to a folder elsewhere, for example /var/lib/truebound${open}`,
    78,
  );
}

/** "/a/b" gives "/", "/a", "/a/b". */
export function ancestors(path: string): readonly string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...ancestors(parent), path];
}

function existing(paths: readonly string[]): readonly FolderMode[] {
  return paths.flatMap((path) => {
    const found = statIfAny(path);
    return found?.isDirectory() ? [{ path, uid: found.uid, gid: found.gid, mode: found.mode }] : [];
  });
}

export const firstClosed = (folders: readonly FolderMode[], user: Pick<RunAs, "uid" | "gid">): FolderMode | undefined =>
  folders.find((folder) => !mayEnter(folder, user));

/** Only one class counts: an owner without the bit is refused even where everybody else may enter. */
export function mayEnter(folder: FolderMode, user: Pick<RunAs, "uid" | "gid">): boolean {
  if (folder.uid === user.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === user.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}

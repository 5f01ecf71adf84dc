import { randomBytes } from "node:crypto";
import {
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { diskHint } from "./disk-hint.ts";
import type { Layout } from "./layout.ts";
import type { Programs } from "./programs.ts";
import { requireNamedUser } from "./run-as.ts";
import { type RunAs, runProgram } from "./run-program.ts";
import { errorCode, fileTrouble, messageOf, StartupError } from "./startup-error.ts";
import { statIfAny } from "./stat-if-any.ts";

export const SUPERUSER = "truebound";

const INITDB_TIMEOUT_MS = 180_000;
const PASSWORD_BYTES = 32;

/** True when a cluster is there that programs of this major version can open; throws when they cannot. */
export function hasCluster(layout: Layout, major: number): boolean {
  const found = readVersion(layout.cluster);
  if (found === undefined) return false;
  if (found === String(major)) return true;
  throw new StartupError(
    `Cannot open the database in ${layout.cluster}: it was made by PostgreSQL ${found} and this Truebound brings ${major}; ` +
      "use the Truebound that made it, or set TRUEBOUND_DATA_DIR to another folder",
    78,
  );
}

function readVersion(cluster: string): string | undefined {
  try {
    return readFileSync(join(cluster, "PG_VERSION"), "utf8").trim();
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw fileTrouble(`read the database in ${cluster}`, error);
  }
}

/**
 * initdb works in a folder of its own that gets its name when all is done and on disk, so an interrupted one leaves
 * nothing that looks like a database. Each try has a name of its own too: an initdb that outlived us may still write.
 */
export async function createCluster(
  layout: Layout,
  programs: Programs,
  runAs: RunAs | undefined,
  log: (message: string) => void,
): Promise<void> {
  requireNamedUser(runAs);
  removeUnfinished(layout, log);
  requireVacant(layout.cluster);
  const unfinished = `${layout.unfinished}${randomBytes(6).toString("hex")}`;
  writePassword(layout.password, runAs);
  makeFolder(unfinished, runAs);
  log(`Creating a database in ${layout.cluster}`);
  const outcome = await runProgram(programs.initdb, initdbArguments(unfinished, layout.password), {
    runAs,
    timeoutMs: INITDB_TIMEOUT_MS,
  });
  if (!outcome.ok) throw initdbFailed(layout, unfinished, outcome.text);
  putInPlace(unfinished, layout);
}

/** Names sort and compare by code point on every machine, in and out of the system's own locales. */
const initdbArguments = (folder: string, passwordFile: string): readonly string[] => [
  `--pgdata=${folder}`,
  `--username=${SUPERUSER}`,
  `--pwfile=${passwordFile}`,
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--data-checksums",
  "--no-instructions",
];

function removeUnfinished(layout: Layout, log: (message: string) => void): void {
  for (const name of readdirSync(layout.root)) {
    if (!name.startsWith(basename(layout.unfinished))) continue;
    try {
      rmSync(join(layout.root, name), { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      log(`Left ${name} behind in ${layout.root}, the next start tries again: ${messageOf(error)}`);
    }
  }
}

function requireVacant(cluster: string): void {
  const found = statIfAny(cluster);
  if (found === undefined || (found.isDirectory() && readdirSync(cluster).length === 0)) return;
  throw new StartupError(
    `Cannot create a database in ${cluster}: something is there that is no PostgreSQL database; ` +
      "move it away, or set TRUEBOUND_DATA_DIR to another folder",
    78,
  );
}

function initdbFailed(layout: Layout, unfinished: string, reason: string): StartupError {
  rmSync(unfinished, { recursive: true, force: true, maxRetries: 3 });
  return new StartupError(`Cannot create a database in ${layout.cluster}: initdb failed${diskHint(layout.root)}: ${reason}`, 1);
}

/**
 * Belongs to the user of PostgreSQL, because initdb reads it as that user. One that exists is kept: its cluster may
 * only be away for a while. What is too short is the rest of an interrupted write.
 */
function writePassword(path: string, runAs: RunAs | undefined): void {
  try {
    if ((statIfAny(path)?.size ?? 0) < PASSWORD_BYTES) {
      rmSync(path, { force: true });
      writeFileSync(path, randomBytes(PASSWORD_BYTES).toString("base64url"), { mode: 0o600, flag: "wx", flush: true });
    }
    if (runAs !== undefined) chownSync(path, runAs.uid, runAs.gid);
  } catch (error) {
    throw fileTrouble(`write ${path}`, error);
  }
}

export function readPassword(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    if (errorCode(cause) !== "ENOENT") throw fileTrouble(`read ${path}`, cause);
    throw new StartupError(
      `Cannot open the embedded database without its password file ${path}: ` +
        "restore that file, or move the folder postgres beside it away to start with an empty database",
      78,
      { cause },
    );
  }
}

function makeFolder(path: string, runAs: RunAs | undefined): void {
  try {
    mkdirSync(path, { mode: 0o700 });
    if (runAs !== undefined) chownSync(path, runAs.uid, runAs.gid);
  } catch (error) {
    throw fileTrouble(`create ${path}`, error);
  }
}

function putInPlace(unfinished: string, layout: Layout): void {
  try {
    renameSync(unfinished, layout.cluster);
    syncFolder(layout.root);
  } catch (error) {
    throw fileTrouble(`give ${unfinished} its name ${layout.cluster}`, error);
  }
}

function syncFolder(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

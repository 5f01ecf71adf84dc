import { chmodSync, mkdirSync, realpathSync } from "node:fs";
import { isAbsolute } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createCluster, hasCluster, readPassword } from "./cluster.ts";
import { type Access, ensureDatabase, urlOf } from "./database.ts";
import { diskHint } from "./disk-hint.ts";
import { type InstanceLock, lockInstance } from "./instance-lock.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { adoptOrClear } from "./orphan.ts";
import { locatePackage, type PlatformPackage } from "./platform-package.ts";
import { type LaunchOutcome, launch, stopPostmaster } from "./postmaster.ts";
import type { ProcessIdentity } from "./process-facts.ts";
import { type Programs, preparePrograms, removeOtherCopies } from "./programs.ts";
import { ancestors, requireReachable } from "./reach.ts";
import { chooseRunAs } from "./run-as.ts";
import type { RunAs } from "./run-program.ts";
import { errorCode, fileTrouble, messageOf, StartupError } from "./startup-error.ts";
import { statIfAny } from "./stat-if-any.ts";

export interface EmbeddedPostgres {
  readonly url: string;
  readonly pid: number;
  /** Whether it was found running, left behind by an earlier Truebound. */
  readonly adopted: boolean;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Absolute. Ours in it are the names that start with `postgres`. */
  readonly dataDir: string;
  readonly log: (message: string) => void;
}

/** All that one start has found out. */
interface Start {
  readonly layout: Layout;
  readonly pack: PlatformPackage;
  readonly runAs: RunAs | undefined;
  readonly lock: InstanceLock;
  readonly log: (message: string) => void;
}

interface Running extends Access {
  readonly process: ProcessIdentity;
  readonly adopted: boolean;
}

const LAUNCH_ATTEMPTS = 10;
const RETRY_PAUSE_MS = 200;
const WRONG_PASSWORD = "28P01";

export async function startEmbeddedPostgres({ dataDir, log }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const pack = locatePackage();
  if (!isAbsolute(dataDir)) throw new StartupError(`Cannot use the data folder ${dataDir}: set TRUEBOUND_DATA_DIR to an absolute path`, 78);
  const runAs = await chooseRunAs(layoutOf(dataDir).cluster, log);
  await requireReachable(dataDir, runAs);
  const layout = layoutOf(createDataDir(dataDir, runAs));
  const lock = await lockInstance(layout.lock, dataDir);
  try {
    return await startLocked({ layout, pack, runAs, lock, log });
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startLocked(start: Start): Promise<EmbeddedPostgres> {
  const running = await adoptOrLaunch(start);
  let stopping: Promise<void> | undefined;
  return {
    url: urlOf(running),
    pid: running.process.pid,
    adopted: running.adopted,
    stop: () => {
      stopping ??= stopPostmaster(running.process, start.log).finally(() => start.lock.release());
      return stopping;
    },
  };
}

async function adoptOrLaunch(start: Start): Promise<Running> {
  const { layout, pack, runAs, log } = start;
  const exists = hasCluster(layout, pack.major);
  const orphan = exists ? await adopt(start, readPassword(layout.password)) : undefined;
  if (orphan !== undefined) return orphan;
  const programs = await preparePrograms(pack, layout.programs, runAs, log);
  removeOtherCopies(layout.programs, pack.version, log);
  if (!exists) await createCluster(layout, programs, runAs, log);
  const running = await launchPatiently(start, programs, readPassword(layout.password));
  return running.adopted ? running : await provenOrStopped(start, running);
}

async function adopt({ layout, log }: Start, password: string): Promise<Running | undefined> {
  const orphan = await adoptOrClear(layout.cluster, password, log);
  return orphan === undefined ? undefined : { process: orphan.process, port: orphan.port, password, adopted: true };
}

/** Retries what passes: a port that was taken in between, and a cluster still held by what is left of a dead postmaster. */
async function launchPatiently(start: Start, programs: Programs, password: string): Promise<Running> {
  const { layout, runAs, log } = start;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await launch({
      postgres: programs.postgres,
      cluster: layout.cluster,
      logPath: layout.log,
      runAs,
      log,
    });
    if (outcome.kind === "ready") return { process: outcome.process, port: outcome.port, password, adopted: false };
    if (outcome.cause === "other" || attempt === LAUNCH_ATTEMPTS) throw launchFailed(layout, outcome);
    log(`PostgreSQL did not start, trying again: ${outcome.detail}`);
    await pause(RETRY_PAUSE_MS);
    const orphan = outcome.cause === "cluster_locked" ? await adopt(start, password) : undefined;
    if (orphan !== undefined) return orphan;
  }
}

const launchFailed = (layout: Layout, { detail }: Extract<LaunchOutcome, { kind: "failed" }>): StartupError =>
  new StartupError(
    `Cannot start the embedded PostgreSQL on ${layout.cluster}: it ${detail}${diskHint(layout.root)}; the whole log is ${layout.log}`,
    1,
  );

async function provenOrStopped({ layout, log }: Start, running: Running): Promise<Running> {
  try {
    await ensureDatabase(running);
    return running;
  } catch (cause) {
    await stopPostmaster(running.process, log);
    throw new StartupError(
      `Cannot use the embedded PostgreSQL on ${layout.cluster} with the password in ${layout.password}: ${messageOf(cause)}${diskHint(layout.root)}`,
      errorCode(cause) === WRONG_PASSWORD ? 78 : 1,
      { cause },
    );
  }
}

/** Returns its real path, which is what /proc shows. What we create as root, the user of PostgreSQL can pass through. */
function createDataDir(dataDir: string, runAs: RunAs | undefined): string {
  try {
    for (const path of ancestors(dataDir)) if (!statIfAny(path)?.isDirectory()) createFolder(path, runAs);
    return realpathSync(dataDir);
  } catch (cause) {
    throw fileTrouble(`create the data folder ${dataDir}`, cause);
  }
}

function createFolder(path: string, runAs: RunAs | undefined): void {
  try {
    mkdirSync(path, { mode: 0o700 });
    if (runAs !== undefined) chmodSync(path, 0o711);
  } catch (error) {
    // Another Truebound that starts in this moment may have been first; the lock decides between us.
    if (!statIfAny(path)?.isDirectory()) throw error;
  }
}

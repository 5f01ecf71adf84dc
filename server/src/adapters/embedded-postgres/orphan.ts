import { rmSync } from "node:fs";
import { type Access, ensureDatabase } from "./database.ts";
import { stopPostmaster } from "./postmaster.ts";
import { judge, pidFilePath, readPidFile, type Verdict } from "./postmaster-pid.ts";
import { observe, type ProcessIdentity } from "./process-facts.ts";
import { fileTrouble, messageOf } from "./startup-error.ts";
import { until } from "./wait.ts";

/** A postmaster of our cluster that goes on without us, since its Truebound was killed. */
export interface Orphan {
  readonly process: ProcessIdentity;
  readonly port: number;
}

/** As long as for a postmaster of our own: this one too may be replaying its log. */
const STARTING_TIMEOUT_MS = 600_000;

/** Returns the postmaster to adopt. When there is none the cluster is free: what stood in the way was ended or removed. */
export async function adoptOrClear(cluster: string, password: string, log: (message: string) => void): Promise<Orphan | undefined> {
  const verdict = (await until(() => settled(look(cluster)), STARTING_TIMEOUT_MS, 50)) ?? look(cluster);
  switch (verdict.kind) {
    case "free":
      return undefined;
    case "stale":
      return removeStale(cluster, verdict.pid, log);
    case "serving":
      if (await answers({ port: verdict.port, password }, verdict.process, log)) return verdict;
      return stop(verdict.process, log);
    case "starting":
    case "stopping":
      return stop(verdict.process, log);
    default:
      return verdict satisfies never;
  }
}

function look(cluster: string): Verdict {
  const file = readPidFile(cluster);
  return judge(file, file === undefined ? undefined : observe(file.pid), cluster);
}

const settled = (verdict: Verdict): Verdict | undefined => (verdict.kind === "starting" ? undefined : verdict);

async function answers(access: Access, { pid }: ProcessIdentity, log: (message: string) => void): Promise<boolean> {
  try {
    await ensureDatabase(access);
    log(`Adopted the PostgreSQL that an earlier Truebound left running (process ${pid})`);
    return true;
  } catch (error) {
    log(`PostgreSQL left by an earlier Truebound (process ${pid}) does not answer, so it is stopped: ${messageOf(error)}`);
    return false;
  }
}

async function stop(process: ProcessIdentity, log: (message: string) => void): Promise<undefined> {
  await stopPostmaster(process, log);
}

/** Safe: we hold the lock of the data folder, and PostgreSQL still refuses shared memory that is in use. */
function removeStale(cluster: string, pid: number, log: (message: string) => void): undefined {
  const path = pidFilePath(cluster);
  log(`Removing ${path}: its process ${pid} is not a PostgreSQL of this folder`);
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw fileTrouble(`remove ${path}`, error);
  }
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import { createServer } from "node:net";
import { type LogFile, openLog, readLogFrom } from "./log-file.ts";
import { readPidFile } from "./postmaster-pid.ts";
import { identify, isRunning, type ProcessIdentity } from "./process-facts.ts";
import { lastLines, type RunAs, spawnSettings } from "./run-program.ts";
import { errorCode, messageOf, StartupError } from "./startup-error.ts";
import { until } from "./wait.ts";

export interface Launch {
  readonly postgres: string;
  readonly cluster: string;
  readonly logPath: string;
  readonly runAs: RunAs | undefined;
  readonly log: (message: string) => void;
}

export type LaunchOutcome =
  | { readonly kind: "ready"; readonly process: ProcessIdentity; readonly port: number }
  | { readonly kind: "failed"; readonly cause: FailureCause; readonly detail: string };

/** The first two pass: another port may be free, and the remains of a dead postmaster go away. */
export type FailureCause = "port_taken" | "cluster_locked" | "other";

/** Long, because after a crash PostgreSQL first replays its log; giving up would only make it begin again. */
const READY_TIMEOUT_MS = 600_000;
const STOP_TIMEOUT_MS = 30_000;
const ABORT_TIMEOUT_MS = 15_000;
const PATIENCE_MS = 5_000;

export async function launch(options: Launch): Promise<LaunchOutcome> {
  const port = await freePort();
  const logFile = openLog(options.logPath);
  const child = await spawnPostgres(options, port, logFile);
  const process = child.pid === undefined ? undefined : identify(child.pid);
  const ready = process !== undefined && (await becameReady(child, options));
  if (!ready || process === undefined) return failure(child, options, logFile);
  reportEnd(child, options, logFile);
  return { kind: "ready", process, port };
}

async function spawnPostgres(options: Launch, port: number, logFile: LogFile): Promise<ChildProcess> {
  try {
    const child = spawn(options.postgres, serverArguments(options.cluster, port), {
      ...spawnSettings(options.runAs),
      // A session of its own: Ctrl-C reaches us alone, and we stop it in good order.
      detached: true,
      stdio: ["ignore", logFile.fd, logFile.fd],
    });
    child.unref();
    await once(child, "spawn");
    return child;
  } catch (cause) {
    throw new StartupError(`Cannot run ${options.postgres}: ${messageOf(cause)}; mend that, or set DATABASE_URL`, 1, {
      cause,
    });
  } finally {
    closeSync(logFile.fd);
  }
}

const serverArguments = (cluster: string, port: number): readonly string[] => [
  "-D",
  cluster,
  ...Object.entries({
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    logging_collector: "off",
    log_destination: "stderr",
    log_checkpoints: "off",
    timezone: "UTC",
    log_timezone: "UTC",
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
];

async function becameReady(child: ChildProcess, { cluster, log }: Launch): Promise<boolean> {
  const look = () => (hasEnded(child) ? false : isReady(cluster, child.pid) ? true : undefined);
  const soon = await until(look, PATIENCE_MS);
  if (soon !== undefined) return soon;
  log("PostgreSQL is still starting, probably replaying its log after a crash");
  const late = await until(look, READY_TIMEOUT_MS, 100);
  const process = child.pid === undefined ? undefined : identify(child.pid);
  if (late === undefined && process !== undefined) await stopPostmaster(process, log);
  return late ?? false;
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function isReady(cluster: string, pid: number | undefined): boolean {
  const file = readPidFile(cluster);
  return file !== undefined && file.pid === pid && file.status === "ready";
}

function failure(child: ChildProcess, { logPath }: Launch, { offset }: LogFile): LaunchOutcome {
  const text = readLogFrom(logPath, offset);
  const ending = `ended with ${child.signalCode ?? `code ${child.exitCode}`}`;
  return {
    kind: "failed",
    cause: failureCause(text),
    detail: `${ending}: ${lastLines(text) || "it wrote nothing to its log"}`,
  };
}

export function failureCause(logText: string): FailureCause {
  if (/lock file ".*" already exists|pre-existing shared memory block/.test(logText)) return "cluster_locked";
  if (/Address already in use|could not create any TCP\/IP sockets/.test(logText)) return "port_taken";
  return "other";
}

function reportEnd(child: ChildProcess, { logPath, log }: Launch, { offset }: LogFile): void {
  child.once("exit", (code, signal) => {
    if (code !== 0) log(`PostgreSQL ended with ${signal ?? `code ${code}`}: ${lastLines(readLogFrom(logPath, offset))}`);
  });
}

/** Free now; that it still is when PostgreSQL takes it is likely, not certain, so the caller tries again. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error(`Cannot read the port of ${String(address)}`);
  return address.port;
}

/** First the fast shutdown, which closes the database cleanly; then the immediate one, which needs a replay later. */
export async function stopPostmaster(process: ProcessIdentity, log: (message: string) => void): Promise<void> {
  if (await endedAfter(process, "SIGINT", STOP_TIMEOUT_MS)) return;
  log(`PostgreSQL (process ${process.pid}) did not stop within ${STOP_TIMEOUT_MS} ms; aborting it`);
  if (await endedAfter(process, "SIGQUIT", ABORT_TIMEOUT_MS)) return;
  throw new StartupError(`Cannot stop PostgreSQL (process ${process.pid}) with SIGINT or SIGQUIT; stop it by hand`, 1);
}

async function endedAfter(process: ProcessIdentity, name: NodeJS.Signals, timeoutMs: number): Promise<boolean> {
  signal(process, name);
  // A suspended process acts on a signal only once it goes on; to any other this says nothing.
  signal(process, "SIGCONT");
  return (await until(() => (isRunning(process) ? undefined : true), timeoutMs)) ?? false;
}

function signal(target: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, name);
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { ProcessFacts, ProcessIdentity } from "./process-facts.ts";
import { errorCode, fileTrouble } from "./startup-error.ts";

/** What PostgreSQL writes into its lock file, line by line; the later lines come while it starts. */
export interface PidFile {
  readonly pid: number;
  readonly port: number | undefined;
  readonly status: string | undefined;
}

/** What to think of a postmaster.pid that was found in our cluster. */
export type Verdict =
  /** Nothing runs. A file that a dead process left is replaced by PostgreSQL itself. */
  | { readonly kind: "free" }
  /** The number now belongs to another program. PostgreSQL would refuse to start, for ever. */
  | { readonly kind: "stale"; readonly pid: number }
  | { readonly kind: "starting"; readonly process: ProcessIdentity }
  | { readonly kind: "serving"; readonly process: ProcessIdentity; readonly port: number }
  | { readonly kind: "stopping"; readonly process: ProcessIdentity };

export function judge(file: PidFile | undefined, facts: ProcessFacts | undefined, cluster: string): Verdict {
  if (file === undefined || facts === undefined) return { kind: "free" };
  if (!isPostmasterOf(facts, cluster)) return { kind: "stale", pid: file.pid };
  const process = { pid: facts.pid, startTicks: facts.startTicks };
  if (file.status === "stopping") return { kind: "stopping", process };
  if (file.status !== "ready" || file.port === undefined) return { kind: "starting", process };
  return { kind: "serving", process, port: file.port };
}

/** The postmaster works inside its cluster; its children do too, but call themselves "postgres: something". */
export function isPostmasterOf({ argv, cwd }: Pick<ProcessFacts, "argv" | "cwd">, cluster: string): boolean {
  if (basename(argv[0] ?? "") !== "postgres") return false;
  return cwd === undefined ? argv[argv.indexOf("-D") + 1] === cluster : cwd === cluster;
}

export function parsePidFile(text: string): PidFile | undefined {
  const lines = text.split("\n");
  const pid = wholeNumber(lines[0]);
  if (pid === undefined) return undefined;
  return { pid, port: wholeNumber(lines[3]), status: lines[7]?.trim() };
}

const wholeNumber = (text: string | undefined): number | undefined => (/^[1-9]\d*$/.test(text?.trim() ?? "") ? Number(text) : undefined);

export const pidFilePath = (cluster: string): string => join(cluster, "postmaster.pid");

export function readPidFile(cluster: string): PidFile | undefined {
  try {
    return parsePidFile(readFileSync(pidFilePath(cluster), "utf8"));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw fileTrouble(`read ${pidFilePath(cluster)}`, error);
  }
}

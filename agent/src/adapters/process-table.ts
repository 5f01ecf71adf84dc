import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { isTimeDaemon, type ProcessFacts, type ProcessTable } from "../observe/running-daemon.ts";

const MOST_PROCESSES = 30_000;
/** The inode of the first pid namespace is fixed (linux/proc_ns.h, PROC_PID_INIT_INO). */
const INITIAL_NAMESPACE = "pid:[4026531836]";

/** The daemons of time among the processes under `root`. Needs no privilege: names and command lines are open to all. */
export function readProcessTable(root = "/proc"): ProcessTable {
  const pids = numbersIn(root);
  const processes = pids.slice(0, MOST_PROCESSES).flatMap((pid) => readProcess(root, pid));
  return { processes, seesAll: pids.length > 0 && pids.length <= MOST_PROCESSES && nothingHidden(root) };
}

function numbersIn(root: string): number[] {
  try {
    return readdirSync(root)
      .filter((name) => /^\d{1,10}$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function readProcess(root: string, pid: number): ProcessFacts[] {
  const comm = textOf(`${root}/${pid}/comm`)?.trim();
  if (comm === undefined || !isTimeDaemon(comm)) return [];
  const command = (textOf(`${root}/${pid}/cmdline`) ?? "").split("\0").slice(0, -1);
  return [{ pid, comm, command, startTicks: startTicks(textOf(`${root}/${pid}/stat`)), maySetClock: maySetClock(root, pid) }];
}

const CAP_SYS_TIME = 25n;
const isFirstUserNamespace = (map: string | null): boolean => /^\s*0\s+0\s+4294967295\s*$/.test(map ?? "");

/** user_namespaces(7): the first one maps every user to itself. From inside another, nothing can be said of others. */
function maySetClock(root: string, pid: number): boolean | null {
  const capabilities = /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(textOf(`${root}/${pid}/status`) ?? "")?.[1];
  if (capabilities === undefined || !isFirstUserNamespace(textOf(`${root}/self/uid_map`))) return null;
  const map = textOf(`${root}/${pid}/uid_map`);
  if (map !== null && !isFirstUserNamespace(map)) return false;
  return (BigInt(`0x${capabilities}`) & (1n << CAP_SYS_TIME)) !== 0n;
}

/** Field 22 of proc(5)'s stat, counted behind the name, which may itself hold spaces and brackets. */
function startTicks(stat: string | null): bigint | null {
  const field = stat
    ?.slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .at(19);
  return field !== undefined && /^\d{1,20}$/.test(field) ? BigInt(field) : null;
}

/** Process 1 belongs to root: where even its name can be read, `hidepid` hides nothing. */
function nothingHidden(root: string): boolean {
  try {
    return readlinkSync(`${root}/self/ns/pid`) === INITIAL_NAMESPACE && textOf(`${root}/1/comm`) !== null;
  } catch {
    return false;
  }
}

/** Null for a process that ended meanwhile, or is closed to us. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { askPtp4l } from "@truebound/agent";

/**
 * Two real ptp4l, one following the other over a pair of virtual cards. They are made in a network namespace that ends with this
 * process, and run free: neither sets any clock.
 */
const FOLDERS = [
  process.env.TRUEBOUND_TEST_LINUXPTP,
  join(homedir(), ".cache/truebound/linuxptp/usr/sbin"),
  "/var/cache/truebound/linuxptp/usr/sbin",
  "/usr/sbin",
];

/** The folder of linuxptp's programs; null = not found. */
export const linuxptpFolder = (): string | null =>
  FOLDERS.find((path): path is string => path !== undefined && path !== "" && existsSync(join(path, "ptp4l"))) ?? null;

const QUICKLY = ["--free_running=1", "--logAnnounceInterval=-2", "--logSyncInterval=-3", "--logMinDelayReqInterval=-3"];
const TRIES = 100;

const ip = (...args: readonly string[]): void => void execFileSync("ip", args, { timeout: 5000 });

/** What the follower says in turn, until it has measured its leader; then what is said when it is gone. */
export async function playPtp(): Promise<unknown[]> {
  const programs = linuxptpFolder();
  if (programs === null) throw new Error("Cannot start ptp4l: not found; unpack the linuxptp package and set TRUEBOUND_TEST_LINUXPTP");
  const folder = mkdtempSync(join(tmpdir(), "truebound-ptp-"));
  ip("link", "add", "tb-a", "type", "veth", "peer", "name", "tb-b");
  // Over Ethernet (-2): by IP each end would take the other's packets for its own, since both addresses are of one machine.
  for (const card of ["tb-a", "tb-b"]) ip("link", "set", card, "up");
  const start = (card: string, more: readonly string[]): ChildProcess => {
    const socket = `--uds_address=${join(folder, card)}`;
    return spawn(join(programs, "ptp4l"), ["-i", card, "-S", "-2", "-q", socket, ...QUICKLY, ...more], { stdio: "ignore" });
  };
  const leader = start("tb-a", ["--priority1=10"]);
  const follower = start("tb-b", ["-s"]);
  const ask = () => askPtp4l({ program: join(programs, "pmc"), socket: join(folder, "tb-b") });
  try {
    const seen = await statesOf(ask);
    const gone = new Promise((resolve) => follower.once("exit", resolve));
    follower.kill("SIGKILL");
    await gone;
    return [...seen, (await ask()).kind];
  } finally {
    leader.kill("SIGKILL");
    follower.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function statesOf(ask: typeof askPtp4l): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (let tries = 0; tries < TRIES; tries++) {
    const told = await ask();
    if (told.kind === "ok") seen.push({ ...told.value, offsetNs: told.value.offsetNs?.toString() ?? null });
    // One that runs free measures its leader, but never gets from UNCALIBRATED to SLAVE.
    if (told.kind === "ok" && (told.value.offsetNs ?? 0n) !== 0n) return seen;
    await pause(100);
  }
  return seen;
}

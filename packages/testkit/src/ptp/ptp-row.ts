import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { end, endWithUs } from "../bench/children.ts";
import { entered, hold, inside, ip } from "../bench/namespace.ts";
import { linuxptpFolder } from "../harm/ptp.ts";

/** What a grandmaster says of itself: GRANDMASTER_SETTINGS_NP of linuxptp. */
export interface GrandmasterSettings {
  readonly clockClass: number;
  readonly clockAccuracy: string;
  readonly currentUtcOffset: number;
  readonly currentUtcOffsetValid: 0 | 1;
  readonly ptpTimescale: 0 | 1;
  readonly timeTraceable: 0 | 1;
}

/** Follows GNSS to within 100 ns, in a world whose UTC is TAI: software stamps are REALTIME's, and nothing takes them to TAI. */
export const GNSS: GrandmasterSettings = {
  clockClass: 6,
  clockAccuracy: "0x21",
  currentUtcOffset: 0,
  currentUtcOffsetValid: 1,
  ptpTimescale: 1,
  timeTraceable: 1,
};

/**
 * Real ptp4l in a row of network namespaces, each joined to the next by a pair of virtual cards: a grandmaster, perhaps a boundary clock,
 * a port that follows. Stamps are the kernel's software stamps, of the one REALTIME of this machine, so every true offset is zero. All run
 * free: no clock is ever set.
 */
export interface PtpRow {
  readonly pmc: string;
  /** ptp4l's socket at the end of the row. */
  readonly follower: string;
  /** Of each namespace, the grandmaster's first. */
  readonly pids: readonly number[];
  /** Said to the grandmaster on its own socket. */
  set(settings: GrandmasterSettings): Promise<void>;
  close(): Promise<void>;
}

const FAST = ["--free_running=1", "--logAnnounceInterval=-2", "--logSyncInterval=-3", "--logMinDelayReqInterval=-3"];
const run = promisify(execFile);

/** @param length 2 = the grandmaster is heard itself; 3 = by a boundary clock */
export async function startPtpRow(length: 2 | 3): Promise<PtpRow> {
  const programs = linuxptpFolder();
  if (programs === null) throw new Error("Cannot start ptp4l: not found; unpack the linuxptp package and set TRUEBOUND_TEST_LINUXPTP");
  const folder = mkdtempSync(join(tmpdir(), "truebound-ptp-"));
  const holders = Array.from({ length }, hold);
  const clocks: ChildProcess[] = [];
  const close = async () => {
    await Promise.all([...clocks, ...holders].map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const pids = await Promise.all(holders.map(entered));
    await joinInARow(pids);
    for (const [place, pid] of pids.entries()) clocks.push(startClock(join(programs, "ptp4l"), folder, pid, place, length));
    const pmc = join(programs, "pmc");
    const set = (settings: GrandmasterSettings) => say(pmc, folder, settings);
    return { pmc, follower: join(folder, `clock${length - 1}`), pids, set, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The card towards the grandmaster is `tbup`, the one away from it `tbdown`. */
async function joinInARow(pids: readonly number[]): Promise<void> {
  for (const [place, pid] of pids.entries()) {
    const next = pids[place + 1];
    if (next === undefined) continue;
    await ip(pid, ["link", "add", "tbdown", "type", "veth", "peer", "name", "tbup", "netns", String(next)]);
    await ip(pid, ["link", "set", "tbdown", "up"]);
    await ip(next, ["link", "set", "tbup", "up"]);
  }
}

function startClock(program: string, folder: string, pid: number, place: number, length: number): ChildProcess {
  const cards = [...(place > 0 ? ["-i", "tbup"] : []), ...(place < length - 1 ? ["-i", "tbdown"] : [])];
  const part = place === 0 ? ["--priority1=10"] : place === length - 1 ? ["-s"] : [];
  const own = [...cards, "-S", "-2", "-q", `--uds_address=${join(folder, `clock${place}`)}`];
  const [command = "", ...words] = [...inside(pid), program, ...own, ...FAST, ...part];
  return endWithUs(spawn(command, words, { stdio: "ignore" }));
}

async function say(pmc: string, folder: string, settings: GrandmasterSettings): Promise<void> {
  const { clockClass, clockAccuracy, currentUtcOffset, currentUtcOffsetValid, ptpTimescale, timeTraceable } = settings;
  // In this order alone: pmc reads them by it.
  const fields = {
    clockClass,
    clockAccuracy,
    offsetScaledLogVariance: "0x436a",
    currentUtcOffset,
    leap61: 0,
    leap59: 0,
    currentUtcOffsetValid,
    ptpTimescale,
    timeTraceable,
    frequencyTraceable: 1,
    timeSource: "0x20",
  };
  const words = Object.entries(fields).flatMap(([name, value]) => [name, String(value)]);
  const own = ["-u", "-b", "0", "-i", join(folder, "setter"), "-s", join(folder, "clock0")];
  const questions = [`SET GRANDMASTER_SETTINGS_NP ${words.join(" ")}`, "GET GRANDMASTER_SETTINGS_NP", "GET DEFAULT_DATA_SET"];
  // pmc waits for an answer for some 20 ms: a busy machine may need to be told again.
  for (let tries = 0; tries < TRIES; tries++) {
    const { stdout } = await run(pmc, [...own, ...questions], { timeout: 10_000 });
    if (stdout.includes("RESPONSE MANAGEMENT GRANDMASTER_SETTINGS_NP")) return;
  }
  throw new Error("Cannot set the grandmaster: it does not answer");
}

const TRIES = 20;

import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PtpClock } from "../observe/ptp-clock.ts";
import { loadLibc } from "./libc.ts";

const CLASS = "/sys/class/ptp";
const DEVICES = "/dev";
/** No machine has more that we would tell of. */
const MOST = 16;

/** The PTP clocks of this machine's hardware (PHC), read only: none is ever set. */
export function readPtpClocks(classFolder = CLASS, devices = DEVICES): PtpClock[] {
  const names = namesIn(classFolder).filter((name) => /^ptp\d{1,4}$/.test(name));
  return names
    .slice(0, MOST)
    .map((device) => ({ device, driver: driverOf(join(classFolder, device)), ...readingOf(join(devices, device)) }));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function driverOf(folder: string): string | null {
  try {
    const name = readFileSync(join(folder, "clock_name"), "latin1").trim();
    return /^[ -~]{1,64}$/.test(name) ? name : null;
  } catch {
    return null;
  }
}

type Reading = Pick<PtpClock, "state" | "minusRealtime">;

function readingOf(path: string): Reading {
  const { libc } = loadLibc();
  if (libc === null) return { state: "no_native_code", minusRealtime: null };
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") return { state: "denied", minusRealtime: null };
    return { state: code === "ENOENT" ? "absent" : "failed", minusRealtime: null };
  }
  try {
    return between(libc.clockGettime, clockOf(fd));
  } finally {
    closeSync(fd);
  }
}

/** A dynamic clock of its open descriptor (clock_gettime(2)): FD_TO_CLOCKID. */
const clockOf = (fd: number): number => (~fd << 3) | 3;
const CLOCK_REALTIME = 0;

/** Read between two reads of REALTIME: the difference lies between those that either gives. */
function between(gettime: (clock: number, timespec: Uint8Array) => number, clock: number): Reading {
  const [before, own, after] = [CLOCK_REALTIME, clock, CLOCK_REALTIME].map((one) => {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    return gettime(one, bytes) === 0 ? view.getBigInt64(0, true) * 1_000_000_000n + view.getBigInt64(8, true) : null;
  });
  if (before == null || own == null || after == null) return { state: "failed", minusRealtime: null };
  return { state: "read", minusRealtime: { lo: own - after, hi: own - before } };
}

import { describe, expect, it } from "vitest";
import { CHRONY_DEFAULTS } from "../discover/chrony-conf.ts";
import type { ChronyReading } from "./chrony-reading.ts";
import type { Daemon, DaemonKind, RunningDaemon } from "./running-daemon.ts";
import { steeringOf } from "./steering.ts";

const daemon = (kind: DaemonKind): Daemon => ({ kind, pid: 7, steers: true, startTicks: 1n, configPath: null, directives: [] });
const running = (...kinds: DaemonKind[]): RunningDaemon => ({
  kind: kinds.length === 1 ? "one" : kinds.length === 0 ? "none" : "several",
  daemons: kinds.map(daemon),
  bystanders: [],
  seesAll: true,
});
const chrony: ChronyReading = {
  path: "/etc/chrony/chrony.conf",
  settings: { ...CHRONY_DEFAULTS, maxSlewPpm: 500 },
  unread: [],
  changedSinceStart: false,
};

describe("who steers the clock", () => {
  it("is chrony at its configured rate, where it is alone and its configuration is the one in use", () => {
    expect(steeringOf(running("chronyd"), chrony)).toEqual({ kind: "chrony", maxSlew: 500_000n });
    expect(steeringOf(running("chronyd"), { ...chrony, settings: CHRONY_DEFAULTS })).toEqual({ kind: "chrony", maxSlew: 83_333_333n });
    expect(steeringOf(running("chronyd"), { ...chrony, changedSinceStart: true })).toEqual({ kind: "unknown" });
    expect(steeringOf(running("chronyd"), { ...chrony, unread: ["/etc/chrony/conf.d"] })).toEqual({ kind: "unknown" });
  });
  it("is the kernel's PLL under ntpd and timesyncd", () => {
    expect(steeringOf(running("ntpd"), null)).toEqual({ kind: "kernel_pll" });
    expect(steeringOf(running("timesyncd"), null)).toEqual({ kind: "kernel_pll" });
  });
  it("is unknown wherever another hand may be on it", () => {
    expect(steeringOf(running(), null)).toEqual({ kind: "unknown" });
    expect(steeringOf(running("phc2sys"), null)).toEqual({ kind: "unknown" });
    expect(steeringOf(running("chronyd", "phc2sys"), chrony)).toEqual({ kind: "unknown" });
    expect(steeringOf({ ...running("ntpd"), seesAll: false }, null)).toEqual({ kind: "unknown" });
  });
});

import {
  AuditTrail,
  canonicalAddress,
  chronySettings,
  directivesOf,
  lineOf,
  parseAuditLine,
  parseClocksource,
  parseCpuTimes,
  parseSources,
  parseTimex,
  parseTracking,
  readMarker,
  runningDaemon,
  softwareStamp,
} from "@truebound/agent";
import { parsePasswd, parsePidFile, parseStat } from "@truebound/server";
import { HostText, validator } from "@truebound/wire";
import * as right from "./examples.ts";
import { bytes, type FuzzTarget, text, unless } from "./target.ts";

/** What the machine says: its kernel, its daemons, its processes. */
export const machineTargets: readonly FuzzTarget[] = [
  text(
    "settings of chrony.conf",
    right.CHRONY_CONF,
    (input) => chronySettings(directivesOf(input)),
    ({ maxSlewPpm }) => unless(maxSlewPpm === null || maxSlewPpm >= 0, `a slew rate of ${maxSlewPpm}`),
  ),
  text("chronyc sources", right.CHRONYC_SOURCES, parseSources, ({ sources }) =>
    unless(
      sources.every(({ reach, stratum }) => reach >= 0 && reach <= 255 && stratum >= 0 && stratum <= 16),
      "a source that no daemon has",
    ),
  ),
  text("chronyc tracking", right.CHRONYC_TRACKING, parseTracking, (said) => unless(typeof said === "object", "nothing")),
  text("numeric address", ["2001:DB8:0::1", "192.0.2.1", "fe80::1%eth0"], canonicalAddress, (address) =>
    unless(address === null || canonicalAddress(address) === address, "a canonical address that is not"),
  ),
  text("daemons of the host", right.PROCESSES, daemonsOf, ({ kind }) => unless(typeof kind === "string", "no verdict")),
  text("audit record", right.AUDIT_LINES, auditLines, (wrong) => wrong),
  bytes(
    "audit datagram",
    right.NETLINK,
    (datagram) => lineOf(datagram).map(parseAuditLine),
    (records) => unless(records.length <= 1, "more than one record of a datagram"),
  ),
  bytes(
    "vmclock page",
    right.VMCLOCK_PAGES,
    (page) => readMarker(() => page),
    ({ kind }) => unless(kind === "marker" || kind === "unreadable", `a marker that is ${kind}`),
  ),
  text("/proc/stat", right.PROC_STAT, parseCpuTimes, (times) =>
    unless(
      times === null || (Number.isSafeInteger(times.total) && times.steal >= 0 && times.steal <= times.total),
      "times that no CPU has",
    ),
  ),
  text("clocksource", ["tsc\n", "kvm-clock\n"], parseClocksource, (name) => unless(name === null || /^[!-~]{1,64}$/.test(name), "no name")),
  bytes("control message", right.CONTROL_BUFFERS, softwareStamp, (stamp) =>
    unless(stamp === null || typeof stamp === "bigint", "a stamp that is no number"),
  ),
  bytes(
    "timex",
    right.TIMEX,
    (buffer) => (buffer.length < 208 ? null : parseTimex(new DataView(buffer.buffer, buffer.byteOffset))),
    () => null,
  ),
  text("postmaster.pid", right.PID_FILES, parsePidFile, (file) => unless(file === undefined || file.pid > 0, "a process that is none")),
  text("/proc/PID/stat", right.PROCESS_STAT, parseStat, (process) =>
    unless(process === undefined || !Number.isNaN(process.pid), "no process"),
  ),
  text("passwd", right.PASSWD, parsePasswd, (users) =>
    unless(
      users.every(({ uid }) => uid >= 0),
      "a user without a number",
    ),
  ),
];

function daemonsOf(input: string) {
  return runningDaemon({
    processes: input.split("\n").map((line, pid) => {
      const [comm = "", ...command] = line.split(" ");
      return { pid, comm, command, startTicks: 1n, maySetClock: true };
    }),
    seesAll: true,
  });
}

const eventText = validator(HostText(500));

function auditLines(input: string): string | null {
  const trail = new AuditTrail();
  trail.take(input.split("\n"));
  const unsafe = trail.changes.find(({ command, exe }) => [command, exe].some((one) => one !== null && !eventText.accepts(one)));
  return unless(unsafe === undefined, "a name that no report may carry");
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changedSinceStart, type Daemon, type ProcessFacts, runningDaemon, splitOptions } from "./running-daemon.ts";

const process = (comm: string, command: string, pid = 100): ProcessFacts => ({
  pid,
  comm,
  command: command.split(" ").map((word) => word.replaceAll("_", " ")),
  startTicks: 1n,
  maySetClock: true,
});
const verdict = (...processes: ProcessFacts[]) => runningDaemon({ processes, seesAll: true });

describe("the daemon that steers", () => {
  it.each([
    ["chronyd", "/usr/sbin/chronyd -F 1", "one"],
    ["chronyd", "/usr/sbin/chronyd -x", "none"],
    ["chronyd", "/usr/sbin/chronyd -dx -f /tmp/c.conf", "none"],
    ["chronyd", "/usr/sbin/chronyd -Q server_x", "none"],
    ["chronyd", "/usr/sbin/chronyd -u x", "one"],
    ["ntpd", "/usr/sbin/ntpd -p /run/ntpd.pid -c /etc/ntpsec/ntp.conf -g -N -u ntpsec:ntpsec", "one"],
    ["systemd-timesyn", "/lib/systemd/systemd-timesyncd", "one"],
    ["ptp4l", "/usr/sbin/ptp4l -f /etc/linuxptp/ptp4l.conf -i eth0", "none"],
    ["ptp4l", "ptp4l -i eth0 -S -m", "one"],
    ["phc2sys", "phc2sys -s eth0 -w", "one"],
    ["phc2sys", "phc2sys -s CLOCK_REALTIME -c eth0", "none"],
    ["phc2sys", "phc2sys -a -r", "one"],
    ["phc2sys", "phc2sys -a", "none"],
    ["phc2sys", "phc2sys -s eth0 -E ntpshm", "none"],
    ["bash", "bash /usr/sbin/ntpd", "none"],
  ])("%s as %j: %s", (comm, command, kind) => expect(verdict(process(comm, command)).kind).toBe(kind));

  it("is one where it splits into helpers, and several only where several steer", () => {
    const chronyd = (pid: number) => process("chronyd", "/usr/sbin/chronyd -F 1", pid);
    expect(verdict(chronyd(31), chronyd(30))).toMatchObject({ kind: "one", daemons: [{ pid: 30 }] });
    expect(verdict(chronyd(30), process("systemd-timesyn", "/lib/systemd/systemd-timesyncd")).kind).toBe("several");
    expect(verdict(chronyd(30), process("chronyd", "chronyd -x", 40), process("ptp4l", "ptp4l -i eth0"))).toMatchObject({
      kind: "one",
      bystanders: [{ pid: 40 }, { kind: "ptp4l" }],
    });
  });

  it("is none that the kernel would not let set the clock: another user namespace, or no CAP_SYS_TIME", () => {
    expect(verdict({ ...process("ntpd", "ntpd -n"), maySetClock: false })).toMatchObject({ kind: "none", bystanders: [{ kind: "ntpd" }] });
    const helper = { ...process("chronyd", "chronyd -F 1", 30), maySetClock: false };
    expect(verdict(helper, process("chronyd", "chronyd -F 1", 31))).toMatchObject({ kind: "one", daemons: [{ pid: 31 }], bystanders: [] });
    expect(verdict({ ...process("ntpd", "ntpd -n"), maySetClock: null }).kind).toBe("one");
  });

  it("is unseen, not absent, where processes may be hidden", () => {
    expect(runningDaemon({ processes: [], seesAll: false }).kind).toBe("unseen");
    expect(runningDaemon({ processes: [process("chronyd", "chronyd -x")], seesAll: false }).kind).toBe("unseen");
    expect(runningDaemon({ processes: [process("chronyd", "chronyd")], seesAll: false })).toMatchObject({ kind: "one", seesAll: false });
  });

  it("is not a dead process that still has its name", () => {
    expect(verdict({ ...process("chronyd", "x"), command: [] }).kind).toBe("none");
  });

  it("reads its configuration where its command line says", () => {
    const one = (comm: string, command: string) => verdict(process(comm, command)).daemons[0];
    expect(one("chronyd", "chronyd -F 1")).toMatchObject({ configPath: null, directives: [] });
    expect(one("chronyd", "chronyd -n -f /opt/c.conf")).toMatchObject({ configPath: "/opt/c.conf" });
    expect(one("chronyd", "chronyd -nf/opt/c.conf")).toMatchObject({ configPath: "/opt/c.conf" });
    expect(one("chronyd", "chronyd server_10.0.0.1_iburst -n maxslewrate_500 -u _chrony")).toMatchObject({
      directives: ["server 10.0.0.1 iburst", "maxslewrate 500"],
    });
    expect(one("ntpd", "ntpd -g -c /opt/n.conf")).toMatchObject({ configPath: "/opt/n.conf" });
  });
});

describe("options of a command line", () => {
  it("end at --, and survive any words", () => {
    expect(splitOptions(["-a", "--", "-x"], "")).toMatchObject({ rest: ["-x"] });
    fc.assert(
      fc.property(fc.array(fc.string()), fc.string(), (words, takes) => {
        const { flags, values, rest } = splitOptions(words, takes);
        expect(rest.length + values.size).toBeLessThanOrEqual(words.length);
        for (const flag of flags) expect(takes.includes(flag)).toBe(false);
      }),
    );
  });
});

describe("a configuration newer than its daemon", () => {
  const daemon = { startTicks: 1000n } as Daemon; // 10 s after boot
  const SECOND = 1_000_000_000n;
  it.each([
    [95n, true], // changed 5 s ago; the daemon runs for 90 s
    [5n, false],
    [0n, null],
  ])("changed at %s: %s", (changed, newer) =>
    expect(changedSinceStart(daemon, changed * SECOND, 100n * SECOND, 100n * SECOND)).toBe(newer),
  );
});

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const deployed = (name: string): string => readFileSync(new URL(`../../../deploy/agent/${name}`, import.meta.url), "utf8");

/** All values of one setting of the unit, in their order. */
const valuesOf = (setting: string): string[] =>
  deployed("truebound-agent.service")
    .split("\n")
    .filter((line) => line.startsWith(`${setting}=`))
    .map((line) => line.slice(setting.length + 1));

describe("the agent's systemd unit", () => {
  it("gives back the reading of the clock's state after it took the privileged calls away: the other order drops it", () =>
    expect(valuesOf("SystemCallFilter")).toEqual(["@system-service", "~@privileged @resources", "adjtimex clock_adjtime"]));
  it("has nothing that forbids what the agent does", () => {
    for (const setting of ["ProtectClock", "MemoryDenyWriteExecute", "ProtectProc", "ProcSubset", "PrivateDevices", "PrivateNetwork"])
      expect([setting, valuesOf(setting)]).toEqual([setting, []]);
    // ptp4l answers to a path: that of a private /tmp it cannot see.
    expect(valuesOf("RuntimeDirectory")).toEqual(["truebound-agent"]);
    expect(valuesOf("RestrictAddressFamilies")).toEqual(["AF_INET AF_INET6 AF_UNIX AF_NETLINK"]);
  });
  it("does not begin again and again what only a person can mend, and does not wait for a synchronized clock", () => {
    expect(valuesOf("RestartPreventExitStatus")).toEqual(["2 78"]);
    expect(valuesOf("RestartForceExitStatus")).toEqual(["SIGHUP"]);
    expect(valuesOf("After")).toEqual(["network-online.target"]);
  });
  it("bounds memory and processor time, and may write its own folders alone", () => {
    for (const [setting, value] of Object.entries({
      MemoryMax: "256M",
      CPUQuota: "50%",
      CapabilityBoundingSet: "",
      NoNewPrivileges: "yes",
      ProtectSystem: "strict",
      StateDirectory: "truebound-agent",
      StateDirectoryMode: "0700",
      UMask: "0077",
      User: "truebound-agent",
    }))
      expect([setting, valuesOf(setting)]).toEqual([setting, [value]]);
    expect(valuesOf("ReadWritePaths")).toEqual([]);
  });
  it("has the folder that the shipped settings name", () =>
    expect(deployed("agent.yaml")).toMatch(/^data_dir: \/var\/lib\/truebound-agent$/m));
});

const noAnalyze = spawnSync("systemd-analyze", ["--version"]).status !== 0;

describe.skipIf(noAnalyze)(
  `systemd's own count of what a unit leaves open${noAnalyze ? " (skipped: systemd-analyze not found)" : ""}`,
  () => {
    it.each([
      ["agent/truebound-agent.service", 2.1],
      ["offline/truebound.service", 1.7],
    ])("%s: no more than %d of 10", (unit, most) => {
      const path = fileURLToPath(new URL(`../../../deploy/${unit}`, import.meta.url));
      const { stdout, stderr } = spawnSync("systemd-analyze", ["security", "--offline=true", "--no-pager", path], { encoding: "utf8" });
      const level = /Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1];
      expect([Number(level) <= most, level ?? stderr]).toEqual([true, expect.any(String)]);
    });
  },
);

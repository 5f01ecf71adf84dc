import { execFile, spawnSync } from "node:child_process";
import { ntpsecPath } from "./ntpsec.ts";
import { linuxptpFolder } from "./ptp.ts";

/**
 * Where a daemon that sets clocks may run: from nowhere in these can it reach CAP_SYS_TIME over the machine, and in the
 * first two its port 123 is nobody else's. The first that this machine allows is taken; the last needs to be root.
 */
const WITHOUT_CLOCK = ["setpriv", "--bounding-set=-sys_time", "--inh-caps=-sys_time"];
const ENCLOSURES: readonly (readonly string[])[] = [
  ["unshare", "--user", "--map-root-user", "--net"],
  ["unshare", "--net", ...WITHOUT_CLOCK],
  WITHOUT_CLOCK,
];
const UP = "ip link set lo up 2>/dev/null; exec";

const enclosure = (): readonly string[] | null =>
  ENCLOSURES.find(([program = "", ...args]) => spawnSync(program, [...args, "true"], { timeout: 5000 }).status === 0) ?? null;

/** Why the plays against ntpd cannot run here; null = they can. */
export function whyNoNtpsec(): string | null {
  if (ntpsecPath() === null) return "ntpd of NTPsec not found; unpack its package and set TRUEBOUND_TEST_NTPSEC";
  return enclosure() === null ? "no namespace may be made here, and this is not root" : null;
}

/** Why the play with ptp4l cannot run here; null = it can. It makes cards, so it needs a network of its own. */
export function whyNoPtp4l(): string | null {
  if (linuxptpFolder() === null) return "ptp4l not found; unpack the linuxptp package and set TRUEBOUND_TEST_LINUXPTP";
  return enclosure()?.includes("--net") === true ? null : "no network namespace may be made here";
}

/** Runs a built program inside, to its end; returns what it printed. Rejects when it fails or takes longer than `seconds`. */
export function runEnclosed(args: readonly string[], seconds: number): Promise<string> {
  const [program = "", ...rest] = enclosure() ?? [];
  const command = [...rest, "sh", "-c", `${UP} "$0" "$@"`, process.execPath, ...args];
  return new Promise((resolve, reject) => {
    execFile(program, command, { timeout: seconds * 1000, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`Cannot run ${args.join(" ")} enclosed: ${stderr.trim().split("\n").at(-1) ?? ""}`, { cause: error }));
    });
  });
}

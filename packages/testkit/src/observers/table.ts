import type { DaemonFinding } from "@truebound/wire";
import type { CaseName, DaemonName, SceneResult } from "./cast.ts";
import type { SimulatedScene } from "./simulated.ts";

/** What has to be found of each; ptp4l claims no bound, so a server that lies to it is no scene. */
const EXPECTED: Readonly<Record<CaseName, readonly DaemonFinding[]>> = {
  right: [],
  unsynchronised: [],
  own_clock: ["unsynchronised_source_in_use"],
  killed: ["daemon_dead"],
  hangs: ["daemon_dead"],
  liar: ["daemon_bound_violated", "daemon_in_minority_camp"],
};

/** What was found and should not, or the other way round. */
export function wrongIn({ daemon, case: what, found }: SceneResult): string[] {
  const names = found.map(({ finding }) => finding).sort();
  const expected = [...EXPECTED[what]].sort();
  return names.join() === expected.join()
    ? []
    : [`  ${daemon}, ${what}: found ${names.join(", ") || "nothing"}, not ${expected.join(", ") || "nothing"}`];
}

const WHAT: Readonly<Record<CaseName, string>> = {
  right: "follows a server that is right",
  unsynchronised: "says that it is not synchronised",
  own_clock: "follows its own clock",
  killed: "is killed",
  hangs: "is stopped (SIGSTOP)",
  liar: "followed a server 50 ms ahead of three others",
};
const HOW: Readonly<Record<DaemonName, string>> = {
  chronyd: "real, chronyd 4.3 with `-x`",
  ntpsec: "real, ntpsec 1.2.2 without CAP_SYS_TIME",
  ptp4l: "real, linuxptp 3.1.1 without CAP_SYS_TIME, over a veth pair",
  timesyncd: "recorded: its answers by a program in the place of timedatectl, and what it tells the kernel",
};

/** A row a scene; what may be done to no real clock comes last. */
export function observersTable(results: readonly SceneResult[], simulated: readonly SimulatedScene[], every: number): string {
  const rows = results.map(({ daemon, case: what, found, looks, seconds }) => {
    const about = daemon === "ptp4l" && what === "own_clock" ? "follows a grandmaster of clock class 248" : WHAT[what];
    const told = found.map(({ finding, looks: after, seconds: s }) => `\`${finding}\` after ${after} looks, ${s.toFixed(1)} s`).join("; ");
    return [daemon, about, HOW[daemon], told || `nothing in ${looks} looks, ${seconds.toFixed(0)} s`];
  });
  const head = ["daemon", "what it does", "how it is played", "what is found"];
  const table = [head, head.map(() => "---"), ...rows, ...simulated.map(simulatedRow)]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
  return `A look each ${every} s.\n\n${table}`;
}

function simulatedRow({ what, events, findings, looks }: SimulatedScene): string[] {
  const told = events.map(({ kind, seconds }) => `\`${kind}\` after ${seconds.toFixed(1)} s; `).join("");
  const ofDaemon = findings.length === 0 ? `nothing of the daemon in ${looks} looks` : findings.join(", ");
  return ["chronyd, ntpd, timesyncd", what, "simulated clock, composed answers, a reading each second", `${told}${ofDaemon}`];
}

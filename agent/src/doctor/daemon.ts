import type { ChronySettings } from "../discover/chrony-conf.ts";
import type { Daemon } from "../observe/running-daemon.ts";
import { type Check, check } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

const named = ({ kind, pid }: Daemon): string => `${kind} (pid ${pid})`;
const idle = ({ length }: readonly Daemon[]): string => (length === 1 ? "runs" : "run");
const listed = (words: readonly string[]): string => words.join(" and ");

/** Which daemon steers this clock: one should. */
export function checkDaemon({ running: { kind, daemons, bystanders, seesAll } }: DoctorFacts): Check {
  const beside = bystanders.length === 0 ? "" : `; ${listed(bystanders.map(named))} ${idle(bystanders)} without steering it`;
  const hidden = seesAll ? "" : "; not every process can be seen from here";
  switch (kind) {
    case "one":
      return check("daemon", seesAll ? "ok" : "note", `${listed(daemons.map(named))} steers this clock${beside}${hidden}`);
    case "several":
      return check(
        "daemon",
        "bad",
        `${listed(daemons.map(named))} all steer this clock and undo each other's work${beside}`,
        "keep one and stop the others for good, e.g. systemctl disable --now systemd-timesyncd",
      );
    case "none":
      return check(
        "daemon",
        "warn",
        bystanders.length === 0
          ? "no time daemon runs: nothing corrects this clock"
          : `nothing corrects this clock: ${listed(bystanders.map(named))} ${idle(bystanders)}, but without steering it (chronyd -x, ntpd with "disable ntp")`,
        bystanders.length === 0
          ? "install one, e.g. apt-get install chrony; this agent only measures"
          : "let one of them steer: start it without -x; this agent only measures",
      );
    case "unseen":
      return check(
        "daemon",
        "unknown",
        `no time daemon seen, but one may run unseen: this is a container, or /proc hides other users' processes${beside}`,
        "run truebound-agent doctor on the host itself, or with its pid namespace",
      );
    default:
      return kind satisfies never;
  }
}

/** Whether chrony's configuration could be read, all of it, as the daemon has it. */
export function checkChronyConfig({ running, chrony }: DoctorFacts): Check[] {
  const daemon = running.daemons.find(({ kind }) => kind === "chronyd");
  if (daemon === undefined) return [];
  if (chrony === null)
    return [check("chrony_config", "unknown", `not found at ${daemon.configPath ?? "its usual places"}, so its maxslewrate is not known`)];
  const { path, settings, unread, changedSinceStart } = chrony;
  const gaps = [...unread.map((one) => `not read: ${one}`), ...settings.problems];
  if (gaps.length > 0)
    return [
      check(
        "chrony_config",
        "unknown",
        `${path} is not wholly understood, so its maxslewrate is not relied on: ${gaps.slice(0, 3).join("; ")}`,
        "let the agent's user read it: chmod o+r on the file, o+rx on its folders; keys belong into chrony.keys",
      ),
    ];
  if (changedSinceStart === true)
    return [
      check(
        "chrony_config",
        "warn",
        `${path} changed after chronyd had read it: what stands there may not be in force`,
        "systemctl restart chrony (its name on some systems: chronyd)",
      ),
    ];
  return [check("chrony_config", "ok", `${path}: ${inWords(settings)}`)];
}

function inWords({ maxSlewPpm, makestep, rtcsync, leapsecmode, smoothtime }: ChronySettings): string {
  const steps = makestep === null ? "no makestep" : `makestep ${makestep.thresholdS} ${makestep.limit}`;
  const smooth = smoothtime === null ? "" : ", serves smoothed time";
  return `maxslewrate ${maxSlewPpm ?? "unknown"} ppm, ${steps}, ${rtcsync ? "rtcsync" : "no rtcsync"}, leapsecmode ${leapsecmode}${smooth}`;
}

/** Whether chronyd answers our questions: its reach says whether our polls harm it, its claim is there to be audited. */
export function checkWitness({ witness }: DoctorFacts): Check[] {
  if (witness === null) return [];
  const { tracking, sources } = witness;
  if (sources.kind !== "ok")
    return [check("chronyd_answers", "note", `${sources.why}; so the agent cannot see whether its polls harm chronyd`)];
  const reached = sources.value.filter(({ reach }) => reach !== 0).length;
  const follows = tracking.kind === "ok" && tracking.value.follows !== "" ? `follows ${tracking.value.follows}` : "follows nobody";
  return [check("chronyd_answers", "ok", `through chronyc: ${follows}, reaches ${reached} of ${sources.value.length} sources`)];
}

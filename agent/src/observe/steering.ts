import { ppb, type Steering } from "@truebound/time";
import { type ChronyReading, knownMaxSlewPpm } from "./chrony-reading.ts";
import type { RunningDaemon } from "./running-daemon.ts";

/** These leave the slewing to the kernel's PLL; where its flag is down nothing is concluded from them. */
const BY_KERNEL_PLL: readonly string[] = ["ntpd", "timesyncd"];

/** Who steers REALTIME, and so how fast it can be moved: only what one daemon, alone and in full view, was told. */
export function steeringOf(running: RunningDaemon, chrony: ChronyReading | null): Steering {
  const maxSlewPpm = knownMaxSlewPpm(running, chrony);
  if (maxSlewPpm !== null) return { kind: "chrony", maxSlew: ppb(BigInt(Math.ceil(maxSlewPpm * 1000))) };
  const [daemon] = running.daemons;
  const alone = running.kind === "one" && running.seesAll && daemon !== undefined;
  return alone && BY_KERNEL_PLL.includes(daemon.kind) ? { kind: "kernel_pll" } : { kind: "unknown" };
}

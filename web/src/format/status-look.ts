import type { HostSummary, Status } from "@truebound/wire";
import { comparable } from "./decimal.ts";

/**
 * How a state looks. Each look has a shape, a colour and a fill of its own, so that no two are told apart by colour alone.
 * `proven-off` is a proven bound that does not contain zero: the clock is shown to be off UTC. `silent` wins over the
 * status, because the status is then only the last one heard.
 */
export type Look = "proven" | "proven-off" | "holdover" | "unverified" | "conflict" | "unknown" | "silent";

const LOOKS = {
  proven: "proven",
  holdover: "holdover",
  unverified: "unverified",
  conflict: "conflict",
  no_majority: "conflict",
  disrupted: "unknown",
  unknown: "unknown",
} as const satisfies Record<Status, Look>;
const LOOK_OF: Readonly<Record<string, Look>> = LOOKS;

const GONE: readonly string[] = ["silent", "carried", "retired", "revoked"];

export function lookOf({ status, liveness, guaranteed }: Pick<HostSummary, "status" | "liveness" | "guaranteed">): Look {
  if (GONE.includes(liveness)) return "silent";
  // A status that this page does not know yet is shown as unknown, never as fine.
  const look = LOOK_OF[status] ?? "unknown";
  return look === "proven" && guaranteed !== null && isOff(guaranteed.lo_ns, guaranteed.hi_ns) ? "proven-off" : look;
}

const isOff = (lo_ns: string, hi_ns: string): boolean => comparable(lo_ns) > 0 || comparable(hi_ns) < 0;

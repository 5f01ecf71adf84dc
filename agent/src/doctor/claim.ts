import { absolute, atMost, divCeil } from "@truebound/time";
import { OWN_CLOCK_REFID } from "../observe/chronyc.ts";
import { type Check, check } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

/** What chronyd claims of this clock; whether that is true is for the running agent, which measures. */
export function checkClaim({ witness }: DoctorFacts): Check[] {
  if (witness === null || witness.tracking.kind !== "ok") return [];
  const { refid, leap, systemOffsetNs, rootDelayNs, rootDispersionNs, follows } = witness.tracking.value;
  if (leap === "unsynchronised")
    return [
      check(
        "daemon_claim",
        "warn",
        "chronyd claims nothing: it says that it is not synchronised",
        "chronyc sources says why; give it servers that answer",
      ),
    ];
  if (refid === OWN_CLOCK_REFID)
    return [
      check(
        "daemon_claim",
        "warn",
        "chronyd says that it is synchronised, and follows its own clock: nobody compares that with anything",
        'remove "local" from chrony.conf unless this host leads an island on purpose',
      ),
    ];
  const worst = absolute(systemOffsetNs) + divCeil(rootDelayNs, 2n) + rootDispersionNs;
  return [
    check(
      "daemon_claim",
      "ok",
      `chronyd claims to be within ${atMost(worst)} of UTC by ${follows}; the running agent holds that against what it measures`,
    ),
  ];
}

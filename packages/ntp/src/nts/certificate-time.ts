import type { Interval } from "@truebound/time";

/** When a certificate says that it holds, ns since the Unix epoch, both ends included. */
export interface Validity {
  readonly notBefore: bigint;
  readonly notAfter: bigint;
}

/** Whether UTC lies in it; `undecided` = it can lie on either side of an end, or nothing is known of UTC. */
export type InTime = "in_time" | "expired" | "not_yet_valid" | "undecided";

/** A certificate's dates are held against what was measured of UTC, and never against a clock that is only being measured. */
export function inTime({ notBefore, notAfter }: Validity, utc: Interval | null): InTime {
  if (utc === null) return "undecided";
  if (utc.lo > notAfter) return "expired";
  if (utc.hi < notBefore) return "not_yet_valid";
  return utc.lo >= notBefore && utc.hi <= notAfter ? "in_time" : "undecided";
}

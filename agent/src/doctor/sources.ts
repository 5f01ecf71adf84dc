import { atMost, FLOOR_SECONDS, groupDependent } from "@truebound/time";
import { type Check, check } from "./check.ts";
import type { DoctorFacts } from "./facts.ts";

/** Votes without which one lying source cannot be outvoted: 2F + 1 at F = 1. */
const ENOUGH_VOTES = 3;
/** rho by default, ppb. */
const RHO = 200_000;

/** How many sources, how many independent votes among them, from where, and what their floors cost. */
export function checkSources({ sources: { identities, from, pollSeconds } }: DoctorFacts): Check {
  const mend = "name at least four independent ones in TRUEBOUND_SOURCES, best your own";
  if (identities.length === 0) return check("sources", "bad", "none: nothing can be measured", mend);
  const votes = groupDependent(identities).length;
  const slowest = Math.max(...identities.map(({ origin }) => Math.max(FLOOR_SECONDS[origin], pollSeconds)));
  const growth = atMost(BigInt(Math.ceil(slowest * RHO)));
  const says = [
    `${identities.length} from ${from}`,
    `at most ${votes} independent ${votes === 1 ? "vote" : "votes"} (names are not looked up here)`,
    `polled every ${slowest} s, between which a bound grows by ${growth} at 200 ppm`,
  ].join("; ");
  const few = votes < ENOUGH_VOTES ? [`${ENOUGH_VOTES} votes are needed to outvote one that lies; ${mend}`] : [];
  const floored =
    slowest > pollSeconds ? [`found sources are not polled faster than every ${slowest} s; those that you name may be, from 1 s`] : [];
  return check("sources", few.length > 0 ? "warn" : floored.length > 0 ? "note" : "ok", says, ...few, ...floored);
}

import { absolute, formatUtc, type Interval, maxOf, utc } from "@truebound/time";
import type { Bound, Claimant, ClaimVerdict, ClaimView, DaemonView } from "@truebound/wire";
import { claimsIn, verdictOn } from "../evidence/daemon-claim.ts";
import type { DaemonSaid } from "../ingest/daemon-said.ts";

/** The daemon beside the measurement, with a verdict on each claim. */
export function viewDaemon(said: DaemonSaid | null): DaemonView | null {
  if (said === null) return null;
  const { says, at_ns, marked, measured } = said;
  const proved = measured && { lo: BigInt(measured.lo_ns), hi: BigInt(measured.hi_ns) };
  return {
    at: formatUtc(utc(BigInt(at_ns))),
    at_marked: marked,
    measured,
    claims: claimsIn(says).map((claim) => viewClaim(claim, proved)),
    chronyd: says.chronyd ?? null,
    kernel: says.kernel ?? null,
  };
}

function viewClaim(
  { claimant, interval }: { readonly claimant: Claimant; readonly interval: Interval | null },
  measured: Interval | null,
): ClaimView {
  const verdict = verdictOn(interval, measured);
  return {
    claimant,
    claim: interval && boundOf(interval),
    claimed_error_ns: interval && maxOf(absolute(interval.lo), absolute(interval.hi)).toString(),
    verdict,
    words: interval === null ? NO_CLAIM : WORDS[verdict],
  };
}

const boundOf = ({ lo, hi }: Interval): Bound => ({ lo_ns: lo.toString(), hi_ns: hi.toString() });

const NO_CLAIM = "it claims nothing: it says that this clock is not synchronised";
const WORDS: Readonly<Record<ClaimVerdict, string>> = {
  held: "holds all that was measured: nothing contradicts it",
  open: "meets in part what was measured: neither refutes the other",
  excluded: "excludes what was measured: it is wrong about this clock, or what the bound rests on does not hold",
  not_judged: "not judged: nothing was proved of that moment",
};

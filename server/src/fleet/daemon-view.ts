import { absolute, formatUtc, type Interval, maxOf, utc } from "@truebound/time";
import {
  type Bound,
  type Claimant,
  type ClaimVerdict,
  type ClaimView,
  claimsIn,
  type DaemonFinding,
  type DaemonView,
  saidOfKernel,
  verdictOnClaim,
} from "@truebound/wire";
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
    ntpd: says.ntpd ?? null,
    timesyncd: says.timesyncd ?? null,
    ptp4l: says.ptp4l ?? null,
    kernel: says.kernel ?? null,
    kernel_refused: says.kernel_refused === undefined ? null : { why: says.kernel_refused, words: saidOfKernel(says.kernel_refused) },
    findings: says.findings?.map((finding) => ({ finding, words: FOUND[finding] })) ?? null,
  };
}

function viewClaim(
  { claimant, interval }: { readonly claimant: Claimant; readonly interval: Interval | null },
  measured: Interval | null,
): ClaimView {
  const verdict = verdictOnClaim(interval, measured);
  return {
    claimant,
    claim: interval && boundOf(interval),
    claimed_error_ns: interval && maxOf(absolute(interval.lo), absolute(interval.hi)).toString(),
    verdict,
    words: interval === null ? NO_CLAIM : WORDS[verdict],
  };
}

const boundOf = ({ lo, hi }: Interval): Bound => ({ lo_ns: lo.toString(), hi_ns: hi.toString() });

const FOUND: Readonly<Record<DaemonFinding, string>> = {
  daemon_bound_violated: "Its claim and what is proved of this clock exclude each other: one of them is wrong.",
  daemon_dead: "It ran, and does not any more, or does not answer: nobody corrects this clock.",
  daemon_in_minority_camp: "Most independent sources contradict its claim, and a minority shares it: a hint, and no proof.",
  unsynchronised_source_in_use: "It follows its own clock, or a server that says of itself that it is not synchronised.",
};

const NO_CLAIM = "it claims nothing: it says that this clock is not synchronised";
const WORDS: Readonly<Record<ClaimVerdict, string>> = {
  held: "holds all that was measured: nothing contradicts it",
  open: "meets in part what was measured: neither refutes the other",
  excluded: "excludes what was measured: it is wrong about this clock, or what the bound rests on does not hold",
  not_judged: "not judged: nothing was proved of that moment",
};

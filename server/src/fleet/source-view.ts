import { atMost, BILLION, divCeil, type Interval, type Mixup, mixupOf, offsetInWords, refidInWords } from "@truebound/time";
import type { BatchSource, HostSource, SourceState } from "@truebound/wire";
import { answersUnusably, commonest } from "./unusable-answers.ts";

/** One source as people see it. `host` is the host's guaranteed bound, against which a dissenter is measured. */
export const viewSource = (source: BatchSource, host: Interval | null): HostSource => ({
  id: source.id,
  address: source.address,
  origin: source.origin,
  state: source.state,
  why: sourceInWords(source, host),
  stratum: source.stratum,
  refid: source.refid === null ? null : refidInWords(source.refid, source.stratum),
  leap: source.leap,
  bound: source.lo_ns === null || source.hi_ns === null ? null : { lo_ns: source.lo_ns, hi_ns: source.hi_ns },
  delay_ns: source.delay_ns,
  polls: source.polls,
  replies: source.replies,
  refusals: source.refusals,
  local_reference: source.local_reference,
  ...rootOf(source),
  ...(source.timescale === undefined ? {} : { timescale: source.timescale }),
  ...(source.nts === undefined ? {} : { nts: source.nts }),
  ...declaredOf(source),
  ...(source.root === undefined ? {} : { root: source.root }),
  ...(source.declaration === undefined ? {} : { declaration: source.declaration }),
});

/** What is to be known of a source that is not asked by NTP; nothing of others. */
function declaredOf({ kind, counts = true, assumes = [], document = null, facts = {} }: BatchSource): Partial<HostSource> {
  return kind === undefined || kind === "ntp" ? {} : { kind, counts, assumes, document, facts };
}

/** What it said of its own way to the clock that it follows, rounded up; nothing from agents that do not tell. */
export const rootOf = ({ root_delay_raw, root_dispersion_raw }: BatchSource): Pick<HostSource, "root_delay_ns" | "root_dispersion_ns"> => ({
  ...(typeof root_delay_raw === "number" ? { root_delay_ns: shortNs(root_delay_raw) } : {}),
  ...(typeof root_dispersion_raw === "number" ? { root_dispersion_ns: shortNs(root_dispersion_raw) } : {}),
});

/** NTP's short format counts in 2⁻¹⁶ s. */
const shortNs = (raw: number): string => divCeil(BigInt(raw) * BILLION, 65_536n).toString();

export function sourceInWords(source: BatchSource, host: Interval | null): string {
  return source.counts === false ? besideInWords(source, host) : stateInWords(source, host);
}

/** Of a source without a vote, and why it has none. */
function besideInWords(source: BatchSource, host: Interval | null): string {
  if (isMissingProgram(source)) return "cannot be asked: ntp-time-sync is not installed on that host; no bound rests on it";
  const why = source.kind === "opinion" ? "it is a second opinion" : "its error is declared, and nobody lets that count here";
  if (source.state === "falseticker") return `contradicts the bound${dissent(source, host)}; it has no vote, since ${why}`;
  const state = source.state === "no_region" ? `cannot be compared, since there is no bound${opinion(source)}` : stateInWords(source, host);
  return `${state}; it has no vote, since ${why}`;
}

/** The program of a second opinion is under another licence, and in no package of the agent. */
const isMissingProgram = ({ kind, replies, refusals }: BatchSource): boolean =>
  kind === "opinion" && replies === 0 && (refusals.opinion_not_installed ?? 0) > 0;

function stateInWords(source: BatchSource, host: Interval | null): string {
  const state = source.state as SourceState;
  switch (state) {
    case "agrees":
      return source.local_reference
        ? "agrees with the bound; it is a local reference, no better than its own clock"
        : "agrees with the bound";
    case "never_answered":
      return `has never given a usable answer (${source.polls} ${source.polls === 1 ? "try" : "tries"}${because(source)})`;
    case "stale":
      return `${answersUnusably(source) ? "answers, but with nothing that can be used" : "has stopped answering"}${commonest(source) ? ` (${commonest(source)})` : ""}`;
    case "timescale_unknown":
      return "is left out while a leap second is near: name its timescale in the policy";
    case "not_authenticated":
      return "is left out, since only authenticated sources count on this host and it is none";
    case "inconsistent_with_itself":
      return "contradicts itself: its answers cannot all be true";
    case "vote_void":
      return "contradicts another source that shares its upstream, so neither counts";
    case "falseticker":
      return `disagrees with the others${dissent(source, host)}`;
    case "no_region":
      return `cannot be judged, since no majority agrees${opinion(source)}`;
    case "resolving":
      return `has no address yet${because(source)}`;
    default:
      return state satisfies never;
  }
}

const opinion = ({ lo_ns, hi_ns }: BatchSource): string =>
  lo_ns === null || hi_ns === null ? "" : `; by its word the clock is ${offsetInWords({ lo: BigInt(lo_ns), hi: BigInt(hi_ns) })}`;

/** By how much the two cannot meet. */
function dissent({ lo_ns, hi_ns }: BatchSource, host: Interval | null): string {
  if (lo_ns === null || hi_ns === null || host === null) return "";
  const apart = BigInt(lo_ns) > host.hi ? BigInt(lo_ns) - host.hi : host.lo - BigInt(hi_ns);
  return apart > 0n ? `: it is ${atMost(apart)} or more away from what they allow${mixup(BigInt(lo_ns), BigInt(hi_ns), host)}` : "";
}

/** TAI − UTC since 2017; by then another one would be a name less, and nothing else. */
const TAI_MINUS_UTC = 37;

const MIXUPS: Readonly<Record<Mixup, string>> = {
  one_second: "a leap second too many or too few",
  gps_utc: "GPS time taken for UTC",
  tai_gps: "TAI taken for GPS time",
  tai_utc: "TAI taken for UTC",
  gps_week_rollover: "a GPS week number that began again",
};

/** What a difference of that size looks like. */
function mixup(lo: bigint, hi: bigint, host: Interval): string {
  const found = mixupOf({ lo: lo - host.hi, hi: hi - host.lo }, TAI_MINUS_UTC);
  return found === null ? "" : `, which looks like ${MIXUPS[found]}`;
}

const because = (source: BatchSource): string => {
  const reason = commonest(source);
  return reason ? `, mostly ${reason}` : "";
};

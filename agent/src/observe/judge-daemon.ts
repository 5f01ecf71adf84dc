import { fuse, type Interval, intersect, majorityFaults, touches } from "@truebound/time";
import { type BatchEvent, claimedBy, type DaemonFinding } from "@truebound/wire";
import { claimBeside, type DaemonFacts, type DaemonMemory } from "./daemon-facts.ts";
import type { WitnessTrouble } from "./ports.ts";

/** What one look says of one finding. `unknown` begins nothing and ends nothing. */
export interface Judged {
  readonly truth: "holds" | "over" | "unknown";
  /** What it rests on, where it holds. */
  readonly detail: BatchEvent["detail"];
}

const OVER: Judged = { truth: "over", detail: {} };
const UNKNOWN: Judged = { truth: "unknown", detail: {} };
const holds = (detail: Judged["detail"]): Judged => ({ truth: "holds", detail });

/** Every finding by one look. `memory` is of the looks before it. */
export const judgeDaemon = (facts: DaemonFacts, memory: DaemonMemory): Readonly<Record<DaemonFinding, Judged>> => ({
  daemon_bound_violated: boundViolated(facts, memory),
  daemon_dead: dead(facts, memory),
  daemon_in_minority_camp: inMinorityCamp(facts),
  unsynchronised_source_in_use: unsynchronisedSource(facts, memory),
});

/**
 * The first claim is held against what was proved: they have no offset in common, so one of them is wrong. A bound that grew wide
 * enough to hold it again, since no source was heard meanwhile, shows nothing: it is over only by one as narrow as showed it.
 */
function boundViolated(facts: DaemonFacts, { excludedBy }: DaemonMemory): Judged {
  if (claimsNothing(facts.says)) return OVER;
  const both = claimBeside(facts);
  if (both === null) return UNKNOWN;
  const { claimant, claim, measured, width } = both;
  if (intersect(claim, measured) !== null) return excludedBy !== null && width > excludedBy ? UNKNOWN : OVER;
  const apart = claim.hi < measured.lo ? measured.lo - claim.hi : claim.lo - measured.hi;
  return holds({ claimant, apart_ns: apart.toString(), ...named("claim", claim), ...named("measured", measured) });
}

/** Whoever would be held to a claim says of itself that it is not synchronised: there is no claim that could be false. */
const claimsNothing = ({ chronyd, ntpd, timesyncd, kernel }: DaemonFacts["says"]): boolean =>
  (chronyd ?? ntpd ?? timesyncd ?? kernel)?.is_synchronised === false;

const named = (name: string, { lo, hi }: Interval): Judged["detail"] => ({
  [`${name}_lo_ns`]: lo.toString(),
  [`${name}_hi_ns`]: hi.toString(),
});

/** The kernel's maxerror grows by 500 ppm until a daemon tells it anew. ntpd and timesyncd do so every 2048 s at the slowest; three times that is silence. */
const LONGEST_UNTOLD_NS = 3n * 2048n * 1_000_000_000n;
/** Whoever answers so has a process; whether it lives is another question. */
const SILENT: readonly WitnessTrouble[] = ["timeout", "refused", "failed"];

function dead(facts: DaemonFacts, memory: DaemonMemory): Judged {
  const { running, trouble } = facts;
  // Where none was known nothing has died: a daemon that was taken away on purpose is forgotten with the agent's next start.
  if (running?.kind === "none") return memory.ran ? holds({ why: "no_process" }) : OVER;
  const isSeen = running !== null && running.daemons.length > 0;
  // A port that is closed while the process is there was closed by whoever configured it; one that hangs answers nothing.
  const isSilent = trouble !== null && (isSeen ? trouble === "timeout" : SILENT.includes(trouble));
  if (isSilent) return memory.answered ? holds({ why: "does_not_answer", trouble }) : UNKNOWN;
  const untold = untoldSince(facts, memory);
  if (untold !== null && untold > LONGEST_UNTOLD_NS) return holds({ why: "kernel_not_told", for_ns: untold.toString() });
  return isSeen || trouble === null ? OVER : UNKNOWN;
}

/** For how long nobody has told the kernel anything, ns; null = not known, or it never was told while we looked. */
function untoldSince({ at, says }: DaemonFacts, { kernel }: DaemonMemory): bigint | null {
  if (says.kernel === undefined || kernel === null || kernel.fellAt === null) return null;
  return BigInt(says.kernel.max_error_ns) < kernel.maxError ? 0n : at - kernel.fellAt;
}

/** Where fewer than three independent sources speak, none of them is a majority of any meaning. */
const FEWEST_VOTES = 3;

/** A note and no proof: the claim shares no offset with what most independent sources agree on, and some with one of the others. */
function inMinorityCamp({ says, votes }: DaemonFacts): Judged {
  const claim = claimedBy(says);
  if (claimsNothing(says)) return OVER;
  if (claim === null || votes.length < FEWEST_VOTES) return UNKNOWN;
  const { regions, need } = fuse(votes, majorityFaults(votes.length));
  if (regions.length === 0) return UNKNOWN;
  const sharing = votes.filter((vote) => touches(vote, claim)).length;
  if (sharing === 0 || regions.some((region) => touches(region, claim))) return OVER;
  return holds({ votes: votes.length, majority: need, sharing, ...named("claim", claim) });
}

function unsynchronisedSource({ says, running, baseless, followed }: DaemonFacts, memory: DaemonMemory): Judged {
  if (baseless !== null) return holds({ why: baseless });
  if (running?.kind === "none") return OVER;
  if ((says.chronyd ?? says.ntpd ?? says.timesyncd)?.is_synchronised === false) return OVER;
  const before = memory.followed;
  if (followed === null || before === null || before.id !== followed.id) return UNKNOWN;
  if (followed.replies > before.replies) return OVER;
  return followed.unsynchronised > before.unsynchronised ? holds({ why: "source_is_not_synchronised", followed: followed.id }) : UNKNOWN;
}

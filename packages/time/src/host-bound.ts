import { fuse, isBimodal, isTruechimer } from "./fusion.ts";
import { halfWidth, type Interval, intersect, touches, widen } from "./interval.ts";
import { absolute, BILLION, type PartsPerBillion, type RawInstant } from "./units.ts";
import { castVotes, type SourceIdentity, type Vote } from "./votes.ts";

/**
 * The host's bound on UTC − RAW at one instant: which sources still speak, what they prove together, and in what status.
 * Pure: facts and the last published bound in, decision out. The order of the rules is the order of DESIGN section 2.
 */
export type StatusKind = "proven" | "unverified" | "holdover" | "conflict" | "no_majority" | "disrupted" | "unknown";

export type StatusReason =
  | "trusting"
  | "one_vote"
  | "fault_budget_reduced"
  | "sources_lost"
  | "sources_disagree"
  | "no_region"
  | Disruption
  | "never_measured"
  | "no_exchange_for_an_hour"
  | "wider_than_a_second"
  | "no_usable_evidence";

/** What made the ruler another one: nothing measured before it says anything about what comes after. */
export type Disruption = "suspended_or_moved" | "clocksource_changed" | "vm_disrupted" | "ruler_jumped";

/** Why a source has no part in the bound. */
export type OutReason = "never_answered" | "stale" | "inconsistent_with_itself" | "vote_void" | "falseticker";

export interface SourceFacts {
  readonly identity: SourceIdentity;
  readonly trusted: boolean;
  /** t4 of its last accepted exchange; `null` = none yet. */
  readonly lastExchange: RawInstant | null;
  /** Its poll interval, ns. Fresh = an exchange within three. */
  readonly poll: bigint;
  /** M4 at `now`; `null` with `conflict` when its window contradicts itself, or without when there is nothing. */
  readonly interval: Interval | null;
  readonly conflict: boolean;
}

export interface PublishedBound {
  readonly interval: Interval;
  readonly at: RawInstant;
  /** False when it was only `unverified`: good enough to hold over, not to stand against sources that disagree. */
  readonly proven: boolean;
}

export interface HostFacts {
  readonly now: RawInstant;
  readonly rho: PartsPerBillion;
  /** F in force. */
  readonly faults: number;
  readonly sources: readonly SourceFacts[];
  /** True from a suspend or a move until the next exchange. */
  readonly disrupted: boolean;
  /** What disrupted it; a suspend or a move where the caller does not say. */
  readonly disruptedBy?: Disruption;
  /** The last guaranteed bound that rested on votes. */
  readonly last: PublishedBound | null;
}

export interface HostBound {
  readonly status: StatusKind;
  /** `null` for plain `proven`. */
  readonly reason: StatusReason | null;
  /** Guaranteed bound on UTC − RAW; `null` = none can be given. */
  readonly guaranteed: Interval | null;
  readonly faults: number;
  readonly need: number;
  readonly votes: number;
  readonly regions: readonly Interval[];
  readonly bimodal: boolean;
  /** Trusted sources on which `proven` rests. */
  readonly trusting: readonly string[];
  /** Ids that agree with the bound. */
  readonly agree: readonly string[];
  readonly out: readonly { readonly id: string; readonly reason: OutReason }[];
  /** To hand in as `last` next time. */
  readonly last: PublishedBound | null;
}

export const EXPIRES_AFTER = 3600n * BILLION;
export const WIDEST = BILLION;
export const FRESH_POLLS = 3n;

/** F when the policy leaves it open: 1, and 0 when fewer than three sources are configured (as configured, before merging). */
export const defaultFaults = (configured: number): number => (configured < 3 ? 0 : 1);

export function hostBound(facts: HostFacts): HostBound {
  const { speaking, out } = hear(facts);
  const votes = castVotes(speaking.map(({ identity, interval }) => ({ identity, interval: interval as Interval })));
  const cast = votes.filter(isCast);
  const voided = votes.filter((vote) => vote.interval === null).flatMap((vote) => vote.members);
  const fusion = fuse(
    cast.map((vote) => vote.interval),
    facts.faults,
  );
  const verdict = decide(facts, cast, speaking, fusion.hull);
  const judged = judge(cast, fusion.regions);
  return {
    ...capWidth(verdict),
    faults: facts.faults,
    need: fusion.need,
    votes: cast.length,
    regions: fusion.regions,
    bimodal: isBimodal(cast.map((vote) => vote.interval)),
    agree: judged.agree,
    out: [...out, ...voided.map((id) => ({ id, reason: "vote_void" as const })), ...judged.out],
    last: remember(facts, verdict, cast.length),
  };
}

type CastVote = Vote & { readonly interval: Interval };
type Verdict = Pick<HostBound, "status" | "reason" | "guaranteed" | "trusting">;

const isCast = (vote: Vote): vote is CastVote => vote.interval !== null;

/** Splits the sources into those that speak at `now` and those that do not, with the reason. */
function hear({ sources, now }: HostFacts) {
  const speaking: SourceFacts[] = [];
  const out: { id: string; reason: OutReason }[] = [];
  for (const source of sources) {
    const silence = whySilent(source, now);
    if (silence === null) speaking.push(source);
    else out.push({ id: source.identity.id, reason: silence });
  }
  return { speaking, out };
}

function whySilent(source: SourceFacts, now: RawInstant): OutReason | null {
  if (source.lastExchange === null) return "never_answered";
  if (now - source.lastExchange > FRESH_POLLS * source.poll) return "stale";
  if (source.conflict) return "inconsistent_with_itself";
  return source.interval === null ? "stale" : null;
}

function decide(facts: HostFacts, cast: readonly CastVote[], speaking: readonly SourceFacts[], fused: Interval | null): Verdict {
  const lastExchange = latestExchange(facts);
  if (lastExchange === null) return verdict("unknown", "never_measured", null);
  if (facts.now - lastExchange > EXPIRES_AFTER) return verdict("unknown", "no_exchange_for_an_hour", null);
  if (facts.disrupted) return verdict("disrupted", facts.disruptedBy ?? "suspended_or_moved", null);
  if (cast.length === 0) return held(facts, "holdover", "sources_lost");
  const trusted = trust(cast, speaking, facts.faults);
  if (trusted) return { status: "proven", reason: "trusting", guaranteed: trusted.interval, trusting: trusted.ids };
  if (cast.length === 1) return verdict("unverified", "one_vote", fused);
  if (cast.length === 2 && !touches((cast[0] as CastVote).interval, (cast[1] as CastVote).interval))
    return standing(facts, cast, "conflict", "sources_disagree");
  if (cast.length < 2 * facts.faults + 1) return verdict("unverified", "fault_budget_reduced", fused);
  if (fused === null) return standing(facts, cast, "no_majority", "no_region");
  return verdict("proven", null, fused);
}

const verdict = (status: StatusKind, reason: StatusReason | null, guaranteed: Interval | null): Verdict => ({
  status,
  reason,
  guaranteed,
  trusting: [],
});

/** M3: what was last proved, grown by drift alone. */
function held({ last, rho, now }: HostFacts, status: StatusKind, reason: StatusReason): Verdict {
  if (last === null) return verdict("unknown", "no_usable_evidence", null);
  // A wide reading's end can lie behind that of the tight one after it: drift is as much either way.
  return verdict(status, reason, widen(last.interval, rho, absolute(now - last.at)));
}

/**
 * Sources disagree: what was proved before stands only as long as no more than F of them deny it. With F = 0 the very
 * disagreement refutes what it rested on. (A source that breaks suddenly contradicts its own window and has no vote; votes
 * that are each consistent and yet disagree have most likely done so all along, behind their width.)
 */
function standing(facts: HostFacts, cast: readonly CastVote[], status: StatusKind, reason: StatusReason): Verdict {
  if (facts.last === null || !facts.last.proven || facts.faults === 0) return verdict(status, reason, null);
  const kept = held(facts, status, reason);
  const denied = cast.filter((vote) => !touches(vote.interval, kept.guaranteed as Interval)).length;
  return denied <= facts.faults ? kept : verdict(status, reason, null);
}

/**
 * Trusted sources prove alone, until the fused rest contradicts them. Only what they say themselves counts: whoever claims
 * to share a vote with one of them has no part in it, on either side.
 */
function trust(cast: readonly CastVote[], speaking: readonly SourceFacts[], faults: number) {
  const trusted = speaking.filter((source) => source.trusted);
  const ids = trusted.map((source) => source.identity.id);
  const [first, ...others] = trusted.map((source) => source.interval as Interval);
  if (first === undefined) return null;
  const common = others.reduce<Interval | null>((all, next) => all && intersect(all, next), first);
  const restVotes = cast.filter((vote) => !vote.members.some((id) => ids.includes(id)));
  const rest = fuse(
    restVotes.map((vote) => vote.interval),
    faults,
  ).hull;
  if (common === null || (rest !== null && !touches(common, rest))) return null;
  return { interval: common, ids };
}

function judge(cast: readonly CastVote[], regions: readonly Interval[]) {
  const agree: string[] = [];
  const out: { id: string; reason: OutReason }[] = [];
  for (const vote of cast) {
    if (isTruechimer(vote.interval, regions)) agree.push(...vote.members);
    else if (regions.length > 0) out.push(...vote.members.map((id) => ({ id, reason: "falseticker" as const })));
  }
  return { agree, out };
}

/** A bound wider than a second on either side of its middle answers nothing: it is `unknown`, never "fine". */
function capWidth(decided: Verdict): Verdict {
  if (decided.guaranteed === null || halfWidth(decided.guaranteed) <= WIDEST) return decided;
  return verdict("unknown", "wider_than_a_second", null);
}

/**
 * Only what at least one honest vote must support is remembered: with F votes or fewer, all of them may be false. A held
 * bound keeps growing from where it was last proved.
 */
function remember(facts: HostFacts, { status, guaranteed }: Verdict, votes: number): PublishedBound | null {
  if (status === "disrupted") return null;
  const rests = status === "proven" || (status === "unverified" && votes > facts.faults);
  return rests && guaranteed !== null ? { interval: guaranteed, at: facts.now, proven: status === "proven" } : facts.last;
}

function latestExchange({ sources }: HostFacts): RawInstant | null {
  return sources.reduce<RawInstant | null>(
    (latest, { lastExchange }) => (lastExchange !== null && (latest === null || lastExchange > latest) ? lastExchange : latest),
    null,
  );
}

import { fuse, isBimodal, isTruechimer } from "./fusion.ts";
import { carryTight, fuseSlopes, fuseTight, slopeOf, type TightVote, tightVote, within } from "./host-tight.ts";
import { halfWidth, type Interval, intersect, touches } from "./interval.ts";
import { castPeerVotes, identitiesOf } from "./peer-votes.ts";
import type { SlopeRange } from "./sliding-hull.ts";
import { type Disruption, type StatusFacts, type StatusKind, type StatusReason, type StatusRule, statusRule } from "./status.ts";
import { BILLION, type PartsPerBillion, type RawInstant } from "./units.ts";
import { castVotes, groupDependent, type SourceIdentity, type Vote } from "./votes.ts";
import { carryInterval, type Drift } from "./window.ts";

/**
 * The host's bound on UTC − RAW at one instant: which sources still speak, what they prove together, and in what status.
 * Pure: facts and the last published bound in, decision out. The table of `status.ts` decides.
 */
/** Why a source has no part in the bound. */
export type OutReason =
  | "never_answered"
  | "stale"
  | "timescale_unknown"
  | "not_authenticated"
  | "inconsistent_with_itself"
  | "vote_void"
  | "falseticker"
  | "no_vote";

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
  /** M5 at `now`, and the slopes that fit its window, ppb, not cut to the drift assumption; `null` = none. */
  readonly tight: Interval | null;
  readonly slope: SlopeRange | null;
  /** What its newest exchange alone says of UTC − RAW at `now`; `null` = there is none. */
  readonly newest: Interval | null;
  /** When its exchanges last stopped fitting one line; `null` = they always have. */
  readonly bentAt: RawInstant | null;
  /** A leap second is near and nobody knows what this source does about it. */
  readonly timescaleUnknown?: boolean;
  /** `interval` was widened for a leap of which no list tells. */
  readonly leapUnknown?: boolean;
  /** Only authenticated sources may count, and this one is none: nothing that it says is heard. */
  readonly notAuthenticated?: boolean;
  /** Of a peer: identities of the sources on which what it says rests. Absent = a source of the host's own. */
  readonly restsOn?: readonly string[];
}

export interface PublishedBound {
  readonly interval: Interval;
  readonly at: RawInstant;
  /** False when it was only `unverified`: good enough to hold over, not to stand against sources that disagree. */
  readonly proven: boolean;
  /** H then, and the slopes that fitted. */
  readonly tight: { readonly interval: Interval; readonly slope: SlopeRange } | null;
}

export interface HostFacts {
  readonly now: RawInstant;
  readonly drift: Drift;
  /** ppb by which the frequency may move within a window: what the tight tier assumes on top. */
  readonly sigma: PartsPerBillion;
  /** F in force. */
  readonly faults: number;
  readonly sources: readonly SourceFacts[];
  /** True from a suspend or a move until the next exchange. */
  readonly disrupted: boolean;
  /** What disrupted it; a suspend or a move where the caller does not say. */
  readonly disruptedBy?: Disruption;
  /** The last guaranteed bound that rested on votes. */
  readonly last: PublishedBound | null;
  /** `last` was widened for a leap of which no list tells. */
  readonly leapUnknown?: boolean;
}

export interface HostBound {
  readonly status: StatusKind;
  /** `null` for plain `proven`. */
  readonly reason: StatusReason | null;
  /** Guaranteed bound on UTC − RAW; `null` = none can be given. */
  readonly guaranteed: Interval | null;
  /** Tight bound on UTC − RAW, within the guaranteed one; `null` = none can be given. */
  readonly tight: Interval | null;
  /** What the votes agree on of the slope of UTC − RAW, ppb: the negative of the oscillator's frequency error. */
  readonly slope: SlopeRange | null;
  /** The same, not cut to the drift assumption: what that is held against. */
  readonly rate: SlopeRange | null;
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
  /** Ids of those of `agree` and `out` that are peers, not sources of the host's own. */
  readonly peers: readonly string[];
  /** To hand in as `last` next time. */
  readonly last: PublishedBound | null;
}

export const EXPIRES_AFTER = 3600n * BILLION;
export const WIDEST = BILLION;
export const FRESH_POLLS = 3n;

/** F when the policy leaves it open: 1, and 0 when fewer than three sources are configured (as configured, before merging). */
export const defaultFaults = (configured: number): number => (configured < 3 ? 0 : 1);

export function hostBound(facts: HostFacts): HostBound {
  const { speaking, contradicting: against, out } = hear(facts);
  const contradicting = against.filter(isOwn);
  const ownVotes = castVotes(speaking.filter(isOwn).map(({ identity, interval }) => ({ identity, interval: interval as Interval })));
  const votes = [...ownVotes, ...peerVotes(facts.faults, speaking)];
  const cast = votes.filter(isCast);
  const unheard = speaking.filter(({ identity }) => !votes.some(({ members }) => members.includes(identity.id)));
  const voided = votes.filter((vote) => vote.interval === null).flatMap((vote) => vote.members);
  const intervals = cast.map((vote) => vote.interval);
  const fusion = fuse(intervals, facts.faults);
  const trusted = trust(cast, speaking, facts.faults);
  const inconsistent = contradicting.length + voided.length > 0;
  const peersOnly = !ownVotes.some(isCast) && cast.length < PEERS_ALONE;
  const rule = ruleFor(facts, { votes: intervals, fused: fusion.hull, trusting: trusted !== null, inconsistent, peersOnly });
  const verdict = publish(rule, facts, { votes: intervals, fused: fusion.hull, trusted, contradicting });
  const judged = judge(cast, fusion.regions);
  const tightVotes = cast.map((vote) => tightVote(vote.interval, membersOf(vote, speaking)));
  const rate = fuseSlopes(slopesOf([...speaking.filter(isOwn), ...contradicting]), facts.faults);
  const slope = rate && within(rate, allowedSlopes(facts.drift));
  const tight = tightOf(rule, facts, verdict, tightVotes, trusted, speaking);
  const capped = sayDoubt(verdict, facts.leapUnknown === true || speaking.some(({ leapUnknown }) => leapUnknown === true));
  return {
    ...capped,
    tight: capped.guaranteed && tight,
    slope,
    rate,
    faults: facts.faults,
    need: fusion.need,
    votes: cast.length,
    regions: fusion.regions,
    bimodal: isBimodal(intervals),
    agree: judged.agree,
    out: [
      ...out,
      ...unheard.map(({ identity: { id } }) => ({ id, reason: "no_vote" as const })),
      ...voided.map((id) => ({ id, reason: "vote_void" as const })),
      ...judged.out,
    ],
    peers: facts.sources.filter((source) => !isOwn(source)).map(({ identity: { id } }) => id),
    last: remember(rule, facts, verdict.guaranteed, tight && slope && { interval: tight, slope }, cast.length),
  };
}

/**
 * What a source without a vote is beside the bound that others prove: silent, for one of the reasons for which a vote is silent too; in
 * agreement with it; or not.
 */
export function compareWith(guaranteed: Interval | null, source: SourceFacts, now: RawInstant): OutReason | "agrees" | "no_region" {
  const silence = whySilent(source, now);
  if (silence !== null) return silence;
  if (guaranteed === null || source.interval === null) return "no_region";
  return touches(guaranteed, source.interval) ? "agrees" : "falseticker";
}

/** So many votes of peers, each on sources of its own, prove as much as sources of the host's own. */
const PEERS_ALONE = 3;

const isOwn = ({ restsOn }: SourceFacts): boolean => restsOn === undefined;

/**
 * Peers have a vote only where some vote may lie: with F = 0 one lying neighbour would refute what honest sources prove. One behind
 * which a source stands that this host hears itself has nothing to add (`castPeerVotes`); where that source falls silent, it has.
 */
const peerVotes = (faults: number, speaking: readonly SourceFacts[]): Vote[] =>
  faults < 1
    ? []
    : castPeerVotes(
        speaking.filter(isOwn).map(({ identity }) => identity),
        speaking.flatMap(({ identity, restsOn, interval }) =>
          restsOn ? [{ id: identity.id, restsOn: withItself(identity, restsOn), interval: interval as Interval }] : [],
        ),
      );

/** A peer that rests on anything rests on its own machine too: where that serves time to this host, or to another peer, it is one clock. */
const withItself = ({ address, ownRefid }: SourceIdentity, restsOn: readonly string[]): readonly string[] =>
  restsOn.length === 0 ? restsOn : [...restsOn, ...identitiesOf({ address, ownRefid, refid: null, stratum: null })];

const allowedSlopes = ({ rho, centre }: Drift): SlopeRange => ({ min: Number(centre - rho), max: Number(centre + rho) });

/**
 * One slope for each vote. A source that contradicts itself has none on the offset, but it may be rho that contradicts it:
 * what it says of the rate is heard.
 */
const slopesOf = (sources: readonly SourceFacts[]): SlopeRange[] =>
  groupDependent(sources.map(({ identity }) => identity)).flatMap(
    (members) => slopeOf(sources.filter(({ identity }) => members.includes(identity.id))) ?? [],
  );

const membersOf = ({ members }: CastVote, speaking: readonly SourceFacts[]): SourceFacts[] =>
  speaking.filter(({ identity }) => members.includes(identity.id));

/** H, by the same rule as the guaranteed bound that it lies in. */
function tightOf(
  rule: StatusRule,
  facts: HostFacts,
  { guaranteed }: Verdict,
  votes: readonly TightVote[],
  trusted: Trusted | null,
  speaking: readonly SourceFacts[],
): Interval | null {
  if (guaranteed === null) return null;
  if (rule.publishes === "fused") return fuseTight(votes, facts.faults, guaranteed);
  if (rule.publishes === "trusted")
    return tightVote(
      guaranteed,
      speaking.filter(({ identity }) => trusted?.ids.includes(identity.id)),
    ).tight;
  const held = facts.last?.tight;
  return held ? intersect(carryTight(held.interval, held.slope, facts.sigma, facts.now - facts.last.at), guaranteed) : null;
}

type CastVote = Vote & { readonly interval: Interval };
type Verdict = Pick<HostBound, "status" | "reason" | "guaranteed" | "trusting">;
type Trusted = { readonly interval: Interval; readonly ids: readonly string[] };

const isCast = (vote: Vote): vote is CastVote => vote.interval !== null;

/** Splits the sources into those that speak at `now`, those that speak against themselves, and the rest, with the reasons. */
function hear({ sources, now }: HostFacts) {
  const speaking: SourceFacts[] = [];
  const contradicting: SourceFacts[] = [];
  const out: { id: string; reason: OutReason }[] = [];
  for (const source of sources) {
    const silence = whySilent(source, now);
    if (silence === null) speaking.push(source);
    else out.push({ id: source.identity.id, reason: silence });
    if (silence === "inconsistent_with_itself") contradicting.push(source);
  }
  return { speaking, contradicting, out };
}

/** Whether a source has something to say at `now`. */
export const speaks = (source: SourceFacts, now: RawInstant): boolean => whySilent(source, now) === null;

function whySilent(source: SourceFacts, now: RawInstant): OutReason | null {
  if (source.lastExchange === null) return "never_answered";
  if (now - source.lastExchange > FRESH_POLLS * source.poll) return "stale";
  if (source.notAuthenticated) return "not_authenticated";
  if (source.timescaleUnknown) return "timescale_unknown";
  if (source.conflict) return "inconsistent_with_itself";
  return source.interval === null ? "stale" : null;
}

interface Cast extends Pick<StatusFacts, "trusting" | "inconsistent" | "peersOnly"> {
  readonly votes: readonly Interval[];
  readonly fused: Interval | null;
}

function ruleFor(facts: HostFacts, { votes, fused, trusting, inconsistent, peersOnly }: Cast): StatusRule {
  const lastExchange = latestExchange(facts);
  const [first, second] = votes;
  return statusRule({
    measured: lastExchange !== null,
    expired: lastExchange !== null && facts.now - lastExchange > EXPIRES_AFTER,
    disrupted: facts.disrupted,
    unheard: facts.sources.some((source) => whySilent(source, facts.now) === "timescale_unknown"),
    inconsistent,
    unauthenticated: facts.sources.some((source) => whySilent(source, facts.now) === "not_authenticated"),
    votes: votes.length,
    faults: facts.faults,
    trusting,
    peersOnly,
    disjoint: first !== undefined && second !== undefined && !touches(first, second),
    region: fused !== null,
  });
}

/** What was made of the sources: the votes' intervals, M6's hull of them, what the trusted say, and who contradicts itself. */
interface Heard {
  readonly votes: readonly Interval[];
  readonly fused: Interval | null;
  readonly trusted: Trusted | null;
  readonly contradicting: readonly SourceFacts[];
}

/** What the rule says, and the interval that it publishes. */
function publish(rule: StatusRule, facts: HostFacts, { votes, fused, trusted, contradicting }: Heard): Verdict {
  const { status, reason } = rule;
  switch (rule.publishes) {
    case "nothing":
      return verdict(status, status === "disrupted" ? (facts.disruptedBy ?? reason) : reason, null);
    case "fused":
      return verdict(status, reason, fused);
    case "trusted":
      return { status, reason, guaranteed: trusted?.interval ?? null, trusting: trusted?.ids ?? [] };
    case "held": {
      const kept = heldOver(facts, contradicting);
      const why = reason === "sources_lost" ? "no_usable_evidence" : reason;
      return kept === null ? verdict("unknown", why, null) : verdict(status, reason, kept);
    }
    case "standing":
      return verdict(status, reason, standing(facts, votes));
    default:
      return rule.publishes satisfies never;
  }
}

const verdict = (status: StatusKind, reason: StatusReason | null, guaranteed: Interval | null): Verdict => ({
  status,
  reason,
  guaranteed,
  trusting: [],
});

/** M3: what was last proved, grown by drift alone. */
const held = (last: PublishedBound, { drift, now }: HostFacts): Interval => carryInterval(last.interval, drift, now - last.at);

/**
 * Nobody has a vote. Where that is because sources contradict themselves, what was proved goes on only as long as no more
 * than F of them deny it by their newest exchange: else it is rho, or whoever proved it, that they contradict.
 */
function heldOver(facts: HostFacts, contradicting: readonly SourceFacts[]): Interval | null {
  if (facts.last === null) return null;
  const kept = held(facts.last, facts);
  const newest = castVotes(contradicting.flatMap(({ identity, newest: interval }) => (interval ? [{ identity, interval }] : [])));
  return newest.filter(({ interval }) => interval !== null && !touches(interval, kept)).length > facts.faults ? null : kept;
}

/**
 * Sources disagree: what was proved before stands only as long as no more than F of them deny it. With F = 0 the very
 * disagreement refutes what it rested on. (A source that breaks suddenly contradicts its own window and has no vote; votes
 * that are each consistent and yet disagree have most likely done so all along, behind their width.)
 */
function standing(facts: HostFacts, votes: readonly Interval[]): Interval | null {
  if (facts.last === null || !facts.last.proven || facts.faults === 0) return null;
  const kept = held(facts.last, facts);
  const denied = votes.filter((vote) => !touches(vote, kept)).length;
  return denied <= facts.faults ? kept : null;
}

/**
 * Trusted sources prove alone, until the fused rest contradicts them. Only what they say themselves counts: whoever claims
 * to share a vote with one of them has no part in it, on either side.
 */
function trust(cast: readonly CastVote[], speaking: readonly SourceFacts[], faults: number): Trusted | null {
  const trusted = speaking.filter((source) => source.trusted && isOwn(source));
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

/**
 * A bound wider than a second on either side of its middle answers nothing: it is `unknown`, never "fine". Where a leap that
 * no list tells of is what made it wide, that is the reason.
 */
function sayDoubt(decided: Verdict, leapUnknown: boolean): Verdict {
  if (decided.guaranteed === null) return decided;
  if (halfWidth(decided.guaranteed) > WIDEST) return verdict("unknown", leapUnknown ? "leap_unknown" : "wider_than_a_second", null);
  return leapUnknown && decided.reason === null ? { ...decided, reason: "leap_unknown" } : decided;
}

/**
 * Only what at least one honest vote must support is remembered: with F votes or fewer, all of them may be false. A held
 * bound keeps growing from where it was last proved.
 */
function remember(
  { remembers }: StatusRule,
  facts: HostFacts,
  guaranteed: Interval | null,
  tight: PublishedBound["tight"],
  votes: number,
): PublishedBound | null {
  if (remembers === "dropped") return null;
  const rests = remembers === "proven" || (remembers === "unproven" && votes > facts.faults);
  return rests && guaranteed !== null ? { interval: guaranteed, at: facts.now, proven: remembers === "proven", tight } : facts.last;
}

function latestExchange({ sources }: HostFacts): RawInstant | null {
  return sources.reduce<RawInstant | null>(
    (latest, { lastExchange }) => (lastExchange !== null && (latest === null || lastExchange > latest) ? lastExchange : latest),
    null,
  );
}

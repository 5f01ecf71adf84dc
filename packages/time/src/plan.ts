import { longestGap, type Pace, paceFor, ROUNDED, type Room, spanned } from "./pace.ts";
import { excursion } from "./sampling.ts";
import { BILLION, divCeil, drift, maxOf, minOf, type PartsPerBillion } from "./units.ts";
import { DEFAULT_WINDOW } from "./window.ts";

/**
 * What can be proved of a limit on one host: from what its own exchanges were made of, never from a table. The same arithmetic sets the
 * agent's pace (pace.ts). Everything is whole nanoseconds, rounded against the claim: a plan never promises what fails.
 */

/** m: what the worst error of a sample is made of the moment it is taken, ns. */
export interface SampleParts {
  readonly path: bigint;
  readonly root: bigint;
  readonly precision: bigint;
  readonly stamp: bigint;
  /** How far the clock itself is off, as far as the sample shows it. */
  readonly offset: bigint;
}

/** A host, as far as a limit is concerned. */
export interface Situation {
  /** L, less the error of the application, ns. */
  readonly limit: bigint;
  /** Of the samples that count, the worst. */
  readonly sample: SampleParts;
  /** The least that path and root together cost any of them, ns. */
  readonly leastReach: bigint;
  /** S. */
  readonly slew: PartsPerBillion;
  /** The fastest that the bound grows between exchanges. */
  readonly drift: PartsPerBillion;
  readonly interleaved: boolean;
  /** The slowest pace that the host's policy allows. */
  readonly slowest: Pace;
  /** The limit by which it is paced; null = it keeps the slowest pace. */
  readonly pacedBy: bigint | null;
  /** By how much a reading of the clocks comes later than its pace says, at most, ns. */
  readonly readLate: bigint;
  /** Each fresh vote, by the source of it that is polled most often. */
  readonly votes: readonly Polled[];
  /** Every source, with a vote or without. */
  readonly sources: readonly Polled[];
  readonly faults: number;
  /** Trusted sources prove alone. */
  readonly trusting: boolean;
  /** Sources exclude each other, so that no majority says anything. */
  readonly disagree: boolean;
  /** A report counts what one vote alone says. */
  readonly countsUnverified: boolean;
}

/** How often a source is asked, ns. */
export interface Polled {
  /** Never more often than this. */
  readonly floor: bigint;
  /** As it was asked, on average; null = at the host's pace. */
  readonly apart: bigint | null;
  /** A peer: asked at the slowest pace, the policy's own, whatever the limit. */
  readonly isPeer?: true;
}

const apartAt = ({ floor, apart, isPeer }: Polled, poll: bigint, { slowest }: Pick<Situation, "slowest">): bigint =>
  apart ?? maxOf(floor, isPeer ? slowest.poll : poll);

export const TERMS = ["path", "root", "precision", "stamp", "offset", "slew", "drift"] as const;
export type TermName = (typeof TERMS)[number];

/** What holds of a situation. */
export interface Prospect {
  readonly pace: Pace;
  /** The worst error at any instant, ns: live, where one reply was lost; and as a report sees the same, from both sides. */
  readonly live: bigint;
  readonly report: bigint;
  /** What `live` is made of. */
  readonly terms: Readonly<Record<TermName, bigint>>;
  readonly enoughVotes: boolean;
}

/** Votes below which nothing is proven: one alone proves nothing, and of fewer than 2F + 1 liars may be the majority. */
export const votesNeeded = (faults: number): number => Math.max(2, 2 * faults + 1);

export const sampleBound = ({ path, root, precision, stamp, offset }: SampleParts): bigint => path + root + precision + stamp + offset;

/** How often each vote is really polled: at the host's pace, and above the floor of its source. */
export function prospect(situation: Situation): Prospect {
  const { limit: _, sample, slew, faults, votes, trusting, disagree } = situation;
  const own = ownPace(situation);
  const poll = pollThatCounts(
    votes.map((vote) => apartAt(vote, own.poll, situation)),
    { faults, trusting },
  );
  const gap = longestGap(poll ?? own.poll);
  const strays = excursion(slew, own.reading + situation.readLate) + ROUNDED;
  const still = sampleBound(sample) + strays;
  const grown = drift(situation.drift, spanned(situation.interleaved) * gap);
  return {
    pace: { reading: own.reading, poll: poll ?? own.poll },
    live: still + grown,
    report: still + divCeil(situation.drift * seenFrom(situation.interleaved) * gap, 2n * BILLION),
    terms: { ...sample, slew: strays, drift: grown },
    enoughVotes: !disagree && (trusting ? votes.length > 0 : votes.length >= votesNeeded(faults)),
  };
}

/**
 * By which of the votes the bound is kept: the end of the fused interval is the (F + 1)-th nearest; of trusted sources it is not known
 * which, so the slowest counts. Undefined = there are none.
 */
export function pollThatCounts(polls: readonly bigint[], { faults, trusting }: Pick<Situation, "faults" | "trusting">): bigint | undefined {
  const sorted = [...polls].sort((a, b) => (a < b ? -1 : 1));
  return trusting ? sorted.at(-1) : (sorted[faults] ?? sorted.at(-1));
}

/** Halves of an interval that an instant lies at most away from the exchange that it is seen from: one that the next exchange finishes is heard of late. */
const seenFrom = (interleaved: boolean): bigint => (interleaved ? 3n : 1n);

const ownPace = (situation: Situation): Pace => paceFor(situation.pacedBy, situation.slowest, roomOf(situation));
const roomOf = ({ sample, slew, drift: rate, interleaved }: Situation): Room => ({
  least: sampleBound(sample),
  slew,
  drift: rate,
  interleaved,
});

/** How often each source is asked, ns. */
export function polled(situation: Situation): bigint[] {
  const { poll } = ownPace(situation);
  return situation.sources.map((source) => apartAt(source, poll, situation));
}

/** How far apart the clocks are read, ns. */
export const readEvery = (situation: Situation): bigint => ownPace(situation).reading;

export const GOALS = ["live", "report"] as const;
/** live = at every instant as it passes, one reply lost; report = afterwards, each instant seen from the exchanges on both sides. */
export type Goal = (typeof GOALS)[number];

export function holds(situation: Situation, goal: Goal): boolean {
  const found = prospect(situation);
  return isVouchedFor(situation, goal, found) && found[goal] <= situation.limit;
}

/** Enough sources say so; without them no worst error is proved, however good their samples are. */
export const isVouchedFor = (
  { disagree, countsUnverified, votes }: Situation,
  goal: Goal,
  { enoughVotes }: Pick<Prospect, "enoughVotes">,
): boolean => enoughVotes || (goal === "report" && countsUnverified && !disagree && votes.length > 0);

/** The greatest term, the one to work on first; of equal ones the first by name. */
export const binding = ({ terms }: Pick<Prospect, "terms">): TermName =>
  TERMS.reduce((most, name) => (terms[name] > terms[most] ? name : most));

/** Path and root of the best sample fill the limit already: over this network nothing else helps. */
export const isOutOfReach = ({ leastReach, limit }: Situation): boolean => limit > 0n && leastReach > limit;

/** Whether the limit is proved; `out_of_reach` = at no pace over this network. */
export const verdictOf = (situation: Situation, goal: Goal): "yes" | "no" | "out_of_reach" =>
  holds(situation, goal) ? "yes" : isOutOfReach(situation) ? "out_of_reach" : "no";

/** The longest that polls may be apart, and readings, for the goal, as far as a window remembers; null = at no pace. Sources may have floors above it. */
export function sampling(situation: Situation, goal: Goal): Pace | null {
  const room = roomOf(situation);
  const { reading } = paceFor(situation.limit, situation.slowest, room);
  const left = situation.limit - sampleBound(situation.sample) - excursion(situation.slew, reading + situation.readLate) - ROUNDED;
  if (left < 0n || (left === 0n && situation.drift > 0n)) return null;
  if (situation.drift === 0n) return { reading, poll: DEFAULT_WINDOW.age };
  const [times, of] = goal === "report" ? [2n, seenFrom(situation.interleaved)] : [1n, spanned(situation.interleaved)];
  return { reading, poll: minOf(DEFAULT_WINDOW.age, (times * left * BILLION) / (of * situation.drift)) };
}

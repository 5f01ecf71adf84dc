import { FLOOR_SECONDS, READING_LATE } from "./pace.ts";
import { type Goal, holds, type Polled, prospect, type SampleParts, type Situation, votesNeeded } from "./plan.ts";
import { costOf, type PlanCost } from "./plan-cost.ts";
import { minOf, type PartsPerBillion, seconds } from "./units.ts";

/**
 * What somebody could change about a host, and what each change would make of it. `effort` puts them in order: first what costs nothing
 * to run, then packets, then a line of configuration, then what somebody has to find out or answer for, then another network.
 */
export const CHANGES = ["slew", "pace", "name_sources", "late", "offset", "certificate", "residual", "sources", "trust", "nearer"] as const;
export type ChangeKind = (typeof CHANGES)[number];

/** What the evidence offers; null = nothing. */
export interface Offers {
  /** S with chronyd's `maxslewrate` capped. */
  readonly cappedSlew: PartsPerBillion | null;
  /** How fast the bound grows once the residual is declared that a day's evidence suggests. */
  readonly calibratedDrift: PartsPerBillion | null;
  /** Some source with a vote has no other above it, so that somebody may hold a certificate of it. */
  readonly isCertifiable: boolean;
}

export interface PlannedChange {
  readonly kind: ChangeKind;
  /** At most so many ns may be left of the terms that the change is about; null = it is about none. */
  readonly atMost: bigint | null;
}

/** Changes that make a goal hold together, and what the host costs by then. */
export interface Way {
  readonly changes: readonly PlannedChange[];
  readonly cost: PlanCost;
  /** What it is then polled and read by. */
  readonly pace: { readonly reading: bigint; readonly poll: bigint };
}

interface Rule {
  readonly effort: number;
  readonly helps: (situation: Situation, offers: Offers) => boolean;
  readonly make: (situation: Situation, offers: Offers, share: bigint) => Situation;
  /** The terms that it lessens, by what is left of them. */
  readonly lessens?: readonly (keyof SampleParts)[];
}

const NAMED = seconds(FLOOR_SECONDS.declared);
/** Readings that come later than this show a host that is busy. */
const BUSY = 5n * READING_LATE;
/** Shares of a term are told in millionths. */
const WHOLE = 1_000_000n;

const RULES: Readonly<Record<ChangeKind, Rule>> = {
  slew: {
    effort: 1,
    helps: ({ slew }, { cappedSlew }) => cappedSlew !== null && cappedSlew < slew,
    make: (situation, { cappedSlew }) => ({ ...situation, slew: cappedSlew ?? situation.slew }),
  },
  pace: {
    effort: 2,
    helps: ({ pacedBy, limit }) => pacedBy === null || pacedBy > limit,
    make: (situation) => ({ ...asked(situation, atPace), pacedBy: situation.limit }),
  },
  name_sources: {
    effort: 3,
    helps: ({ votes }) => votes.some(({ floor, isPeer }) => !isPeer && floor > NAMED),
    make: (situation) => asked(situation, named),
  },
  late: {
    effort: 4,
    helps: ({ readLate }) => readLate > BUSY,
    make: (situation) => ({ ...situation, readLate: READING_LATE }),
  },
  offset: lessening(4, ["offset"]),
  certificate: lessening(5, ["root"], ({ isCertifiable }) => isCertifiable),
  residual: {
    effort: 6,
    helps: ({ drift }, { calibratedDrift }) => calibratedDrift !== null && calibratedDrift < drift,
    make: (situation, { calibratedDrift }) => ({ ...situation, drift: calibratedDrift ?? situation.drift }),
  },
  sources: {
    effort: 7,
    helps: ({ trusting, disagree, votes, faults }) => !trusting && !disagree && votes.length < votesNeeded(faults),
    make: (situation) => {
      const more = Array.from({ length: missingVotes(situation) }, () => ({ floor: NAMED, apart: null }));
      return { ...situation, votes: [...situation.votes, ...more], sources: [...situation.sources, ...more] };
    },
  },
  trust: {
    effort: 9,
    helps: ({ trusting, votes, disagree, faults }) => !trusting && votes.length > 0 && (disagree || votes.length < votesNeeded(faults)),
    make: (situation) => ({ ...situation, trusting: true, disagree: false }),
  },
  nearer: lessening(30, ["path", "root"]),
};

function lessening(effort: number, lessens: readonly (keyof SampleParts)[], isOffered: (offers: Offers) => boolean = () => true): Rule {
  return {
    effort,
    lessens,
    helps: ({ sample }, offers) => isOffered(offers) && lessens.some((name) => sample[name] > 0n),
    make: (situation, _, share) => ({ ...situation, sample: lessened(situation.sample, lessens, share) }),
  };
}

const asked = (situation: Situation, how: (source: Polled) => Polled): Situation => ({
  ...situation,
  votes: situation.votes.map(how),
  sources: situation.sources.map(how),
});
const atPace = (one: Polled): Polled => ({ ...one, apart: null });
const named = (one: Polled): Polled => (one.isPeer ? one : { floor: minOf(one.floor, NAMED), apart: null });

/** How many more sources it takes, each a vote of its own. */
export const missingVotes = ({ votes, faults }: Situation): number => Math.max(0, votesNeeded(faults) - votes.length);

function lessened(sample: SampleParts, names: readonly (keyof SampleParts)[], share: bigint): SampleParts {
  const entries = names.map((name) => [name, (sample[name] * share) / WHOLE] as const);
  return { ...sample, ...Object.fromEntries(entries) };
}

const MOST_WAYS = 3;

/** The cheapest ways to make a goal hold that does not yet, cheapest first, none with a change that it could do without. Empty = there is none. */
export function waysTo(goal: Goal, situation: Situation, offers: Offers): Way[] {
  const possible = CHANGES.filter((kind) => RULES[kind].helps(situation, offers));
  const found: (readonly ChangeKind[])[] = [];
  for (const kinds of subsets(possible).sort(byEffort)) {
    if (found.length === MOST_WAYS) break;
    if (found.some((smaller) => smaller.every((kind) => kinds.includes(kind)))) continue;
    if (holds(changed(situation, offers, kinds, 0n), goal)) found.push(kinds);
  }
  return found.map((kinds) => wayBy(kinds, goal, situation, offers));
}

/** All of them but the empty one. */
const subsets = (kinds: readonly ChangeKind[]): ChangeKind[][] =>
  Array.from({ length: 2 ** kinds.length - 1 }, (_, bits) => kinds.filter((_kind, place) => ((bits + 1) >> place) & 1));

const effortOf = (kinds: readonly ChangeKind[]): number => kinds.reduce((sum, kind) => sum + RULES[kind].effort, 0);
const byEffort = (a: readonly ChangeKind[], b: readonly ChangeKind[]): number => effortOf(a) - effortOf(b) || a.length - b.length;

/** `share`: so many millionths stay of what is lessened. */
const changed = (situation: Situation, offers: Offers, kinds: readonly ChangeKind[], share: bigint): Situation =>
  kinds.reduce((now, kind) => RULES[kind].make(now, offers, share), situation);

function wayBy(kinds: readonly ChangeKind[], goal: Goal, situation: Situation, offers: Offers): Way {
  const share = kinds.some((kind) => RULES[kind].lessens)
    ? greatestShare((part) => holds(changed(situation, offers, kinds, part), goal))
    : 0n;
  const then = changed(situation, offers, kinds, share);
  const changes = kinds.map((kind) => ({ kind, atMost: RULES[kind].lessens?.reduce((sum, name) => sum + then.sample[name], 0n) ?? null }));
  return { changes, cost: costOf(then), pace: prospect(then).pace };
}

/** The greatest share of what is lessened that may stay; it holds with none. */
function greatestShare(suffices: (share: bigint) => boolean): bigint {
  let [enough, tooMuch] = [0n, WHOLE];
  while (tooMuch - enough > 1n) {
    const middle = (enough + tooMuch) / 2n;
    if (suffices(middle)) enough = middle;
    else tooMuch = middle;
  }
  return enough;
}

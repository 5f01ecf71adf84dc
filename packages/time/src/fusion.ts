import { contains, hull, type Interval, touches } from "./interval.ts";

/**
 * M6: fusion with a fixed fault budget. With at most F of m intervals false, the truth is covered by at least m − F of
 * them, so it lies in the hull of the stretches covered that often. Unlike Marzullo's algorithm and its descendants this
 * never bets on the number of liars being small; F is policy, not a function of who answers.
 */
export interface Fusion {
  /** max(1, m − F): how many votes must cover a point. */
  readonly need: number;
  /** Maximal stretches covered by at least `need` votes, ascending. */
  readonly regions: readonly Interval[];
  /** Their hull: the guaranteed interval. `null` = no point is covered often enough. */
  readonly hull: Interval | null;
}

export function fuse(votes: readonly Interval[], faults: number): Fusion {
  const need = Math.max(1, votes.length - faults);
  const regions = coveredAtLeast(votes, need);
  const first = regions[0];
  const last = regions.at(-1);
  return { need, regions, hull: first && last ? hull(first, last) : null };
}

/** The largest number of liars that a strict majority can outvote: floor((m − 1) / 2). */
export const majorityFaults = (votes: number): number => Math.max(0, Math.floor((votes - 1) / 2));

/** More than one region at the majority's budget: the sources form camps. */
export const isBimodal = (votes: readonly Interval[]): boolean =>
  !haveCommonPoint(votes) && fuse(votes, majorityFaults(votes.length)).regions.length > 1;

/** A truechimer touches a region; one that touches none is a falseticker. */
export const isTruechimer = (vote: Interval, regions: readonly Interval[]): boolean => regions.some((region) => touches(region, vote));

const coveredAtLeast = (votes: readonly Interval[], need: number): Interval[] =>
  haveCommonPoint(votes) ? coveredTogether(votes, need) : swept(votes, need);

/** True of nearly all that is ever fused. */
function haveCommonPoint(votes: readonly Interval[]): boolean {
  const [first] = votes;
  if (first === undefined) return false;
  let { lo, hi } = first;
  for (const vote of votes) {
    if (vote.lo > lo) lo = vote.lo;
    if (vote.hi < hi) hi = vote.hi;
  }
  return lo <= hi;
}

/** Where all have a point in common all starts come before all ends: what is covered often enough is one stretch. */
function coveredTogether(votes: readonly Interval[], need: number): Interval[] {
  const lo = ascending(votes.map((vote) => vote.lo))[need - 1];
  const hi = ascending(votes.map((vote) => vote.hi))[votes.length - need];
  return lo === undefined || hi === undefined ? [] : [{ lo, hi }];
}

const ascending = (ends: bigint[]): bigint[] => ends.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** One sweep over the ends. Closed intervals: at equal points starts come before ends, so touching counts. */
function swept(votes: readonly Interval[], need: number): Interval[] {
  const ends = votes.flatMap(({ lo, hi }) => [
    { at: lo, step: 1 },
    { at: hi, step: -1 },
  ]);
  ends.sort((a, b) => (a.at === b.at ? b.step - a.step : a.at < b.at ? -1 : 1));
  const regions: Interval[] = [];
  let depth = 0;
  let start: bigint | null = null;
  for (const { at, step } of ends) {
    depth += step;
    if (step === 1 && depth === need) start = at;
    if (step === -1 && depth === need - 1 && start !== null) {
      regions.push({ lo: start, hi: at });
      start = null;
    }
  }
  return regions;
}

/** How many votes cover a point: the slow, obviously right twin of the sweep, for tests. */
export const coverage = (votes: readonly Interval[], point: bigint): number => votes.filter((vote) => contains(vote, point)).length;

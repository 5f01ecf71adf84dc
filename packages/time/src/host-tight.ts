import { fuse } from "./fusion.ts";
import { type Interval, intersect } from "./interval.ts";
import type { SlopeRange } from "./sliding-hull.ts";
import { divCeil, divFloor, type PartsPerBillion } from "./units.ts";

/** The host's tight tier, and what its oscillator does: M6 over what the votes say of both. */
export interface TightVote {
  /** What the vote guarantees. */
  readonly interval: Interval;
  /** What its members' hulls allow; `null` = none of them has one. */
  readonly tight: Interval | null;
}

/** A vote's members agree on their tight bounds, or the vote has none. */
export function tightVote(interval: Interval, members: readonly { readonly tight: Interval | null }[]): TightVote {
  const [bound, ...bounding] = members.flatMap(({ tight }) => (tight ? [tight] : []));
  const common = bounding.reduce<Interval | null>((all, next) => all && intersect(all, next), bound ?? null);
  return { interval, tight: common && intersect(common, interval) };
}

/** The slopes of UTC − RAW that the members of a vote allow, ppb, not cut to any assumption; `null` = none says. */
export const slopeOf = (members: readonly { readonly slope: SlopeRange | null }[]): SlopeRange | null =>
  members.reduce<SlopeRange | null>((all, { slope }) => (slope === null ? all : narrower(all, slope)), null);

const narrower = (all: SlopeRange | null, next: SlopeRange): SlopeRange | null => {
  if (all === null) return next;
  const common = { min: Math.max(all.min, next.min), max: Math.min(all.max, next.max) };
  // Two servers of one vote that disagree on the rate: take the wider view.
  return common.min <= common.max ? common : { min: Math.min(all.min, next.min), max: Math.max(all.max, next.max) };
};

/** H of the host: what at least m − F votes allow, within what is guaranteed. A vote without a hull counts as it guarantees. */
export function fuseTight(votes: readonly TightVote[], faults: number, guaranteed: Interval): Interval | null {
  if (votes.every(({ tight }) => tight === null)) return null;
  const { hull } = fuse(
    votes.map(({ tight, interval }) => tight ?? interval),
    faults,
  );
  return hull && intersect(hull, guaranteed);
}

/** Slopes are compared in thousandths of a ppb, rounded outward. */
const GRAIN = 1000;

/** The slope of UTC − RAW on which at least m − F votes agree, ppb; `null` = they do not, or all of them may lie. */
export function fuseSlopes(slopes: readonly SlopeRange[], faults: number): SlopeRange | null {
  const grains = slopes.map(({ min, max }) => ({ lo: BigInt(Math.floor(min * GRAIN)), hi: BigInt(Math.ceil(max * GRAIN)) }));
  const { hull } = slopes.length > faults ? fuse(grains, faults) : { hull: null };
  return hull && { min: Number(hull.lo) / GRAIN, max: Number(hull.hi) / GRAIN };
}

/** What the assumption leaves of a measured slope; where it leaves nothing, what was measured. */
export function within(measured: SlopeRange, allowed: SlopeRange): SlopeRange {
  const common = { min: Math.max(measured.min, allowed.min), max: Math.min(measured.max, allowed.max) };
  return common.min <= common.max ? common : measured;
}

/** A tight bound, `elapsed` ns later: it moves with the slopes that fitted, and sigma on top. */
export function carryTight(tight: Interval, slope: SlopeRange, sigma: PartsPerBillion, elapsed: bigint): Interval {
  const move = (ppb: number): bigint => BigInt(Math.round(ppb * GRAIN)) * elapsed;
  const scale = BigInt(GRAIN) * 1_000_000_000n;
  const wander = divCeil(sigma * elapsed, 1_000_000_000n) + 1n;
  return { lo: tight.lo + divFloor(move(slope.min), scale) - wander, hi: tight.hi + divCeil(move(slope.max), scale) + wander };
}

import { divCeil, divFloor, type Interval, maxOf, minOf } from "@truebound/time";
import type { ClockEvidence, EvidenceAt } from "../audit-case.ts";
import type { Conflict, Reach, Run } from "./conflict.ts";
import { SCALE } from "./line.ts";
import type { Made } from "./made.ts";
import { type ClockTerms, type Timeline, timelineOf } from "./timeline.ts";

/** E at one instant: what the evidence says of the divergence there. For many instants `evidenceOf` builds the timeline once. */
export const evidenceAt = (terms: ClockTerms, clock: ClockEvidence, t: bigint): EvidenceAt => evidenceOf(terms, clock)(t);

/** E at any instant that is asked. */
export function evidenceOf(terms: ClockTerms, clock: ClockEvidence): (t: bigint) => EvidenceAt {
  const timeline = timelineOf(terms, clock, SCALE);
  return (t) => evidenceIn(timeline, clock, t);
}

function evidenceIn(timeline: Timeline, clock: ClockEvidence, t: bigint): EvidenceAt {
  const cut = clock.cuts.find(({ from, to }) => from < t && t < to);
  if (cut !== undefined) return { kind: "no_evidence", cut: cut.reason };
  if (timeline.conflicts.some((conflict) => isIn(conflict, t))) return { kind: "conflict" };
  // At a cut of one instant the clock is past the cut.
  const isCut = clock.cuts.some(({ from, to }) => from === t && to === t);
  const run = timeline.runs.findLast((one) => isReached(one, t, isCut));
  const bound = run === undefined ? null : boundAt(run, t, timeline.reach);
  return bound === null ? { kind: "no_evidence", cut: null } : { kind: "bound", ...bound };
}

const isIn = ({ from, to, isClosed }: Conflict, t: bigint): boolean => (isClosed ? from <= t && t <= to : from < t && t < to);

const isReached = ({ reachesFrom, reachesTo }: Run, t: bigint, isCut: boolean): boolean =>
  (reachesFrom === null ? !isCut : reachesFrom === t || (reachesFrom < t && !isCut)) && (reachesTo === null || t <= reachesTo);

function boundAt({ made }: Run, t: bigint, { horizon, slope, scale }: Reach): Interval | null {
  let bound: Interval | null = null;
  for (const one of made) {
    const apart = distance(one, t);
    if (apart > horizon) continue;
    const cone = { lo: one.lo * scale - slope * apart, hi: one.hi * scale + slope * apart };
    bound = bound === null ? cone : { lo: maxOf(bound.lo, cone.lo), hi: minOf(bound.hi, cone.hi) };
  }
  return bound && { lo: divFloor(bound.lo, scale), hi: divCeil(bound.hi, scale) };
}

/** In time, from evidence to an instant; 0 within it. */
const distance = ({ from, to }: Made, t: bigint): bigint => (t < from ? from - t : t > to ? t - to : 0n);

import type { AuditTerms, ClockEvidence, Stretch } from "../audit-case.ts";
import { conesOf } from "./cones.ts";
import { type Conflict, findConflicts, type Reach, type Run } from "./conflict.ts";
import { type SortedEvidence, sortEvidence } from "./evidence.ts";
import { type Known, slopeOf } from "./line.ts";
import { makeEvidence } from "./made.ts";

/** All that the evidence of one clock says, ready to be walked along. */
export interface Timeline {
  readonly reach: Reach;
  readonly runs: readonly Run[];
  readonly conflicts: readonly Conflict[];
  readonly counts: Pick<SortedEvidence, "samples" | "spans" | "untraceable" | "inCut"> & { readonly contradictory: number };
}

export type ClockTerms = Pick<AuditTerms, "horizon" | "requiresTraceability">;

export function timelineOf(terms: ClockTerms, clock: ClockEvidence, scale: bigint): Timeline {
  if (terms.horizon < 0n) throw new RangeError(`Cannot reach over a horizon of ${terms.horizon} ns: it must be at least 0`);
  if (clock.driftPpb < 0n) throw new RangeError(`Cannot drift by ${clock.driftPpb} ppb: it must be at least 0`);
  const reach = { horizon: terms.horizon, slope: slopeOf(clock.driftPpb, scale), scale };
  const { stretches, samples, spans, untraceable, inCut } = sortEvidence(terms, clock);
  const [runs, conflicts]: [Run[], Conflict[]] = [[], []];
  let contradictory = 0;
  for (const stretch of stretches) {
    const evidence = makeEvidence(stretch);
    const found = findConflicts(evidence.made, stretch, reach);
    for (const run of found.runs) runs.push(run);
    for (const conflict of found.conflicts) conflicts.push(conflict);
    contradictory += evidence.contradictory;
  }
  return { reach, runs, conflicts, counts: { samples: samples - contradictory, spans, untraceable, inCut, contradictory } };
}

/** E and the contradictions, in order. */
export function* knownOf({ runs, conflicts, reach }: Pick<Timeline, "runs" | "conflicts" | "reach">): Generator<Known> {
  const lasting = conflicts.filter(({ from, to }) => from < to);
  let [next, slot] = [0, 0];
  for (const run of runs) {
    for (; isBefore(lasting[next], run.reachesFrom); next++) yield contradicted(lasting[next] as Stretch);
    for (const piece of conesOf(run, reach, slot)) {
      slot = piece.slot;
      yield piece;
    }
  }
  for (const conflict of lasting.slice(next)) yield contradicted(conflict);
}

const isBefore = (conflict: Stretch | undefined, instant: bigint | null): boolean =>
  conflict !== undefined && instant !== null && conflict.to <= instant;

const contradicted = ({ from, to }: Stretch): Known => ({ kind: "conflict", from, to });

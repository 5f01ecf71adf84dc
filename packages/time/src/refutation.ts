import { FRESH_POLLS, type SourceFacts } from "./host-bound.ts";
import { fuseSlopes, slopeOf } from "./host-tight.ts";
import type { SlopeRange } from "./sliding-hull.ts";
import type { RawInstant } from "./units.ts";
import { groupDependent } from "./votes.ts";

/**
 * The drift assumption against the evidence. Two exchanges of an honest source exclude each other under rho only where the
 * ruler moved faster than rho between them. At most F votes lie: where more of them than that contradict themselves, an
 * honest one does, and rho is refuted. What it was: exchanges that still fit a line show a rate; those that fit none, a jump.
 */
export interface Refutation {
  readonly kind: "rate" | "jump";
  /** Votes that contradict themselves: more than F. */
  readonly votes: number;
  /** The slopes of UTC − RAW that fit what they say, ppb; `null` = none of them can tell. */
  readonly rate: SlopeRange | null;
}

/** Sources that speak at `now` and contradict themselves under the drift that is assumed. */
const contradicting = (sources: readonly SourceFacts[], now: RawInstant): SourceFacts[] =>
  sources.filter(
    ({ conflict, lastExchange, poll, timescaleUnknown }) =>
      conflict && timescaleUnknown !== true && lastExchange !== null && now - lastExchange <= FRESH_POLLS * poll,
  );

/** `null` = no more than F votes contradict themselves: liars may. */
export function refute(sources: readonly SourceFacts[], faults: number, now: RawInstant): Refutation | null {
  const refuted = contradicting(sources, now);
  const groups = votesWith(refuted, sources);
  if (groups.length <= faults) return null;
  const bent = groups.filter((members) => members.every((source) => hasBentLately(source, now))).length;
  const slopes = groups.flatMap((members) => slopeOf(members) ?? []);
  return { kind: bent > faults ? "jump" : "rate", votes: groups.length, rate: rateOf(slopes, faults) };
}

/** Members of each vote that are among `some`; votes without any are left out. */
export function votesWith(some: readonly SourceFacts[], all: readonly SourceFacts[]): SourceFacts[][] {
  if (some.length === 0) return [];
  return groupDependent(all.map(({ identity }) => identity))
    .map((members) => some.filter(({ identity }) => members.includes(identity.id)))
    .filter((members) => members.length > 0);
}

/** True while the samples from before the bend may still be what a conflict comes from. */
export const hasBentLately = ({ bentAt, poll }: Pick<SourceFacts, "bentAt" | "poll">, now: RawInstant): boolean =>
  bentAt !== null && now - bentAt <= FRESH_POLLS * poll;

/** All of them saw one oscillator, and at most F of them lie: M6 over what they saw, or, where that is empty, all of it. */
function rateOf(slopes: readonly SlopeRange[], faults: number): SlopeRange | null {
  if (slopes.length === 0) return null;
  const fused = fuseSlopes(slopes, faults);
  return fused ?? { min: Math.min(...slopes.map(({ min }) => min)), max: Math.max(...slopes.map(({ max }) => max)) };
}

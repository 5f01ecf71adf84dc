import {
  type HostReading,
  type Interval,
  intersect,
  minOf,
  offsetAt,
  type PartsPerBillion,
  realtimeMinusRaw,
  stepBetween,
  touches,
  wasSet,
  widen,
} from "@truebound/time";
import { type CoarseRefusal, coarseBound, shortest } from "./coarse-bound.ts";
import type { CoarseAnswer, OpinionTrouble } from "./read-answer.ts";

/** What another program's exchanges with a source prove of this clock, and how that stands to our own bound. */
export interface SecondOpinion {
  readonly source: string;
  /** On the offset; null = it proves nothing. */
  readonly offset: Interval | null;
  readonly exchanges: number;
  readonly troubles: Readonly<Partial<Record<OpinionTrouble | CoarseRefusal, number>>>;
  readonly verdict: "agrees" | "contradicts" | "contradicts_itself" | "unknown";
}

export interface OpinionSample {
  readonly answer: CoarseAnswer;
  /** Our own readings right before the question, and right after the answer. */
  readonly before: HostReading;
  readonly after: HostReading;
}

export interface OpinionRates {
  /** By how much RAW strays. */
  readonly rho: PartsPerBillion;
  /** By how much REALTIME may stray besides, while it is slewed. */
  readonly slew: PartsPerBillion;
}

/** All samples of one source, at `now`. They are joined on the axis of RAW, as our own are, which no slew moves. */
export function secondOpinion(source: string, samples: readonly OpinionSample[], now: HostReading, rates: OpinionRates): SecondOpinion {
  const troubles: Partial<Record<OpinionTrouble | CoarseRefusal, number>> = {};
  const bounds = samples.flatMap((sample) => {
    const bound = onRaw(sample, rates);
    if (typeof bound !== "string") return [widen(bound, rates.rho, now.rawAfter - sample.after.rawBefore)];
    troubles[bound] = (troubles[bound] ?? 0) + 1;
    return [];
  });
  const joined = bounds.reduce<Interval | null | undefined>(
    (sum, one) => (sum === undefined ? one : sum && intersect(sum, one)),
    undefined,
  );
  const offset = joined ? offsetAt(now, joined, rates.rho) : null;
  const verdict = joined === undefined ? "unknown" : joined === null ? "contradicts_itself" : "agrees";
  return { source, offset, exchanges: bounds.length, troubles, verdict };
}

/** UTC − RAW at `rawBefore` of our reading after the answer. Whoever answered read the same clock between our two reads. */
export function onRaw({ answer, before, after }: OpinionSample, { rho, slew }: OpinionRates): Interval | CoarseRefusal | OpinionTrouble {
  if (answer.kind !== "exchange") return answer.kind;
  const rate = (rho + slew) as PartsPerBillion;
  if (stepBetween(before, after) !== 0n || wasSet(before, after)) return "clock_moved";
  const elapsed = after.rawAfter - before.rawBefore;
  if (answer.exchange.elapsed > elapsed + 2_000_000n || !isBetween(answer.exchange.t4Ms, after, elapsed)) return "clock_moved";
  const offset = coarseBound(answer.exchange, rate);
  if (typeof offset === "string") return offset;
  const at = realtimeMinusRaw(after);
  // The second reading was made no sooner than that much after our first.
  const held = widen(offset, rate, elapsed - minOf(elapsed, shortest(answer.exchange.replied, rate)));
  return { lo: held.lo + at.lo, hi: held.hi + at.hi };
}

/** Within the time of the question by our own reading, give or take a slew of a quarter. */
function isBetween(t4Ms: number, { realtime }: HostReading, elapsed: bigint): boolean {
  const behind = realtime - BigInt(t4Ms) * 1_000_000n;
  return behind >= -1_000_000n && behind <= elapsed + elapsed / 4n + 2_000_000n;
}

/** Held against our own bound. It never is a part of that. */
export function heldAgainst(opinion: SecondOpinion, own: Interval | null): SecondOpinion {
  if (opinion.verdict !== "agrees" || opinion.offset === null) return opinion;
  if (own === null) return { ...opinion, verdict: "unknown" };
  return { ...opinion, verdict: touches(opinion.offset, own) ? "agrees" : "contradicts" };
}

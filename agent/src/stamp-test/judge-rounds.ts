import { absolute, maxOf } from "@truebound/time";
import { type Granularity, granularityOf } from "./granularity.ts";
import type { WrittenStamp } from "./read-line.ts";

/** One question and its answer, or one line that came by itself. */
export interface Round {
  /** What REALTIME showed at the latest before the question went out; null = nobody asked. */
  readonly before: bigint | null;
  /** What it showed at the earliest once the whole line was here. */
  readonly after: bigint;
  readonly stamp: WrittenStamp;
}

/**
 * REALTIME less the stamp, at every instant between the two reads of a round, whichever of them the event is. Positive = the
 * stamp lies behind the clock. `lo` null = nobody knows when the event was at the earliest.
 */
export interface StampError {
  readonly lo: bigint | null;
  readonly hi: bigint;
}

export interface StampVerdict {
  readonly rounds: number;
  /** Holds each round's. */
  readonly error: StampError;
  /** Null where nobody asked: such lines have no earliest instant. */
  readonly appError: bigint | null;
  /** What stamps of other phases within the granularity may err beyond those seen. */
  readonly unseenPhase: bigint;
  readonly granularity: Granularity;
  readonly worst: { readonly number: number; readonly round: Round; readonly error: StampError };
  /** The width that each round adds: from one read to the other. */
  readonly roundTime: Spread | null;
  /** The greatest error of each round. */
  readonly spread: Spread;
}

/** Nearest ranks, upward. */
export interface Spread {
  readonly p50: bigint;
  readonly p90: bigint;
  readonly p99: bigint;
  readonly max: bigint;
}

export const errorOf = ({ before, after, stamp }: Round): StampError => ({
  lo: before === null ? null : before - stamp.at,
  hi: after - stamp.at,
});

const greatest = ({ lo, hi }: StampError): bigint => maxOf(absolute(lo ?? hi), absolute(hi));

export function judgeRounds(rounds: readonly Round[]): StampVerdict {
  const errors = rounds.map(errorOf);
  const asked = rounds.every(({ before }) => before !== null);
  const granularity = granularityOf(rounds);
  const number = errors.reduce((best, one, index) => (greatest(one) > greatest(errors[best] as StampError) ? index : best), 0);
  const unseenPhase = unseenPhaseOf(rounds, granularity.grain);
  return {
    rounds: rounds.length,
    error: { lo: asked ? least(errors.map(({ lo }) => lo as bigint)) : null, hi: errors.map(({ hi }) => hi).reduce(maxOf) },
    appError: asked ? errors.map(greatest).reduce(maxOf) + unseenPhase : null,
    unseenPhase,
    granularity,
    worst: { number: number + 1, round: rounds[number] as Round, error: errors[number] as StampError },
    roundTime: asked ? spreadOf(rounds.map(({ before, after }) => after - (before as bigint))) : null,
    spread: spreadOf(errors.map(greatest)),
  };
}

const least = (values: readonly bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b));

/**
 * A stamp that is cut to a grain errs by the more, the further its read lies from the grain's edge. Between two phases that were
 * seen the error grows by no more than lies between them: the longest stretch of phases that no round began in.
 */
export function unseenPhaseOf(rounds: readonly Round[], grain: bigint): bigint {
  if (grain <= 1n) return 0n;
  const phases = rounds.map(({ before, after }) => (((before ?? after) % grain) + grain) % grain).sort((a, b) => (a < b ? -1 : 1));
  const first = phases[0] as bigint;
  return [...phases.slice(1), first + grain].map((phase, index) => phase - (phases[index] as bigint)).reduce(maxOf);
}

export function spreadOf(values: readonly bigint[]): Spread {
  const sorted = [...values].sort((a, b) => (a < b ? -1 : 1));
  const rank = (percent: number) => sorted[Math.ceil((sorted.length * percent) / 100) - 1] as bigint;
  return { p50: rank(50), p90: rank(90), p99: rank(99), max: rank(100) };
}

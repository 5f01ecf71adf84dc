import { formatUtc, halfWidth, hull, type Interval, intersect, type UtcInstant, utc, WIDEST } from "@truebound/time";
import type { IntervalAnswer, Status } from "@truebound/wire";
import { worse } from "../ingest/rollup.ts";
import { coversOf, earliest, isBounded, strayed, whyNotBefore } from "./covers.ts";
import type { StoredReading } from "./stored-readings.ts";

/**
 * The bound on a host's offset at one instant of UTC, from the readings around it.
 *
 * A reading does not say when it was made, only that UTC was then within [REALTIME + lo, REALTIME + hi]. So the stretch
 * between two readings reaches from the earliest instant of the first to the latest of the second, stretches overlap, and
 * the answer is the hull over all that can hold the instant. Within a stretch the clock was at every instant inside the
 * `throughout` hull, which has room for slews between local readings; where the clock was set, there is none. An instant
 * that may lie in such a stretch is unknown, however well the readings on either side of it are: the clock may have been
 * set just before or just after it.
 */
export interface Answer {
  readonly status: Status;
  readonly reason: string | null;
  readonly bound: Interval | null;
  /** Within the bound; null = the readings have none. */
  readonly tight: Interval | null;
  /** The reading that closes the latest stretch that was used. */
  readonly reading: StoredReading | null;
  /** All that the bound rests on, in the order of the chain; none where there is no bound. */
  readonly readings: readonly StoredReading[];
}

/** `readings` in the order of the chain: all that can lie near `at`, and one batch more on each side. */
export function answerAt(readings: readonly StoredReading[], at: UtcInstant): Answer {
  const { covers: all, gaps } = coversOf(readings);
  // A gap has open ends: at the earliest instant of the reading before it, it cannot have begun.
  if (gaps.some(({ from, to }) => from < at && at < to)) return inGap(readings, at);
  const covers = all.filter(({ from, to }) => from <= at && at <= to);
  const first = covers[0];
  if (first === undefined) return afterLast(readings, at);
  const bound = covers.map((cover) => cover.bound).reduce(hull, first.bound);
  const tight = covers.map((cover) => cover.tight).reduce((all, next) => all && next && hull(all, next));
  const used = covers.flatMap((cover) => cover.readings);
  const worst = used.reduce((a, b) => (worse(a.status, b.status) === a.status ? a : b));
  return capped({
    status: worst.status,
    reason: worst.reason,
    bound,
    tight: tight && intersect(tight, bound),
    reading: used.at(-1) ?? null,
    readings: used,
  });
}

/** What a reading says of its own instant. */
export const answerOf = (reading: StoredReading): Answer => ({
  status: reading.status,
  reason: reading.reason,
  bound: reading.bound,
  tight: reading.tight,
  reading,
  readings: reading.bound === null ? [] : [reading],
});

/** Nothing is known at that instant; why, as the reading after it says. */
function inGap(readings: readonly StoredReading[], at: UtcInstant): Answer {
  const last = readings.at(-1);
  if (last === undefined) return unknown("no_evidence", null);
  const next = readings.find((reading) => reading.at >= at);
  if (next !== undefined && readings[0] === next) return unknown(whyNotBefore(next), null);
  if (next === undefined && !isBounded(last))
    return { status: last.status, reason: last.reason, bound: null, tight: null, reading: last, readings: [] };
  const said = next ?? last;
  return said.follows ? unknown(said.reason ?? "no_bound_at_that_time", said) : unknown("no_evidence", null);
}

/** The reason of an answer that rests on nothing but the last reading: only whoever knows that nothing came after it can rely on that. */
export const AFTER_THE_LAST = "after_the_last_record";

/** The last reading's bound goes on and grows. */
function afterLast(readings: readonly StoredReading[], at: UtcInstant): Answer {
  const last = readings.at(-1);
  // Before it only where a bound of no width lies between two gaps, and in neither.
  if (last === undefined || !isBounded(last) || at < earliest(last)) return inGap(readings, at);
  const elapsed = at - earliest(last);
  return capped({
    status: worse(last.status, "holdover"),
    reason: AFTER_THE_LAST,
    bound: strayed(last, elapsed),
    tight: null,
    reading: last,
    readings: [last],
  });
}

export const unknown = (reason: string, reading: StoredReading | null): Answer => ({
  status: "unknown",
  reason,
  bound: null,
  tight: null,
  reading,
  readings: [],
});

const capped = (answer: Answer): Answer =>
  answer.bound !== null && halfWidth(answer.bound) > WIDEST ? unknown("wider_than_a_second", answer.reading) : answer;

/** Each batch once. */
export function recordsOf(readings: readonly StoredReading[]): { epoch: number; seq: number }[] {
  const known = new Map(readings.map(({ epoch, seq }) => [`${epoch}/${seq}`, { epoch, seq }]));
  return [...known.values()];
}

/** That one answer names. */
export const MOST_RECORDS = 16;

/** What a scope adds to an answer: the error of its application, and whether its audits count the bound. */
export interface ScopeSays {
  readonly appError: bigint;
  /** Null = no scope was named. */
  readonly counts: boolean | null;
}

export const NO_SCOPE: ScopeSays = { appError: 0n, counts: null };

/** As it is said on the wire. What the host's clock showed is UTC − offset, so a greater offset shows an earlier time. */
export function sayAnswer(host: string, at: UtcInstant, answer: Answer, { appError, counts }: ScopeSays = NO_SCOPE): IntervalAnswer {
  const { status, reason, reading, readings } = answer;
  const wider = (bound: Interval | null) => bound && { lo: bound.lo - appError, hi: bound.hi + appError };
  const [bound, tight] = [wider(answer.bound), wider(answer.tight)];
  return {
    at: formatUtc(at),
    host,
    status,
    reason,
    guaranteed: bound && { lo_ns: bound.lo.toString(), hi_ns: bound.hi.toString() },
    tight: tight && { lo_ns: tight.lo.toString(), hi_ns: tight.hi.toString() },
    earliest: bound && formatUtc(utc(at - bound.hi)),
    latest: bound && formatUtc(utc(at - bound.lo)),
    evidence: reading && { epoch: reading.epoch, seq: reading.seq },
    records: recordsOf(readings).slice(0, MOST_RECORDS),
    assumptions: reading?.assumptions ?? null,
    app_error_ns: appError.toString(),
    counts,
    simulated: readings.some(({ injected }) => injected !== null),
  };
}

import { type Bounded, between, earliest, latest, stretchesOf } from "@truebound/audit";
import {
  drift,
  formatUtc,
  grow,
  halfWidth,
  hull,
  hullBetween,
  type Interval,
  intersect,
  ppb,
  type UtcInstant,
  utc,
  WIDEST,
} from "@truebound/time";
import type { IntervalAnswer, Status } from "@truebound/wire";
import { worse } from "../ingest/rollup.ts";
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
}

interface Cover {
  readonly from: bigint;
  readonly to: bigint;
  readonly bound: Interval;
  readonly tight: Interval | null;
  readonly readings: readonly StoredReading[];
}

/** Instants of which nothing is known, because something of the stretch is not. */
type Gap = Pick<Cover, "from" | "to">;

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
  });
}

/** What a reading says of its own instant. */
export const answerOf = (reading: StoredReading): Answer => ({
  status: reading.status,
  reason: reading.reason,
  bound: reading.bound,
  tight: reading.tight,
  reading,
});

const isBounded = (reading: StoredReading): reading is Bounded<StoredReading> => reading.bound !== null;

const EVER = 2n ** 64n;

/** Every instant of UTC lies in a cover, or in a gap, or after the last reading. */
function coversOf(readings: readonly StoredReading[]): { readonly covers: readonly Cover[]; readonly gaps: readonly Gap[] } {
  const covers: Cover[] = [];
  const gaps: Gap[] = [];
  let open = -EVER;
  for (const one of stretchesOf(readings, isBounded)) {
    if (one.kind === "begin") gaps.push({ from: -EVER, to: latest(one.to) });
    else if (one.kind === "end") open = earliest(one.from);
    else if (one.kind === "cover") covers.push(coverOf(one.from, one.to));
    else gaps.push(between(one.from, one.to));
  }
  const last = readings.at(-1);
  if (last && isBounded(last)) covers.push(nearLast(last));
  else gaps.push({ from: open, to: EVER });
  return { covers, gaps };
}

/** The stretch from one reading to the next, of which all is known. */
function coverOf(from: Bounded<StoredReading>, to: Bounded<StoredReading>): Cover {
  const tight = from.tight && to.tight && hullBetween(from.tight, to.tight, to.raw - from.raw, rate(to));
  const ends = hull(from.bound, to.bound);
  const bound = to.throughout === null ? ends : hull(ends, to.throughout);
  return { from: earliest(from), to: latest(to), bound, tight, readings: [from, to] };
}

/** The fastest that an offset can move: the ruler drifts while the clock is slewed, ppb. */
const rate = ({ assumptions: { rho_ppb, oscillator_ppb, slew_ppm } }: StoredReading) =>
  ppb(BigInt(rho_ppb) + BigInt(Math.abs(oscillator_ppb ?? 0)) + BigInt(slew_ppm) * 1000n);

/** The instants at which the last reading may have been made may also lie after it. */
function nearLast(reading: Bounded<StoredReading>): Cover {
  const [from, to] = [earliest(reading), latest(reading)];
  return { from, to, bound: strayed(reading, to - from), tight: null, readings: [reading] };
}

/** What a reading says `elapsed` ns of UTC away: the ruler drifts, and the clock may be slewed all the while. */
const strayed = (reading: Bounded<StoredReading>, elapsed: bigint): Interval => grow(reading.bound, drift(rate(reading), elapsed));

/** Nothing is known at that instant; why, as the reading after it says. */
function inGap(readings: readonly StoredReading[], at: UtcInstant): Answer {
  const last = readings.at(-1);
  if (last === undefined) return unknown("no_evidence", null);
  const next = readings.find((reading) => reading.at >= at);
  if (next !== undefined && readings[0] === next) return unknown("before_first_evidence", null);
  if (next === undefined && !isBounded(last)) return { status: last.status, reason: last.reason, bound: null, tight: null, reading: last };
  const said = next ?? last;
  return said.follows ? unknown(said.reason ?? "no_bound_at_that_time", said) : unknown("no_evidence", null);
}

/** The reason of an answer that rests on nothing but the last reading: only whoever knows that nothing came after it can rely on that. */
export const AFTER_THE_LAST = "after_the_last_record";

/** The last reading's bound goes on and grows. */
function afterLast(readings: readonly StoredReading[], at: UtcInstant): Answer {
  const last = readings.at(-1);
  if (last === undefined || !isBounded(last)) return inGap(readings, at);
  const elapsed = at - earliest(last);
  return capped({
    status: worse(last.status, "holdover"),
    reason: AFTER_THE_LAST,
    bound: strayed(last, elapsed),
    tight: null,
    reading: last,
  });
}

export const unknown = (reason: string, reading: StoredReading | null): Answer => ({
  status: "unknown",
  reason,
  bound: null,
  tight: null,
  reading,
});

const capped = (answer: Answer): Answer =>
  answer.bound !== null && halfWidth(answer.bound) > WIDEST ? unknown("wider_than_a_second", answer.reading) : answer;

/** As it is said on the wire. What the host's clock showed is UTC − offset, so a greater offset shows an earlier time. */
export const sayAnswer = (host: string, at: UtcInstant, { status, reason, bound, tight, reading }: Answer): IntervalAnswer => ({
  at: formatUtc(at),
  host,
  status,
  reason,
  guaranteed: bound && { lo_ns: bound.lo.toString(), hi_ns: bound.hi.toString() },
  tight: tight && { lo_ns: tight.lo.toString(), hi_ns: tight.hi.toString() },
  earliest: bound && formatUtc(utc(at - bound.hi)),
  latest: bound && formatUtc(utc(at - bound.lo)),
  evidence: reading && { epoch: reading.epoch, seq: reading.seq },
  assumptions: reading?.assumptions ?? null,
});

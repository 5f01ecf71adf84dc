import { type Bounded as BoundedReading, earliest, isContinuous, latest, between as possiblyBetween } from "@truebound/audit";
import { drift, grow, hull, hullBetween, type Interval, ppb } from "@truebound/time";
import type { StoredReading } from "./stored-readings.ts";

/**
 * What readings say of the time between them. A reading does not say when it was made, only that UTC was then within
 * [REALTIME + lo, REALTIME + hi]: so a stretch reaches from the earliest instant of the one reading to the latest of the next,
 * and stretches overlap.
 */
export type Bounded = BoundedReading<StoredReading>;

/** At every instant of [from, to], as far as it lay between these readings, the offset was within the bound. */
export interface Cover {
  readonly from: bigint;
  readonly to: bigint;
  readonly bound: Interval;
  readonly tight: Interval | null;
  readonly readings: readonly StoredReading[];
}

/** Instants of which nothing is known, because something of the stretch is not. */
export interface Gap {
  readonly from: bigint;
  readonly to: bigint;
  /** Null = it has no beginning, or no end. */
  readonly before: Bounded | null;
  readonly after: Bounded | null;
  /** Why, as the readings say. */
  readonly reason: string;
}

export interface Coverage {
  readonly covers: readonly Cover[];
  readonly gaps: readonly Gap[];
}

export { earliest, latest };
export const isBounded = (reading: StoredReading): reading is Bounded => reading.bound !== null;

const EVER = 2n ** 64n;

/** Of readings in the order of the chain: every instant of UTC lies in a cover, or in a gap, or after the last reading. */
export function coversOf(readings: readonly StoredReading[]): Coverage {
  const covers: Cover[] = [];
  const gaps: Gap[] = [];
  let from: Bounded | null = null;
  let since: StoredReading[] = [];
  for (const to of readings) {
    since.push(to);
    if (!isBounded(to)) continue;
    const cover = from !== null && since.length === 1 ? stretch(from, to) : null;
    if (cover) covers.push(cover);
    else gaps.push(between(from, to, since));
    from = to;
    since = [];
  }
  const last = readings.at(-1);
  if (last && isBounded(last)) covers.push(nearLast(last));
  else gaps.push({ from: from ? earliest(from) : -EVER, to: EVER, before: from, after: null, reason: gapReason(from, since) });
  return { covers, gaps };
}

/** From the one reading, or ever, to the other. */
const between = (before: Bounded | null, after: Bounded, since: readonly StoredReading[]): Gap => ({
  ...(before ? possiblyBetween(before, after) : { from: -EVER, to: latest(after) }),
  before,
  after,
  reason: gapReason(before, since),
});

/** `since` are the readings after the one before, up to the next that has a bound. */
function gapReason(before: Bounded | null, since: readonly StoredReading[]): string {
  if (before === null) return since[0] ? whyNotBefore(since[0]) : "no_evidence";
  const said = since.find((reading) => !isBounded(reading) && reading.reason !== null);
  if (said?.reason) return said.reason;
  if (since.some(({ follows }) => !follows)) return "no_evidence";
  return since.some(({ bootId, raw }) => bootId !== before.bootId || raw < before.raw) ? "boot_changed" : "no_bound_at_that_time";
}

/** Why nothing is known of the time before the first reading that is found: the host had not begun, or its evidence has gone. */
export const whyNotBefore = ({ epoch, seq }: Pick<StoredReading, "epoch" | "seq">): string =>
  epoch === 1 && seq === 1 ? "before_first_evidence" : NOT_KEPT;

/** Earlier evidence was there and is past its age, or was set aside. */
export const NOT_KEPT = "evidence_not_kept";

/** The stretch from one reading to the next; null when something of it is not known. */
function stretch(from: Bounded, to: Bounded): Cover | null {
  if (to.throughout === null || !isContinuous(from, to)) return null;
  const tight = from.tight && to.tight && hullBetween(from.tight, to.tight, to.raw - from.raw, rate(to));
  return { from: earliest(from), to: latest(to), bound: hull(hull(from.bound, to.bound), to.throughout), tight, readings: [from, to] };
}

/** The fastest that an offset can move: the ruler drifts while the clock is slewed, ppb. */
export const rate = ({ assumptions: { rho_ppb, oscillator_ppb, slew_ppm } }: StoredReading) =>
  ppb(BigInt(rho_ppb) + BigInt(Math.abs(oscillator_ppb ?? 0)) + BigInt(slew_ppm) * 1000n);

/** The instants at which the last reading may have been made may also lie after it. */
function nearLast(reading: Bounded): Cover {
  const [from, to] = [earliest(reading), latest(reading)];
  return { from, to, bound: strayed(reading, to - from), tight: null, readings: [reading] };
}

/** What a reading says `elapsed` ns of UTC away: the ruler drifts, and the clock may be slewed all the while. */
export const strayed = (reading: Bounded, elapsed: bigint): Interval => grow(reading.bound, drift(rate(reading), elapsed));

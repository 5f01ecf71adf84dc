import type { Interval } from "./interval.ts";
import type { Leap, LeapCalendar } from "./leap-axis.ts";
import { endOfMonth } from "./leap-list.ts";
import type { Timescale } from "./smear.ts";
import { BILLION, type UtcInstant } from "./units.ts";

/** Who says that a leap second is near, and whether it is to be believed. Leaps themselves come from the list alone. */
const DAY = 86_400n * BILLION;

/** A source that agrees with the bound. */
export interface LeapVoter {
  readonly id: string;
  /** The leap indicator of its last reply. */
  readonly leap: number;
  readonly timescale: Timescale;
}

/**
 * What the truechimers' indicators say: a step, 0 for none, or null when it is not a month's last day or no strict majority
 * says one thing. A server that smears hides the leap from its clients, so its silence is no vote.
 */
export function indicatedLeap(voters: readonly LeapVoter[], at: UtcInstant): 1 | -1 | 0 | null {
  if (endOfMonth(at) - at > DAY) return null;
  const votes = voters.filter(({ timescale }) => timescale === "utc" || timescale === "unknown").map(({ leap }) => STEPS[leap]);
  for (const step of [0, 1, -1] as const) if (2 * votes.filter((vote) => vote === step).length > votes.length) return step;
  return null;
}

/** RFC 5905 figure 9: 1 = the last minute has 61 seconds, 2 = it has 59, 3 = do not trust me. */
const STEPS: readonly (1 | -1 | 0 | undefined)[] = [0, 1, -1, undefined];

export type LeapAgreement = "agree" | "disagree" | "not_judged";

/** The indicators against the list. What the list does not reach it cannot contradict. */
export function compareWithList(indicated: 1 | -1 | 0 | null, at: UtcInstant, { leaps, expires }: LeapCalendar): LeapAgreement {
  const end = endOfMonth(at);
  if (indicated === null || expires === null || end > expires) return "not_judged";
  const listed = leaps.find(({ utc_ns }) => utc_ns === end)?.step ?? 0;
  return listed === indicated ? "agree" : "disagree";
}

/** The listed leap within a day of a stretch of UTC: the time in which it matters what a source does about it. */
export const leapNear = ({ lo, hi }: Interval, leaps: readonly Leap[], within = DAY): Leap | null =>
  leaps.find(({ utc_ns }) => hi >= utc_ns - within && lo <= utc_ns + within) ?? null;

/** The listed leap that comes within a day. */
export const leapAhead = ({ hi }: Interval, leaps: readonly Leap[]): Leap | null =>
  leaps.find(({ utc_ns }) => utc_ns > hi && utc_ns - hi <= DAY) ?? null;

/** A source of which nobody knows what it does about leaps leaves the fusion while one is near. */
export const mustLeave = (timescale: Timescale, now: Interval, leaps: readonly Leap[]): boolean =>
  timescale === "unknown" && leapNear(now, leaps) !== null;

export interface TimescaleCamp {
  readonly timescale: Timescale;
  readonly ids: readonly string[];
}

/** The classes of sources near a leap, sorted, when there is more than one; null when there is nothing to tell. */
export function mixedTimescales(
  sources: readonly { readonly id: string; readonly timescale: Timescale }[],
  now: Interval,
  leaps: readonly Leap[],
): TimescaleCamp[] | null {
  const classes = [...new Set(sources.map(({ timescale }) => timescale))].sort();
  if (classes.length < 2 || leapNear(now, leaps) === null) return null;
  return classes.map((timescale) => ({ timescale, ids: sources.filter((one) => one.timescale === timescale).map(({ id }) => id) }));
}

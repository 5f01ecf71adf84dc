import { type AccuracyRefusal, accuracyLimit } from "./clock-accuracy.ts";
import { type ClassMeaning, meaningOfClass } from "./clock-class.ts";
import { type Interval, interval } from "./interval.ts";
import { type LeapList, leapsOf, taiMinusUtcAt } from "./leap-list.ts";
import { absolute, BILLION, divCeil, divFloor, drift, type PartsPerBillion, type UtcInstant, utc } from "./units.ts";

/**
 * M10: what a PTP port that follows a grandmaster says of UTC.
 *
 * Let C be the clock that the port stamps with and M the grandmaster's, both on the PTP scale. A Sync leaves at M's t1 and comes at C's t2
 * after travelling for d ≥ 0, so at t2 C − M = t2 − t1 − d. The port says offsetFromMaster = t2 − t1 − D, where D = meanPathDelay is what
 * it holds for d. Hence C − M = offsetFromMaster + (D − d), and |D − d| ≤ D wherever 0 ≤ d ≤ 2D. d ≥ 0 is causality. d ≤ 2D holds of the
 * round trip by which D was measured, since the other half of it took no less than nothing: asymmetry is in the bound. Where D is a median
 * of several round trips, as ptp4l's is, it is an assumption, `path_delay_holds`: this Sync took no longer than twice what the port holds.
 * The grandmaster is off by at most the limit of its clockAccuracy, and each boundary clock between off its own master by at most what was
 * declared; so, with o = offsetFromMaster,
 *
 *     UTC − C  ∈  −o − (PTP→UTC)  ±  (D + accuracy + boundary · (stepsRemoved − 1) + holdover + rho · age)
 *
 * PTP→UTC is currentUtcOffset seconds for a C that keeps PTP's scale, and nothing for one that keeps UTC (REALTIME), of which ptp4l has
 * taken it off already. Offset and delay come in 2⁻¹⁶ ns, as in the data sets; the sum is rounded outward once. docs/ptp.md has it whole.
 */
export interface PtpFacts {
  /** A grandmaster other than this clock itself is followed. */
  readonly isGrandmasterPresent: boolean;
  readonly grandmaster: string;
  readonly clockClass: number;
  /** The code, not the limit. */
  readonly clockAccuracy: number;
  readonly isTimeTraceable: boolean;
  /** False = an arbitrary timescale (ARB): what it counts from is the application's own affair. */
  readonly isPtpTimescale: boolean;
  readonly isUtcOffsetValid: boolean;
  /** TAI − UTC as announced, s. */
  readonly currentUtcOffset: number;
  /** What is announced of the end of the UTC day: 1 = a second is inserted, −1 = one is deleted, 0 = neither. */
  readonly leap: 1 | 0 | -1;
  /** 1 = the grandmaster itself is heard; each boundary clock between adds one. */
  readonly stepsRemoved: number;
  /** C − M, 2⁻¹⁶ ns: positive = C is ahead. The standard's sign, the opposite of ours. */
  readonly offsetScaled: bigint;
  /** D, 2⁻¹⁶ ns. */
  readonly meanPathDelayScaled: bigint;
  /** D is of the first link alone: delays are measured from peer to peer. */
  readonly isPeerDelay: boolean;
  /** By how much either of the two may be off for having been printed with few digits, 2⁻¹⁶ ns. */
  readonly printedScaled: bigint;
}

/** What was declared of a domain by whoever answers for it; null = was not. */
export interface PtpTerms {
  /** Most by which one boundary clock is off the clock that it follows, ns. */
  readonly boundaryError: bigint | null;
  /** What a grandmaster of class 7 may be off on top of its clockAccuracy, ns; null = none in holdover is believed. */
  readonly holdoverError: bigint | null;
  /** Sum of the mean delays of all links behind the first one, ns, where delays are measured from peer to peer. */
  readonly linkDelays: bigint | null;
  /** The grandmaster that is expected; null = any. */
  readonly grandmaster: string | null;
  /** What C keeps. */
  readonly scale: "ptp" | "utc";
}

export interface PtpMoment {
  readonly leapList: LeapList | null;
  /** What C showed when the Sync came, ns. */
  readonly ingress: bigint;
  /** ns of C since then, ≥ 0. */
  readonly age: bigint;
  /** Most by which UTC − C moves, by C's own time. */
  readonly rho: PartsPerBillion;
}

export const PTP_REFUSALS = [
  "no_grandmaster",
  "unexpected_grandmaster",
  "grandmaster_in_holdover",
  "grandmaster_degraded",
  "grandmaster_unsynchronised",
  "clock_class_arbitrary",
  "clock_class_unknown",
  "not_time_traceable",
  "arbitrary_timescale",
  "utc_offset_invalid",
  "no_leap_list",
  "leap_list_expired",
  "before_leap_list",
  "utc_offset_differs",
  "leap_contradicts_list",
  "leap_near",
  "accuracy_unbounded",
  "accuracy_unknown",
  "accuracy_reserved",
  "boundary_clocks_undeclared",
  "steps_removed_impossible",
  "path_delay_unmeasured",
  "path_delay_negative",
  "peer_delays_undeclared",
] as const;
export type PtpRefusal = (typeof PTP_REFUSALS)[number];

/** The terms of the error, ns, each rounded up alone: their sum is no less than half the width. */
export interface PtpError {
  readonly path: bigint;
  readonly accuracy: bigint;
  readonly boundary: bigint;
  readonly holdover: bigint;
  readonly drift: bigint;
}

export type PtpBound =
  /** Of UTC − C, ns, `age` after the Sync. */
  | { readonly kind: "bound"; readonly interval: Interval; readonly error: PtpError }
  | { readonly kind: "refused"; readonly reason: PtpRefusal };

const ONE_NS = 1n << 16n;

export function ptpBound(facts: PtpFacts, terms: PtpTerms, moment: PtpMoment): PtpBound {
  const reason = whyNotByMaster(facts, terms) ?? whyNotByScale(facts, terms, moment) ?? whyNotByPath(facts, terms);
  if (reason !== null) return { kind: "refused", reason };
  const error = errorOf(facts, terms, moment);
  const path = pathScaled(facts, terms);
  const whole = (error.accuracy + error.boundary + error.holdover + error.drift) * ONE_NS;
  const middle = -facts.offsetScaled - ptpToUtc(facts, terms) * ONE_NS;
  const by = path + facts.printedScaled + whole;
  return { kind: "bound", interval: interval(divFloor(middle - by, ONE_NS), divCeil(middle + by, ONE_NS)), error };
}

/** ns to take off C to get from its scale to UTC. */
const ptpToUtc = ({ currentUtcOffset }: PtpFacts, { scale }: PtpTerms): bigint =>
  scale === "ptp" ? BigInt(currentUtcOffset) * BILLION : 0n;

/** D with room for how it was printed, and the links that nobody measured here. */
const pathScaled = ({ meanPathDelayScaled, printedScaled, isPeerDelay }: PtpFacts, { linkDelays }: PtpTerms): bigint =>
  meanPathDelayScaled + printedScaled + (isPeerDelay ? (linkDelays ?? 0n) * ONE_NS : 0n);

function errorOf(facts: PtpFacts, terms: PtpTerms, { age, rho }: PtpMoment): PtpError {
  const limit = accuracyLimit(facts.clockAccuracy);
  return {
    path: divCeil(pathScaled(facts, terms) + facts.printedScaled, ONE_NS),
    accuracy: typeof limit === "bigint" ? limit : 0n,
    boundary: (terms.boundaryError ?? 0n) * BigInt(facts.stepsRemoved - 1),
    holdover: meaningOfClass(facts.clockClass) === "holdover" ? (terms.holdoverError ?? 0n) : 0n,
    drift: drift(rho, age),
  };
}

const BY_CLASS: Readonly<Record<Exclude<ClassMeaning, "locked">, PtpRefusal>> = {
  holdover: "grandmaster_in_holdover",
  degraded: "grandmaster_degraded",
  arbitrary: "clock_class_arbitrary",
  default: "grandmaster_unsynchronised",
  slave_only: "no_grandmaster",
  unknown: "clock_class_unknown",
};

function whyNotByMaster(facts: PtpFacts, terms: PtpTerms): PtpRefusal | null {
  if (!facts.isGrandmasterPresent) return "no_grandmaster";
  if (terms.grandmaster !== null && terms.grandmaster !== facts.grandmaster) return "unexpected_grandmaster";
  const meaning = meaningOfClass(facts.clockClass);
  const isBelieved = meaning === "locked" || (meaning === "holdover" && terms.holdoverError !== null);
  if (!isBelieved) return BY_CLASS[meaning as Exclude<ClassMeaning, "locked">];
  const limit = accuracyLimit(facts.clockAccuracy);
  if (typeof limit !== "bigint") return limit satisfies AccuracyRefusal;
  return facts.isTimeTraceable ? null : "not_time_traceable";
}

function whyNotByScale(facts: PtpFacts, terms: PtpTerms, { leapList, ingress }: PtpMoment): PtpRefusal | null {
  if (!facts.isPtpTimescale) return "arbitrary_timescale";
  if (!facts.isUtcOffsetValid) return "utc_offset_invalid";
  if (leapList === null) return "no_leap_list";
  const at = utc(ingress - divFloor(facts.offsetScaled, ONE_NS) - ptpToUtc(facts, terms));
  // A receiver whose week number began again is some 20 years back; a list that was issued later says that this is not now.
  if (at < leapList.updated) return "before_leap_list";
  if (at >= leapList.expires) return "leap_list_expired";
  return whyNotByLeaps(facts, leapList, at);
}

/** Announces are up to 16 s apart, and a port waits for two or three of them: for so long what is announced may be of before a leap. */
const NEAR_LEAP = 60n * BILLION;
const DAY = 86_400n * BILLION;

function whyNotByLeaps({ currentUtcOffset, leap }: PtpFacts, list: LeapList, at: UtcInstant): PtpRefusal | null {
  const leaps = leapsOf(list);
  if (leaps.some(({ utc_ns }) => absolute(at - utc_ns) <= NEAR_LEAP)) return "leap_near";
  if (taiMinusUtcAt(list, at) !== currentUtcOffset) return "utc_offset_differs";
  const midnight = (divFloor(at, DAY) + 1n) * DAY;
  const listed = leaps.find(({ utc_ns }) => utc_ns === midnight)?.step ?? 0;
  // One that is not announced yet is no contradiction: there are hours in which that is right.
  return leap !== 0 && leap !== listed ? "leap_contradicts_list" : null;
}

function whyNotByPath(facts: PtpFacts, { boundaryError, linkDelays }: PtpTerms): PtpRefusal | null {
  if (facts.stepsRemoved < 1) return "steps_removed_impossible";
  if (facts.stepsRemoved > 1 && boundaryError === null) return "boundary_clocks_undeclared";
  if (facts.meanPathDelayScaled === 0n) return "path_delay_unmeasured";
  if (facts.meanPathDelayScaled < 0n) return "path_delay_negative";
  return facts.isPeerDelay && linkDelays === null ? "peer_delays_undeclared" : null;
}

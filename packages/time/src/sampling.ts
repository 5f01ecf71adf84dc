import { BILLION, divCeil, minOf, type PartsPerBillion } from "./units.ts";

export interface SamplingFacts {
  /** The closer side of the limit, less the application's error. */
  readonly limit_ns: bigint;
  /** Worst error of a sample when it is taken: its bound and its offset. */
  readonly bound_ns: bigint;
  /** How far the clock can be slewed between two local readings, beyond its bound. */
  readonly excursion_ns: bigint;
  /** How fast the offset can change. */
  readonly drift_ppb: bigint;
  /** How far evidence reaches in time at most, either way; null = as far as drift lets it. */
  readonly horizon_ns: bigint | null;
}

/** Longest gaps between samples for proof without a break (6.10), rounded down to whole ns. */
export interface SamplingAdvice {
  /** In a report, where cones reach both ways. */
  readonly report_ns: bigint;
  /** Live, so that one lost reply does not lose the proof. */
  readonly live_ns: bigint;
  /** Live with interleaved exchanges, of which each proves the one before. */
  readonly interleaved_ns: bigint;
}

/**
 * x: how far beyond two readings `gap` ns apart, at which the clock showed the same, it can have been slewed between them (6.14), ns.
 * What the ruler drifted meanwhile is in the drift already.
 */
export const excursion = (slew: PartsPerBillion, gap: bigint): bigint => divCeil(slew * gap, 2n * BILLION);

/** `never` = the bound alone fills the limit; `always` = without drift and horizon no gap is too long. */
export function samplingAdvice(facts: SamplingFacts): SamplingAdvice | "never" | "always" {
  const { limit_ns, bound_ns, excursion_ns, drift_ppb, horizon_ns } = facts;
  if (bound_ns < 0n || excursion_ns < 0n || drift_ppb < 0n)
    throw new RangeError(
      `Cannot advise on a bound of ${bound_ns} ns, an excursion of ${excursion_ns} ns and ${drift_ppb} ppb: none may be negative`,
    );
  const room = limit_ns - bound_ns - excursion_ns;
  if (room < 0n || (room === 0n && drift_ppb > 0n)) return "never";
  if (drift_ppb === 0n && horizon_ns === null) return "always";
  // In a report two cones meet midway; live, one cone has to last through so many intervals.
  const reach = (times: bigint, of: bigint): bigint => {
    const byHorizon = horizon_ns === null ? null : (times * horizon_ns) / of;
    const byDrift = drift_ppb === 0n ? null : (times * room * BILLION) / (of * drift_ppb);
    return byHorizon === null ? (byDrift ?? 0n) : minOf(byHorizon, byDrift ?? byHorizon);
  };
  return { report_ns: reach(2n, 1n), live_ns: reach(1n, 2n), interleaved_ns: reach(1n, 3n) };
}

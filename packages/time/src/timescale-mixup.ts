import { type Interval, intersect } from "./interval.ts";
import { BILLION } from "./units.ts";

/**
 * Offsets that nobody's oscillator makes: two scales of time were taken for each other, or the week counter of a GPS receiver began
 * again. A name for people; whatever carries it stays as wrong as it is.
 */
export type Mixup =
  /** ± 37 s: TAI for UTC. */
  | "tai_utc"
  /** ± 18 s: GPS for UTC. */
  | "gps_utc"
  /** ± 19 s: TAI for GPS. */
  | "tai_gps"
  /** ± 1 s: a leap second too many or too few. */
  | "one_second"
  /** A multiple of 1024 weeks: GPS's week number has ten bits. */
  | "gps_week_rollover";

/** TAI − GPS has been 19 s since 1980. */
const TAI_MINUS_GPS = 19n;
const ROLLOVER = 1024n * 7n * 86_400n * BILLION;
const MOST_ROLLOVERS = 8n;

/** The mix-up that an offset within these bounds would be; null = none fits, or none of the others can be told from an offset of zero. */
export function mixupOf(offset: Interval, taiMinusUtc: number): Mixup | null {
  if (intersect(offset, { lo: -NEAR, hi: NEAR }) !== null) return null;
  const tai = BigInt(taiMinusUtc);
  const steps: [Mixup, bigint][] = [
    ["one_second", 1n],
    ["gps_utc", tai - TAI_MINUS_GPS],
    ["tai_gps", TAI_MINUS_GPS],
    ["tai_utc", tai],
  ];
  const found = steps.find(([, by]) => by > 0n && isAbout(offset, by * BILLION));
  if (found !== undefined) return found[0];
  for (let weeks = 1n; weeks <= MOST_ROLLOVERS; weeks++) if (isAbout(offset, weeks * ROLLOVER)) return "gps_week_rollover";
  return null;
}

/** A tenth of a second: more than clocks that are watched are off beside a mix-up, and less than any two mix-ups differ by. */
const NEAR = BILLION / 10n;

const isAbout = (offset: Interval, by: bigint): boolean =>
  [by, -by].some((shift) => intersect(offset, { lo: shift - NEAR, hi: shift + NEAR }) !== null && offset.hi - offset.lo <= 2n * NEAR);

import {
  absolute,
  BILLION,
  drift,
  type HostReading,
  hull,
  type Interval,
  ppb,
  realtimeMinusRaw,
  stepBetween,
  suspendBetween,
  wasSet,
} from "@truebound/time";
import type { EvidenceLine } from "../interval-source/evidence-line.ts";
import type { DaemonSource, DaemonTracking } from "../observe/chronyc.ts";
import type { RefclockOptions } from "./arguments.ts";

/** What chronyd said, and what the clocks read before and after it was asked. */
export interface RefclockLook {
  readonly before: HostReading;
  /** Asked before the sources, and after. */
  readonly tracking: readonly [DaemonTracking, DaemonTracking];
  readonly source: DaemonSource;
  readonly after: HostReading;
}

/** chrony says the age of a sample in whole seconds. */
const AGE_ROUNDING_S = 1;

/**
 * chronyd's word on a reference clock, as an interval on UTC − RAW at the last look (chronyc(1), sources and tracking). Its offset is
 * against the time that chronyd keeps, which is ahead of REALTIME by what is left to correct; both are taken before and after. The
 * sample is some seconds old, in which the oscillator strayed from what chronyd corrects: by no more than what it is assumed to stray at
 * all and what is corrected. Null = the clock was set meanwhile, or there is no sample.
 */
export function refclockInterval(
  { before, after, tracking, source }: RefclockLook,
  { errorNs, driftPpb }: Pick<RefclockOptions, "errorNs" | "driftPpb">,
): Pick<EvidenceLine, "t" | "lo" | "hi"> | null {
  if (source.lastSampleS === null || source.reach === 0) return null;
  if (wasSet(before, after) || stepBetween(before, after) !== 0n || suspendBetween(before, after) > 0n) return null;
  const [first, second] = tracking.map(({ systemOffsetNs }) => systemOffsetNs) as [bigint, bigint];
  const left = hull({ lo: first, hi: first }, { lo: second, hi: second });
  const seen = hull(realtimeMinusRaw(before), realtimeMinusRaw(after));
  const age = BigInt(source.lastSampleS + AGE_ROUNDING_S) * BILLION;
  const rate = ppb(driftPpb + correctedPpb(tracking));
  const error = errorNs + source.errorNs + drift(rate, age) + drift(rate, after.rawAfter - before.rawBefore) + ROUNDING_NS;
  const bound: Interval = {
    lo: source.offsetNs + left.lo + seen.lo - error,
    hi: source.offsetNs + left.hi + seen.hi + error,
  };
  return { t: after.rawAfter, ...bound };
}

/** chronyc prints whole nanoseconds of three numbers. */
const ROUNDING_NS = 3n;

/** The greatest frequency that it corrects, ppb. */
function correctedPpb(tracking: RefclockLook["tracking"]): bigint {
  const rates = tracking.map(({ frequencyPpm }) => absolute(BigInt(Math.ceil(Math.abs(frequencyPpm) * 1000))));
  return rates.reduce((most, one) => (one > most ? one : most));
}

/** The reference clock of that name; null = chronyd has none. */
export const refclockNamed = (sources: readonly DaemonSource[], name: string): DaemonSource | null =>
  sources.find((source) => source.mode === "refclock" && source.name === name) ?? null;

/** A sample that was seen already grows older from look to look. */
export const isNewSample = (source: DaemonSource, before: DaemonSource | null): boolean =>
  source.lastSampleS !== null && (before === null || before.lastSampleS === null || source.lastSampleS <= before.lastSampleS);

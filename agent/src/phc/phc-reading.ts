import { type ClockReading, carryBetween, type PartsPerBillion, raw, tightest, utc } from "@truebound/time";

/** How a card's clock was read beside the host's, the best first. */
export const PHC_METHODS = ["precise", "extended", "extended_realtime", "offset", "gettime"] as const;
export type PhcMethod = (typeof PHC_METHODS)[number];

/** The card's clock read between two instants of RAW; `realtime` is what it showed, whatever scale it keeps. */
export interface PhcReading extends ClockReading {
  readonly method: PhcMethod;
}

/** What the kernel gave of one read of the card: stamps of the system's clock right before and right after, ns. */
export interface PhcSample {
  readonly before: bigint;
  readonly phc: bigint;
  readonly after: bigint;
}

/** Samples whose system stamps are RAW's own. The kernel truncates to ns: a stamp of before may be early, one of after late by one. */
export const readingOf = (sample: PhcSample, method: PhcMethod): PhcReading => ({
  rawBefore: raw(sample.before),
  rawAfter: raw(sample.after + 1n),
  realtime: utc(sample.phc),
  method,
});

/** The tightest of samples that are in order; null = there is none. */
export function bestReading(samples: readonly PhcSample[], method: PhcMethod): PhcReading | null {
  const ordered = samples.filter(({ before, after }) => after >= before);
  return ordered.length === 0 ? null : tightest(ordered.map((sample) => readingOf(sample, method)));
}

/** Samples whose system stamps are REALTIME's: both are carried to RAW by the host's looks at its clocks before and after. */
export function carriedReading(
  samples: readonly PhcSample[],
  [before, after]: readonly [ClockReading, ClockReading],
  slew: PartsPerBillion,
  method: PhcMethod,
): PhcReading | null {
  const best = bestReading(samples, method);
  if (best === null) return null;
  const first = carryBetween(best.rawBefore, before, after, slew);
  // What was read after, with the ns by which it was truncated.
  const last = carryBetween(best.rawAfter - 1n, before, after, slew);
  if (first.kind === "refused" || last.kind === "refused") return null;
  return { ...best, rawBefore: raw(first.raw - first.cap), rawAfter: raw(last.raw + last.cap + 1n) };
}

import type { Interval } from "@truebound/time";
import type { Bound, SourceOffsets } from "@truebound/wire";

/** Each quantile of the true offsets lies between that quantile of the lower ends and that of the upper ones. */
export function offsetsOf(intervals: readonly Interval[]): SourceOffsets | null {
  if (intervals.length === 0) return null;
  const lows = sorted(intervals.map(({ lo }) => lo));
  const highs = sorted(intervals.map(({ hi }) => hi));
  const at = (percent: number): Bound => {
    const index = Math.min(lows.length - 1, Math.floor((lows.length * percent) / 100));
    return { lo_ns: String(lows[index]), hi_ns: String(highs[index]) };
  };
  return {
    hosts: lows.length,
    hull: { lo_ns: String(lows[0]), hi_ns: String(highs[highs.length - 1]) },
    p05: at(5),
    p50: at(50),
    p95: at(95),
  };
}

const fits = (value: bigint): boolean => BigInt.asIntN(64, value) === value;

/** Sixty-four bits sort several times faster than numbers of any length, which no clock needs, but a host may send. */
const sorted = (values: readonly bigint[]): ArrayLike<bigint> =>
  values.every(fits) ? BigInt64Array.from(values).sort() : values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));

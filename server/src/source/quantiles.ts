import type { Interval } from "@truebound/time";
import type { Bound, SourceOffsets } from "@truebound/wire";

/** Each quantile of the true offsets lies between that quantile of the lower ends and that of the upper ones. */
export function offsetsOf(intervals: readonly Interval[]): SourceOffsets | null {
  if (intervals.length === 0) return null;
  const lows = sorted(intervals, "lo");
  const highs = sorted(intervals, "hi");
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

/** Sixty-four bits sort several times faster than numbers of any length, which no clock needs, but a host may send. */
function sorted(intervals: readonly Interval[], end: "lo" | "hi"): ArrayLike<bigint> {
  const ends = new BigInt64Array(intervals.length);
  for (let at = 0; at < ends.length; at++) {
    const value = (intervals[at] as Interval)[end];
    ends[at] = value;
    if (ends[at] !== value) return intervals.map((one) => one[end]).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }
  return ends.sort();
}

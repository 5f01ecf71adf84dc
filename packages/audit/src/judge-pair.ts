import { absolute, type Interval, maxOf, minOf } from "@truebound/time";
import type { PairProfile } from "./profile.ts";

export type PairVerdict = "inside" | "outside" | "not_provable";

/**
 * What a bound on the difference of two clocks proves of a limit: all of it within, none of it, or neither. What is not known
 * proves nothing. Exact; the limit itself is inside.
 */
export function judgePair({ limit_ns }: Pick<PairProfile, "limit_ns">, bound: Interval | null): PairVerdict {
  if (bound === null) return "not_provable";
  const { lo, hi } = bound;
  if (lo > hi) throw new RangeError(`Cannot judge a bound of lo ${lo} ns above hi ${hi} ns`);
  if (maxOf(absolute(lo), absolute(hi)) <= limit_ns) return "inside";
  const isApart = lo > 0n || hi < 0n;
  return isApart && minOf(absolute(lo), absolute(hi)) > limit_ns ? "outside" : "not_provable";
}

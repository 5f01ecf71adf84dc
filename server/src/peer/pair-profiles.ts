import { type Interval, worstError } from "@truebound/time";
import type { PairVerdict } from "@truebound/wire";

/** What somebody asks of two clocks together. */
export interface PairProfile {
  readonly id: string;
  readonly title: string;
  /** So far apart they may be. */
  readonly limit_ns: bigint;
  /** Where that stands. */
  readonly source: string;
}

export type PairProfiles = readonly PairProfile[];

/** `apart` is the guaranteed bound; null = there is none, and nothing can be proved. */
export const pairVerdicts = (profiles: PairProfiles, apart: Interval | null): PairVerdict[] =>
  profiles.map(({ id, title, limit_ns, source }) => ({
    profile: id,
    title,
    limit_ns: limit_ns.toString(),
    verdict: verdictOf(apart, limit_ns),
    source,
  }));

function verdictOf(apart: Interval | null, limit: bigint): PairVerdict["verdict"] {
  if (apart === null) return "not_provable";
  if (worstError(apart) <= limit) return "inside";
  return apart.lo > limit || apart.hi < -limit ? "outside" : "not_provable";
}

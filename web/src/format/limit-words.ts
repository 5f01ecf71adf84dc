import { absolute, atMost, maxOf } from "@truebound/time";
import type { Bound, Certainty } from "@truebound/wire";
import { atLeast, toInterval } from "./bound.ts";

/** How a bound and a limit stand: by how much the bound is beyond it (at least), may be (at most), or what is left (at least). */
export function limitWords(bound: Bound, limit_ns: string): string {
  const { lo, hi } = toInterval(bound);
  const limit = BigInt(limit_ns);
  const nearest = nearestTo(lo, hi);
  const worst = maxOf(absolute(lo), absolute(hi));
  if (nearest > limit) return `at least ${atLeast(nearest - limit)} beyond the limit`;
  if (worst > limit) return `up to ${atMost(worst - limit)} beyond the limit, if the worst is true`;
  return `within the limit, with ${atLeast(limit - worst)} left`;
}

/** The same of a bound that an alert tells of: one within the limit that proves nothing, as of a host that its peers accuse, is said to be such. */
export function claimWords(bound: Bound, limit_ns: string, certainty: Certainty): string {
  const words = limitWords(bound, limit_ns);
  const { lo, hi } = toInterval(bound);
  const isWithin = maxOf(absolute(lo), absolute(hi)) <= BigInt(limit_ns);
  return isWithin && certainty !== "proved_inside" ? `${words}, if this bound were true; nothing proves it` : words;
}

const nearestTo = (lo: bigint, hi: bigint): bigint => {
  if (lo > 0n) return lo;
  return hi < 0n ? -hi : 0n;
};

/** A limit holds to both sides of UTC. */
export const limitText = (limit_ns: string): string => `±${atMost(BigInt(limit_ns))}`;

import type { Bound } from "@truebound/wire";
import { endTexts } from "./bound.ts";

const magnitude = (text: string): string => text.replace(/^[+−]/, "");

/** A bound on a clock's offset in words; shortened ends move outward: "between 3.1 ms and 3.4 ms behind UTC". */
export function offsetWords(bound: Bound): string {
  const [lo, hi] = [BigInt(bound.lo_ns), BigInt(bound.hi_ns)];
  const ends = endTexts(bound);
  const [low, high] = [magnitude(ends.lo), magnitude(ends.hi)];
  if (lo === 0n && hi === 0n) return "exactly on UTC";
  if (lo < 0n && hi > 0n) return `between ${low} ahead of and ${high} behind UTC`;
  if (lo >= 0n) return lo === 0n ? `on UTC or up to ${high} behind it` : `between ${low} and ${high} behind UTC`;
  return hi === 0n ? `on UTC or up to ${low} ahead of it` : `between ${high} and ${low} ahead of UTC`;
}

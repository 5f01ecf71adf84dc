import type { Bound } from "@truebound/wire";
import { atLeast, endTexts } from "./bound.ts";

const magnitude = (text: string): string => text.replace(/^[+−]/, "");

/** A bound on clock b − clock a in words about b; shortened ends move outward: "db-2 is between 3 µs behind and 40 µs ahead of db-1". */
export function differenceWords(b: string, a: string, bound: Bound): string {
  const [lo, hi] = [BigInt(bound.lo_ns), BigInt(bound.hi_ns)];
  const ends = endTexts(bound);
  const [low, high] = [magnitude(ends.lo), magnitude(ends.hi)];
  if (lo === 0n && hi === 0n) return `${b} reads the same as ${a}`;
  if (lo < 0n && hi > 0n) return `${b} is between ${low} behind and ${high} ahead of ${a}`;
  if (lo >= 0n) return `${b} is ${lo === 0n ? "at most" : `${low} to`} ${high} ahead of ${a}`;
  return `${b} is ${hi === 0n ? "at most" : `${high} to`} ${low} behind ${a}`;
}

/** By how much statements exclude each other, rounded down: it is at least that. */
export const excessText = (weight_ns: string): string => atLeast(BigInt(weight_ns));

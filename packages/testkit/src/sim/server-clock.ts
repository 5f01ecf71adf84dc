import {
  BILLION,
  kernelUtc,
  type Leap,
  type LeapFreeInstant,
  leapFree,
  leapFreeOf,
  placeLeaps,
  type Timescale,
  type UtcInstant,
  utc,
} from "@truebound/time";
import type { TrueTime } from "./sim-clock.ts";

/** What clocks show around a leap second, from the definitions: the twin against which the agent's inverse is tried. */

/** True time as a leap-free instant: `startUtc` is a count of UTC, `elapsed` true nanoseconds since. */
export const trueInstant = ({ startUtc, leaps = [] }: Pick<TrueTime, "startUtc" | "leaps">, elapsed: bigint): LeapFreeInstant =>
  leapFree(leapFreeOf(utc(startUtc), 0n, leaps).lo + elapsed);

export interface Shown {
  readonly count: UtcInstant;
  /** What ntpd would put into its reference id; null = nothing. */
  readonly refid: number | null;
}

/** What a server of this timescale shows when its own leap-free clock stands at `instant`. */
export function serverShows(timescale: Timescale, instant: LeapFreeInstant, leaps: readonly Leap[]): Shown {
  const count = kernelUtc(instant, leaps);
  if (timescale === "refid254") return saysItsSmear(instant, count, leaps);
  return { count: timescale === "utc" || timescale === "unknown" ? count : smearedCount(timescale, instant, leaps), refid: null };
}

const HALF_DAY = 43_200n * BILLION;

function smearedCount(timescale: "smear24" | "smearFB", instant: bigint, leaps: readonly Leap[]): UtcInstant {
  let shift = 0n;
  for (const { begins, step, utc_ns, shiftBefore } of placeLeaps(leaps)) {
    const second = BigInt(step) * BILLION;
    const from = timescale === "smear24" ? utc_ns - HALF_DAY + shiftBefore : begins;
    const length = timescale === "smear24" ? 2n * HALF_DAY + second : 62_500n * BILLION;
    if (instant < from) break;
    if (instant < from + length) return utc(instant - shiftBefore - ((instant - from) * second) / length);
    shift = shiftBefore + second;
  }
  return utc(instant - shift);
}

/** ntpd smears over the day that ends with the leap, and tells clients by how much in units of 2⁻²² s. */
function saysItsSmear(instant: bigint, count: UtcInstant, leaps: readonly Leap[]): Shown {
  const leap = placeLeaps(leaps).find(({ begins }) => instant >= begins - 2n * HALF_DAY && instant < begins);
  if (leap === undefined) return { count, refid: null };
  const smeared = (-BigInt(leap.step) * (instant - leap.begins + 2n * HALF_DAY)) / 86_400n;
  const units = (smeared << 22n) / BILLION;
  return { count: utc(count + ((units * BILLION) >> 22n)), refid: Number(0xfe00_0000n | BigInt.asUintN(24, units)) };
}

/** RFC 5905: a leap is told on the last day before it, by servers that do not hide it in a smear. */
export function leapIndicatorOf(timescale: Timescale, instant: bigint, leaps: readonly Leap[]): number {
  if (timescale !== "utc") return 0;
  const leap = placeLeaps(leaps).find(({ begins }) => instant < begins && instant >= begins - 2n * HALF_DAY);
  return leap === undefined ? 0 : leap.step > 0 ? 1 : 2;
}

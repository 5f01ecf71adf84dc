import { type Fraction, fraction } from "./fraction.ts";

export type Timescale = "utc" | "smear24" | "smearFB" | "refid254" | "unknown";
export interface Leap {
  readonly utc_ns: bigint;
  readonly step: 1 | -1;
}
const SECOND = 1_000_000_000n;
export function smearMinusUtc(timescale: Timescale, utcNs: bigint, leaps: readonly Leap[]): Fraction {
  for (const { utc_ns, step } of leaps) {
    const sign = BigInt(step);
    const after = utcNs >= utc_ns;
    if (timescale === "smear24") {
      const length = 86_400n + sign;
      const s = utcNs - (utc_ns - 43_200n * SECOND) + (after ? sign * SECOND : 0n);
      if (s >= 0n && s <= length * SECOND) return fraction(-sign * s + (after ? sign * length * SECOND : 0n), length);
    }
  }
  return fraction(0n);
}

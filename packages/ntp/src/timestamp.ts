import { BILLION, divFloor, type Nanoseconds, ns, type UtcInstant, utc } from "@truebound/time";

/**
 * NTP timestamps: 32 bits of seconds since 1900 in an era of 136 years that the packet does not name, 32 bits of fraction.
 * The era is the one that brings the instant nearest to a pivot (RFC 5905 section 6), so 2036 is a second like any other.
 */
const UNIX_MINUS_NTP_EPOCH = 2_208_988_800n;
const ERA = 1n << 32n;

/** The day this line was last moved: 2026-11-01T00:00:00Z. Instants within 68 years of it are read right. */
export const BUILD_PIVOT: UtcInstant = utc(1_793_491_200n * BILLION);

/** Unix seconds of an NTP second count, in the era nearest to the pivot. */
export function unixSeconds(ntpSeconds: bigint, pivotUnixSeconds: bigint): bigint {
  const inEraZero = ntpSeconds - UNIX_MINUS_NTP_EPOCH;
  const eras = divFloor(pivotUnixSeconds - inEraZero + ERA / 2n, ERA);
  return inEraZero + eras * ERA;
}

/** The instant, rounded down to a nanosecond. Callers widen by that nanosecond. */
export function toUtc(timestamp: bigint, pivot: UtcInstant = BUILD_PIVOT): UtcInstant {
  const whole = unixSeconds(timestamp >> 32n, divFloor(pivot, BILLION));
  return utc(whole * BILLION + (((timestamp & 0xffff_ffffn) * BILLION) >> 32n));
}

/** The timestamp of an instant, rounded down to 2⁻³² s. */
export function fromUtc(instant: UtcInstant): bigint {
  const whole = divFloor(instant, BILLION);
  const fraction = ((instant - whole * BILLION) << 32n) / BILLION;
  return (BigInt.asUintN(32, whole + UNIX_MINUS_NTP_EPOCH) << 32n) | fraction;
}

/** a − b modulo 2^64, read as signed: right across an era's end. */
export const difference = (a: bigint, b: bigint): Nanoseconds => ns((BigInt.asIntN(64, a - b) * BILLION) >> 32n);

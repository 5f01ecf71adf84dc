/**
 * The units of the product. Instants and spans are `bigint` nanoseconds, branded so that a span cannot stand where an
 * instant is meant and no reading of one clock is taken for a reading of another. Brands are minted here and at the edges.
 */
declare const unit: unique symbol;
type Quantity<Base, Unit extends string> = Base & { readonly [unit]: Unit };

/** A signed span: offsets, delays, bounds. Never a point in time. */
export type Nanoseconds = Quantity<bigint, "ns">;
/** Nanoseconds since the Unix epoch (POSIX count), as some clock claims it. */
export type UtcInstant = Quantity<bigint, "utc">;
/** UTC plus the sum of the leap steps listed until then (TAI less a constant), in ns: a scale that never steps. */
export type LeapFreeInstant = Quantity<bigint, "leap-free">;
/** One host's CLOCK_MONOTONIC_RAW, in ns. Neither stepped nor slewed; only differences mean anything, and only within one boot. */
export type RawInstant = Quantity<bigint, "raw">;
/** UTC − RAW, or REALTIME − RAW: what must be added to a RAW reading to get the other scale, in ns (near 1.8e18). */
export type RawOffset = Quantity<bigint, "raw-offset">;
/** Parts per billion, an integer: how far a rate may stray from one second per second. */
export type PartsPerBillion = Quantity<bigint, "ppb">;

export const ns = (count: bigint): Nanoseconds => count as Nanoseconds;
export const utc = (count: bigint): UtcInstant => count as UtcInstant;
export const leapFree = (count: bigint): LeapFreeInstant => count as LeapFreeInstant;
export const raw = (count: bigint): RawInstant => count as RawInstant;
export const rawOffset = (count: bigint): RawOffset => count as RawOffset;
export const ppb = (count: bigint): PartsPerBillion => count as PartsPerBillion;

export const BILLION = 1_000_000_000n;
export const seconds = (count: number): Nanoseconds => ns(BigInt(Math.round(count * 1e9)));

/** Quotient rounded towards plus infinity, for any sign of `a` and `b > 0`. */
export const divCeil = (a: bigint, b: bigint): bigint => -divFloor(-a, b);

/** Quotient rounded towards minus infinity, for any sign of `a` and `b > 0`. */
export function divFloor(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

export const maxOf = (a: bigint, b: bigint): bigint => (a > b ? a : b);
export const minOf = (a: bigint, b: bigint): bigint => (a < b ? a : b);
export const absolute = (a: bigint): bigint => (a < 0n ? -a : a);

/** How far a clock that strays by at most `rate` can stray within `elapsed` ≥ 0 of its own time, rounded up. */
export function drift(rate: PartsPerBillion, elapsed: bigint): bigint {
  if (elapsed < 0n) throw new RangeError(`Cannot widen a bound over negative age ${elapsed} ns`);
  return divCeil(rate * elapsed, BILLION);
}

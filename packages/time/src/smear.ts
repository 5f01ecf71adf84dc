import { ceil, type Fraction, floor, fraction, subtract } from "./fraction.ts";
import { type Interval, interval } from "./interval.ts";
import { type Leap, leapFreeOf, type PlacedLeap, placeLeaps } from "./leap-axis.ts";
import { absolute, BILLION, divCeil, maxOf, minOf, type UtcInstant, utc } from "./units.ts";

/**
 * What a server's clock keeps to around a leap second (M7).
 *
 * `smear24`: linear from the noon before to the noon after, as Google and AWS publish it. `smearFB`: linear over 62,500 s
 * that begin with the leap, as Meta's fbclock does (facebook/time, fbclock/daemon/daemon.go; chrony's leap smear has that
 * length too). `refid254`: ntpd says its smear in the reference id of each packet. `unknown` is UTC except near a leap.
 */
export const TIMESCALES = ["utc", "smear24", "smearFB", "refid254", "unknown"] as const;
export type Timescale = (typeof TIMESCALES)[number];

const ZERO = fraction(0n);

const DAY = 86_400n * BILLION;
const NOON = DAY / 2n;
const FB_LENGTH = 62_500n * BILLION;

/** A smear on both axes: over `length` SI ns from `begins` the smeared clock counts `length` − step · 1 s. */
interface SmearSpan {
  /** On the leap-free axis. */
  readonly begins: bigint;
  readonly length: bigint;
  /** What UTC and the smeared clock both show at its beginning. */
  readonly shows: bigint;
  readonly leap: PlacedLeap;
}

function spanOf(timescale: "smear24" | "smearFB", leap: PlacedLeap): SmearSpan {
  if (timescale === "smearFB") return { begins: leap.begins, length: FB_LENGTH, shows: leap.begins - leap.shiftBefore, leap };
  const shows = leap.utc_ns - NOON;
  return { begins: shows + leap.shiftBefore, length: DAY + stepNs(leap), shows, leap };
}

const stepNs = ({ step }: Leap): bigint => BigInt(step) * BILLION;
const isSmear = (timescale: Timescale): timescale is "smear24" | "smearFB" => timescale === "smear24" || timescale === "smearFB";

/**
 * Smeared clock − UTC at a UTC count, exactly: −step · s/D before the leap and step · (1 − s/D) from it on, s SI ns since
 * the smear began and D its length. 0 for a scale without a known map. Where a count comes twice the meaning before the
 * leap is taken below the midnight, the one after it from there on.
 */
export function smearMinusUtc(timescale: Timescale, at: bigint, leaps: readonly Leap[]): Fraction {
  if (!isSmear(timescale)) return ZERO;
  for (const leap of placeLeaps(leaps)) {
    const span = spanOf(timescale, leap);
    const after = at >= leap.utc_ns;
    const passed = passedAt(span, at, after);
    if (passed >= 0n && passed <= span.length && (after || timescale === "smear24")) return smearAfter(span, passed, after);
  }
  return ZERO;
}

/** SI ns since the smear began, of a count that is meant before or after the leap. */
const passedAt = ({ leap, begins }: SmearSpan, at: bigint, after: boolean): bigint =>
  at + leap.shiftBefore + (after ? stepNs(leap) : 0n) - begins;

const smearAfter = ({ leap, length }: SmearSpan, passed: bigint, after: boolean): Fraction => ({
  n: (after ? stepNs(leap) * length : 0n) - stepNs(leap) * passed,
  d: length,
});

/**
 * M7 as it stands: a value of UTC − local that a smearing server gave at local instant `at`, less the smear, taken at
 * UTC = at + value: that very instant, so that a recorded case has one answer. Near enough to recompute by; the live
 * product inverts the smear instead (`serverLeapFree`), because the instant is itself off by the smear.
 */
export function corrected(timescale: Timescale, at: bigint, value: bigint, leaps: readonly Leap[]): Fraction {
  return subtract(fraction(value), smearMinusUtc(timescale, at + value, leaps));
}

/** A smear changes UTC by a second at most, so a smeared reading is dated wrong by no more. */
const MOST_SMEARED = BILLION;

/**
 * Every value that smeared − UTC can have when a smearing server shows `reading` and either may err by `unsure` ns, rounded
 * outward. What a caller must allow for who corrects a value without inverting the smear.
 */
export function correctionBound(timescale: Timescale, reading: UtcInstant, unsure: bigint, leaps: readonly Leap[]): Interval {
  const from = reading - unsure - MOST_SMEARED;
  const to = reading + unsure + MOST_SMEARED;
  const inside = corners(timescale, leaps).filter((at) => at > from && at < to);
  const values = [...[from, to, ...inside].map((at) => smearMinusUtc(timescale, at, leaps)), ...twofold(timescale, from, to, leaps)];
  return interval(values.map(floor).reduce(minOf), values.map(ceil).reduce(maxOf));
}

/** Counts at which the smear bends: its beginning, its end, and both sides of the leap. */
const corners = (timescale: Timescale, leaps: readonly Leap[]): bigint[] =>
  spansOf(timescale, leaps).flatMap(({ leap, shows, length }) => [shows, leap.utc_ns - 1n, leap.utc_ns, shows + length - stepNs(leap)]);

/** Within a second of the leap a count can be meant before it or after it. */
const twofold = (timescale: Timescale, from: bigint, to: bigint, leaps: readonly Leap[]): Fraction[] =>
  spansOf(timescale, leaps)
    .filter(({ leap }) => from <= leap.utc_ns + BILLION && to >= leap.utc_ns - BILLION)
    .flatMap((span) => [
      smearAfter(span, passedAt(span, span.leap.utc_ns + BILLION, false), false),
      smearAfter(span, passedAt(span, span.leap.utc_ns - BILLION, true), true),
    ]);

const spansOf = (timescale: Timescale, leaps: readonly Leap[]): SmearSpan[] =>
  isSmear(timescale) ? placeLeaps(leaps).map((leap) => spanOf(timescale, leap)) : [];

/** Drifts of the smears are below 1/50,000; an error of the server's clock grows by no more when the smear is taken out. */
const STEEPEST = 50_000n;

/**
 * Every leap-free instant at which a server that keeps its timescale to within `unsure` ns shows `reading`. A smear is
 * continuous and is inverted exactly; a clock that shows UTC is ambiguous beside a leap. `smears` is what an ntpd server
 * says of its own smear.
 */
export function serverLeapFree(
  timescale: Timescale,
  reading: UtcInstant,
  unsure: bigint,
  leaps: readonly Leap[],
  smears: Interval = NO_SMEAR,
): Interval {
  if (!isSmear(timescale)) {
    const early = leapFreeOf(utc(reading - smears.hi), unsure, leaps);
    return smears.lo === smears.hi ? early : hullOf(early, leapFreeOf(utc(reading - smears.lo), unsure, leaps));
  }
  const exact = unsmear(timescale, reading, leaps);
  const near = leaps.some(({ utc_ns }) => absolute(reading - utc_ns) <= DAY + unsure);
  const spread = near ? divCeil(unsure, STEEPEST) : 0n;
  return interval(floor(exact) - spread, ceil(exact) + spread);
}

export const NO_SMEAR: Interval = { lo: 0n, hi: 0n };
const hullOf = (a: Interval, b: Interval): Interval => interval(minOf(a.lo, b.lo), maxOf(a.hi, b.hi));

function unsmear(timescale: "smear24" | "smearFB", reading: UtcInstant, leaps: readonly Leap[]): Fraction {
  let shift = 0n;
  for (const leap of placeLeaps(leaps)) {
    const { begins, length, shows } = spanOf(timescale, leap);
    const counts = length - stepNs(leap);
    if (reading < shows) break;
    if (reading < shows + counts) return { n: begins * counts + (reading - shows) * length, d: counts };
    shift = leap.shiftBefore + stepNs(leap);
  }
  return { n: reading + shift, d: 1n };
}

/** How finely a reference id tells a smear: half a unit of 2⁻²² s either way if rounded, a whole one if cut off. */
const REFID_UNIT = divCeil(BILLION, 1n << 22n);

/**
 * The smear that an ntpd server says of itself: reference id 254.x.y.z, the last three bytes a signed 2.22 fixed-point
 * number of seconds, smeared clock − UTC (ntpd's README.leapsmear). null for any other reference id.
 */
export function smearOfRefid(refid: number): Fraction | null {
  if (refid >>> 24 !== 254) return null;
  return { n: BigInt.asIntN(24, BigInt(refid & 0xff_ffff)) * BILLION, d: 1n << 22n };
}

/** The same with its rounding, ns; no smear for any other reference id. */
export function smearRangeOfRefid(refid: number): Interval {
  const said = smearOfRefid(refid);
  return said === null ? NO_SMEAR : interval(floor(said) - REFID_UNIT, ceil(said) + REFID_UNIT);
}

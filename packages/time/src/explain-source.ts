import type { BoundCase, CaseConstraint, CaseExchange, CaseSource, SourceExplanation } from "./bound-case.ts";
import { log2Seconds } from "./exchange.ts";
import * as exact from "./fraction.ts";
import { type Fraction, fraction } from "./fraction.ts";
import { type HullBound, hullBound, type Point } from "./frequency-hull.ts";
import type { Interval } from "./interval.ts";
import { smearMinusUtc } from "./smear.ts";
import { BILLION, divCeil } from "./units.ts";

/** Both ends, exact. */
export interface Ends {
  readonly lo: Fraction;
  readonly hi: Fraction;
}

export interface Judged {
  readonly source: CaseSource;
  readonly ends: Ends | null;
  /** Has a bound, and its timescale lets it take part. */
  readonly fused: boolean;
  /** The latest instant of its evidence. */
  readonly latest: bigint | null;
  readonly said: Omit<SourceExplanation, "truechimer">;
}

export function judgeSource(source: CaseSource, given: BoundCase): Judged {
  const { upper, lower, rejected } = evidenceOf(source, given);
  const sides = coneOf(upper, lower, given);
  const conflict = sides.lo !== null && sides.hi !== null && exact.compare(sides.lo, sides.hi) > 0;
  const ends = conflict || sides.lo === null || sides.hi === null ? null : { lo: sides.lo, hi: sides.hi };
  const known = upper.length + lower.length > 0;
  const hull = known ? hullBound({ upper, lower, at: given.at, sigma: perNs(given.sigma), slope: slopesOf(given) }) : null;
  const points = [...upper, ...lower].map(({ at }) => at);
  return {
    source,
    ends,
    fused: ends !== null && !leaves(source, ends, given),
    latest: points.reduce<bigint | null>((latest, at) => (latest === null || at > latest ? at : latest), null),
    said: {
      id: source.id,
      guaranteed: ends && { lo: exact.floor(ends.lo), hi: exact.ceil(ends.hi) },
      tight: tightOf(hull, ends),
      frequencyMilliPpb: hull && {
        min: exact.floor(milliPpb(exact.negate(hull.slope.max))),
        max: exact.ceil(milliPpb(exact.negate(hull.slope.min))),
      },
      conflict,
      rejected,
    },
  };
}

const perNs = (ppb: Fraction): Fraction => exact.divide(ppb, fraction(BILLION));
const milliPpb = (slope: Fraction): Fraction => exact.multiply(slope, fraction(1000n * BILLION));

/** What enters: every constraint, and both sides of every exchange that M2 accepts; nothing from after the question. */
function evidenceOf(source: CaseSource, given: BoundCase) {
  const found: CaseConstraint[] = [...source.constraints];
  const rejected: { exchange: number; reason: string }[] = [];
  for (const [exchange, x] of source.exchanges.entries()) {
    if (x.t1 > given.at && x.t4 > given.at) continue;
    const sides = sidesOf(x, given);
    if (typeof sides === "string") rejected.push({ exchange, reason: sides });
    else found.push(...sides);
  }
  const heard = found.filter(({ at }) => at <= given.at);
  const points = (kind: CaseConstraint["kind"]) => heard.filter((one) => one.kind === kind).map((one) => corrected(one, source, given));
  return { upper: points("upper"), lower: points("lower"), rejected };
}

/** M1 and M2. */
function sidesOf(x: CaseExchange, given: BoundCase): CaseConstraint[] | string {
  if (x.t4 < x.t1) return "client_order";
  if (x.t3 < x.t2) return "server_order";
  const error = errorOf(x);
  const upper = x.t2 - x.t1 + error;
  const lower = x.t3 - x.t4 - error;
  const carried = upper + exact.ceil(exact.multiply(fastest(given), fraction(x.t4 - x.t1)));
  if (lower > carried) return "empty_interval";
  return [
    { kind: "upper", at: x.t1, value: upper },
    { kind: "lower", at: x.t4, value: lower },
  ];
}

/** E of M1, each term rounded up alone. */
const errorOf = (x: CaseExchange): bigint =>
  divCeil(x.rootDelayRaw * BILLION, 1n << 17n) +
  divCeil(x.rootDispersionRaw * BILLION, 1n << 16n) +
  precision(x.precisionServer) +
  precision(x.precisionClient) +
  x.cap +
  x.slack;

const precision = (exponent: number | null): bigint => (exponent === null ? 0n : log2Seconds(exponent));

/** M7: o = measured − (smeared − UTC). */
function corrected({ at, value }: CaseConstraint, { timescale }: CaseSource, { leaps }: BoundCase): Point {
  return { at, value: exact.subtract(fraction(value), smearMinusUtc(timescale, at + value, leaps)) };
}

/** The greatest slope either way, which decides whether an exchange can be true at all, as in the running agent. */
const fastest = ({ rho, oscillator }: BoundCase): Fraction => perNs(exact.add(rho, exact.greatest(oscillator, exact.negate(oscillator))));

/** How fast UTC − RAW can fall and rise under rho. */
function coneSlopes({ rho, oscillator }: BoundCase): { min: Fraction; max: Fraction } {
  return { min: perNs(exact.negate(exact.add(oscillator, rho))), max: perNs(exact.subtract(rho, oscillator)) };
}

const slopesOf = (given: BoundCase): { min: Fraction; max: Fraction } =>
  given.slopeMax === null ? coneSlopes(given) : { min: perNs(exact.negate(given.slopeMax)), max: perNs(given.slopeMax) };

/** M4: each constraint carried to the question at the greatest slope that rho allows; the tightest of each side. */
function coneOf(upper: readonly Point[], lower: readonly Point[], given: BoundCase): { lo: Fraction | null; hi: Fraction | null } {
  const { min, max } = coneSlopes(given);
  const carry = (slope: Fraction) => (point: Point) => exact.add(point.value, exact.multiply(slope, fraction(given.at - point.at)));
  const pick = (values: readonly Fraction[], better: typeof exact.least) =>
    values.reduce<Fraction | null>((best, next) => (best === null ? next : better(best, next)), null);
  return { lo: pick(lower.map(carry(min)), exact.greatest), hi: pick(upper.map(carry(max)), exact.least) };
}

/** M5 within M4. */
function tightOf(hull: HullBound | null, ends: Ends | null): Interval | null {
  if (hull === null || ends === null || hull.lo === null || hull.hi === null) return null;
  const lo = exact.greatest(hull.lo, ends.lo);
  const hi = exact.least(hull.hi, ends.hi);
  return exact.compare(lo, hi) > 0 ? null : { lo: exact.floor(lo), hi: exact.ceil(hi) };
}

const DAY = 86_400n * BILLION;

/** A source of unknown timescale has no part within a day of a leap: nobody knows what it shows there. */
function leaves({ timescale }: CaseSource, { lo, hi }: Ends, { at, leaps }: BoundCase): boolean {
  if (timescale !== "unknown") return false;
  return leaps.some(({ utc_ns }) => utc_ns - DAY <= at + exact.ceil(hi) && at + exact.floor(lo) <= utc_ns + DAY);
}

import { divCeil, divFloor } from "./units.ts";

/** An exact rational, `d > 0`; not reduced. For what is recomputed by hand: one rounding, at the very end. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export const fraction = (n: bigint, d = 1n): Fraction => {
  if (d === 0n) throw new RangeError(`Cannot divide ${n} by zero`);
  return d > 0n ? { n, d } : { n: -n, d: -d };
};

export const add = (a: Fraction, b: Fraction): Fraction =>
  a.d === b.d ? { n: a.n + b.n, d: a.d } : { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
export const negate = ({ n, d }: Fraction): Fraction => ({ n: -n, d });
export const subtract = (a: Fraction, b: Fraction): Fraction => add(a, negate(b));
export const multiply = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });
export const divide = (a: Fraction, b: Fraction): Fraction => fraction(a.n * b.d, a.d * b.n);

/** Negative, zero or positive, as a − b is. */
export const compare = (a: Fraction, b: Fraction): number => {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

export const least = (a: Fraction, b: Fraction): Fraction => (compare(a, b) <= 0 ? a : b);
export const greatest = (a: Fraction, b: Fraction): Fraction => (compare(a, b) >= 0 ? a : b);
export const floor = ({ n, d }: Fraction): bigint => divFloor(n, d);
export const ceil = ({ n, d }: Fraction): bigint => divCeil(n, d);

/** A common denominator of all: multiplied by it, each becomes an integer. */
export const commonDenominator = (all: readonly Fraction[]): bigint =>
  all.reduce((common, { d }) => (common / greatestCommonDivisor(common, d)) * d, 1n);

const greatestCommonDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : greatestCommonDivisor(b, a % b));

/** Reads a decimal number as people and JSON write it, exactly: "12", "-0.5", "1e3"; `null` for anything else. */
export function parseDecimal(text: string): Fraction | null {
  const match = /^(-?)(\d{1,100000})(?:\.(\d{1,400}))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", decimals = "", exponent = "0"] = match;
  const power = Number(exponent) - decimals.length;
  const digits = BigInt(whole + decimals) * (sign === "-" ? -1n : 1n);
  return power >= 0 ? fraction(digits * 10n ** BigInt(power)) : fraction(digits, 10n ** BigInt(-power));
}

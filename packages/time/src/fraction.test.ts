import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, ceil, commonDenominator, compare, divide, floor, fraction, multiply, parseDecimal, subtract } from "./fraction.ts";

const any = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.bigInt({ min: 1n, max: 10n ** 12n }))
  .map(([n, d]) => fraction(n, d));

describe("exact fractions", () => {
  it("add and subtract, multiply and divide back to where they began", () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(compare(subtract(add(a, b), b), a)).toBe(0);
        if (b.n !== 0n) expect(compare(divide(multiply(a, b), b), a)).toBe(0);
      }),
    );
  });
  it("lie between their floor and their ceiling, less than one apart", () => {
    fc.assert(
      fc.property(any, (a) => {
        expect(compare(fraction(floor(a)), a)).toBeLessThanOrEqual(0);
        expect(compare(fraction(ceil(a)), a)).toBeGreaterThanOrEqual(0);
        expect(ceil(a) - floor(a)).toBe(a.n % a.d === 0n ? 0n : 1n);
      }),
    );
  });
  it("share a common denominator that makes integers of all", () => {
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 5 }), (all) => {
        const common = commonDenominator(all);
        for (const { n, d } of all) expect((n * common) % d).toBe(0n);
      }),
    );
  });
  it("are read from decimals without a rounding", () => {
    expect(parseDecimal("15000")).toEqual(fraction(15000n));
    expect(parseDecimal("-0.125")).toEqual(fraction(-125n, 1000n));
    expect(parseDecimal("1.5e3")).toEqual(fraction(1500n));
    expect(parseDecimal("12e-1")).toEqual(fraction(12n, 10n));
    for (const text of ["", "-", "1.", ".5", "1e9999", "0x10", "NaN", " 1", "1 "]) expect(parseDecimal(text), text).toBeNull();
  });
  it("refuse to divide by zero", () => {
    expect(() => divide(fraction(5n), fraction(0n))).toThrow("Cannot divide 5 by zero");
  });
});

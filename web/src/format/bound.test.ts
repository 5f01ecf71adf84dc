import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { atLeast, boundText, exactNs, hiText, loText, pointText } from "./bound.ts";

const SIZES: Readonly<Record<string, number>> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 };
function inNs(text: string): number {
  const [number = "", unit = "ns"] = text.replace("−", "-").split(" ");
  return Number(number) * (SIZES[unit] ?? Number.NaN);
}

describe("ends of a bound as text", () => {
  it.each([
    [-1_234_567n, 1_234_567n, "−1.24 ms to +1.24 ms"],
    [1_234_567n, 1_238_001n, "+1.23 ms to +1.24 ms"],
    [-1_238_001n, -1_234_567n, "−1.24 ms to −1.23 ms"],
    [0n, 999n, "0 ns to +999 ns"],
    [-999_999n, 999_999n, "−1000 µs to +1000 µs"],
  ])("[%d, %d] reads %s", (lo, hi, text) => expect(boundText({ lo_ns: lo.toString(), hi_ns: hi.toString() })).toBe(text));

  it("never looks tighter than it is", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 13n), max: 10n ** 13n }), (end) => {
        const slack = Math.abs(Number(end)) * 1e-12;
        expect(inNs(loText(end))).toBeLessThanOrEqual(Number(end) + slack);
        expect(inNs(hiText(end))).toBeGreaterThanOrEqual(Number(end) - slack);
      }),
      { numRuns: 3000 },
    );
  });
  it("stays within one unit of the third digit", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), (span) => {
        expect(inNs(atLeast(span))).toBeGreaterThanOrEqual(Number(span) * 0.99 - 1e-6);
        expect(inNs(atLeast(span))).toBeLessThanOrEqual(Number(span) * (1 + 1e-12));
      }),
    );
  });
});

describe("exact figures", () => {
  it.each([
    ["0", "0 ns"],
    ["3204117", "+3\u202f204\u202f117 ns"],
    ["-12", "−12 ns"],
    ["-1000000000000000000000", "−1\u202f000\u202f000\u202f000\u202f000\u202f000\u202f000\u202f000 ns"],
  ])("%s reads %s", (value, text) => expect(exactNs(value)).toBe(text));
  it("rounds a mere point to nearest", () => expect(pointText(-1_234_567n)).toBe("−1.23 ms"));
});

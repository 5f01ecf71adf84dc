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
    [1_234_567n, 1_238_001n, "+1.2345 ms to +1.2381 ms"],
    [-1_238_001n, -1_234_567n, "−1.2381 ms to −1.2345 ms"],
    [-250_304_117n, -249_702_001n, "−250.31 ms to −249.7 ms"],
    [1_000_000_000n, 1_000_000_000n, "+1 s to +1 s"],
    [2_999_999_999n, 3_000_000_001n, "+2.999999999 s to +3.000000001 s"],
    [0n, 999n, "0 ns to +999 ns"],
    [-999_999n, 999_999n, "−1000 µs to +1000 µs"],
  ])("[%d, %d] reads %s", (lo, hi, text) => expect(boundText({ lo_ns: lo.toString(), hi_ns: hi.toString() })).toBe(text));

  it("never looks tighter than it is, both ends together, nor wider by more than a tenth of its width", () => {
    const end = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
    fc.assert(
      fc.property(end, fc.bigInt({ min: 0n, max: 10n ** 9n }), (lo, width) => {
        const hi = lo + width;
        const [low = 0, high = 0] = boundText({ lo_ns: lo.toString(), hi_ns: hi.toString() }).split(" to ").map(inNs);
        const slack = Math.max(Math.abs(Number(lo)), Math.abs(Number(hi))) * 1e-12;
        expect(low).toBeLessThanOrEqual(Number(lo) + slack);
        expect(high).toBeGreaterThanOrEqual(Number(hi) - slack);
        if (width * 20n < (hi < 0n ? -lo : hi)) expect(high - low).toBeLessThanOrEqual(Number(width) * 1.2 + 2 + 2 * slack);
      }),
      { numRuns: 3000 },
    );
  });
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

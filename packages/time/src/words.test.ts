import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { halfWidth, interval, midpoint, widen, worstError } from "./interval.ts";
import { formatUtc, parseUtc } from "./rfc3339.ts";
import { divCeil, divFloor, drift, ppb, utc } from "./units.ts";
import { about, atMost, offsetInWords } from "./words.ts";

describe("words", () => {
  it.each([
    [0n, "0 ns"],
    [999n, "999 ns"],
    [1_000n, "1 µs"],
    [1_234_567n, "1.24 ms"],
    [12_345n, "12.4 µs"],
    [123_001n, "124 µs"],
    [3_000_000_001n, "3.01 s"],
    [7_495_400_000_000n, "7496 s"],
  ])("%d ns is at most %s", (span, text) => expect(atMost(span)).toBe(text));
  it("says the direction only when it is proved", () => {
    expect(offsetInWords({ lo: 3_100_000n, hi: 3_300_000n })).toBe("3.2 ms behind UTC, at most 3.3 ms");
    expect(offsetInWords({ lo: -3_300_000n, hi: -3_100_000n })).toBe("3.2 ms ahead of UTC, at most 3.3 ms");
    expect(offsetInWords({ lo: -1_000n, hi: 3_100_000n })).toBe("within 3.1 ms of UTC");
  });
  it("never says less than the bound", () => {
    const value = (text: string) => {
      const [number = "", unit = ""] = text.split(" ");
      return Number(number) * ({ ns: 1, µs: 1e3, ms: 1e6, s: 1e9 }[unit] ?? Number.NaN);
    };
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 13n }), (span) => {
        expect(value(atMost(span))).toBeGreaterThanOrEqual(Number(span) * (1 - 1e-12));
        expect(value(about(span)) || 1).toBeLessThanOrEqual(Number(span) * 1.006 + 1);
      }),
    );
  });
});

describe("times as text", () => {
  it.each([
    [0n, "1970-01-01T00:00:00.000000000Z"],
    [1_795_445_400_123_456_789n, "2026-11-23T14:50:00.123456789Z"],
    [-1n, "1969-12-31T23:59:59.999999999Z"],
    [951_782_400_000_000_000n, "2000-02-29T00:00:00.000000000Z"],
  ])("%d", (instant, text) => {
    expect(formatUtc(utc(instant))).toBe(text);
    expect(parseUtc(text)).toBe(instant);
  });
  it("keeps every nanosecond there and back", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -62_135_596_800_000_000_000n, max: 253_402_300_799_999_999_999n }),
        (at) => parseUtc(formatUtc(utc(at))) === at,
      ),
    );
  });
  it("reads zones, short fractions and 23:59:60, and refuses what is no time", () => {
    expect(parseUtc("2026-11-23T15:50:00.5+01:00")).toBe(parseUtc("2026-11-23T14:50:00.500Z"));
    expect(parseUtc("2016-12-31T23:59:60Z")).toBe(parseUtc("2017-01-01T00:00:00Z"));
    for (const bad of ["", "now", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T14:50:00.1234567890Z", "2026-11-23 14:50"])
      expect(parseUtc(bad)).toBeNull();
  });
});

describe("rounding widens", () => {
  it("in every operation, for any sign", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
        fc.bigInt({ min: 1n, max: 10n ** 6n }),
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        (a, b, width) => {
          expect(divCeil(a, b) * b >= a && divFloor(a, b) * b <= a).toBe(true);
          const bound = interval(a, a + width);
          expect(halfWidth(bound) * 2n >= width).toBe(true);
          expect(bound.lo <= midpoint(bound) && midpoint(bound) <= bound.hi).toBe(true);
          expect(worstError(bound) >= (a < 0n ? -a : a)).toBe(true);
          const wider = widen(bound, ppb(b), width);
          expect((bound.lo - wider.lo) * 1_000_000_000n >= b * width).toBe(true);
        },
      ),
    );
    expect(() => drift(ppb(1n), -5n)).toThrow("Cannot widen a bound over negative age -5 ns");
    expect(() => interval(2n, 1n)).toThrow("Cannot make an interval");
  });
});

describe("an RFC 3339 offset", () => {
  it.each(["+24:00", "-23:60", "+99:99"])("of %s exists nowhere", (offset) => expect(parseUtc(`2026-03-01T12:00:00${offset}`)).toBeNull());
  it("goes up to a day", () => expect(parseUtc("2026-03-01T23:59:00+23:59")).toBe(parseUtc("2026-03-01T00:00:00Z")));
});

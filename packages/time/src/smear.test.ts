import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ceil, type Fraction, floor } from "./fraction.ts";
import { contains } from "./interval.ts";
import { kernelUtc, type Leap, leapFreeOf, placeLeaps, utcOf } from "./leap-axis.ts";
import { SHIPPED } from "./leap-list.fixture.ts";
import { leapsOf } from "./leap-list.ts";
import { parseUtc } from "./rfc3339.ts";
import { corrected, correctionBound, serverLeapFree, smearMinusUtc, smearOfRefid, smearRangeOfRefid, type Timescale } from "./smear.ts";
import { BILLION, divFloor, leapFree, type UtcInstant, utc } from "./units.ts";

const at = (text: string) => parseUtc(text) as UtcInstant;
const nearest = ({ n, d }: Fraction) => divFloor(2n * n + d, 2n * d);
const REAL = leapsOf(SHIPPED);
const MIDNIGHT = at("2029-01-01T00:00:00Z");
const INSERTED: readonly Leap[] = [{ utc_ns: MIDNIGHT, step: 1 }];
const DELETED: readonly Leap[] = [{ utc_ns: MIDNIGHT, step: -1 }];
const smear = (scale: Timescale, seconds: number, leaps: readonly Leap[]) =>
  nearest(smearMinusUtc(scale, utc(MIDNIGHT + BigInt(Math.round(seconds * 1e9))), leaps));

describe("smeared − UTC (M7)", () => {
  it("C13: the quarter points of the leap of 2016", () => {
    expect(nearest(smearMinusUtc("smear24", at("2016-12-31T18:00:00Z"), REAL))).toBe(-249_997_107n);
    expect(nearest(smearMinusUtc("smear24", at("2017-01-01T06:00:00Z"), REAL))).toBe(249_997_107n);
    expect(smearMinusUtc("smear24", at("2016-12-31T18:00:00Z"), REAL)).toEqual({ n: -21_600n * BILLION * BILLION, d: 86_401n * BILLION });
  });
  it("smear24 of an inserted second falls to minus a half, leaps to plus a half, and ends at noon", () => {
    expect([-43_201, -43_200, 0, 43_200, 43_201].map((s) => smear("smear24", s, INSERTED))).toEqual([0n, 0n, 499_994_213n, 0n, 0n]);
    expect(smear("smear24", -1e-9, INSERTED)).toBe(-499_994_213n);
  });
  it("smear24 of a deleted second is the mirror over 86,399 s", () => {
    expect([-43_200, -21_600, 0, 21_600, 43_200].map((s) => smear("smear24", s, DELETED))).toEqual([
      0n,
      250_002_894n,
      -500_005_787n,
      -250_002_894n,
      0n,
    ]);
  });
  it("smearFB begins with the leap and lasts 62,500 s", () => {
    expect([-1, -1e-9, 0, 31_249, 62_499, 62_500].map((s) => smear("smearFB", s, INSERTED))).toEqual([
      0n,
      0n,
      999_984_000n,
      500_000_000n,
      0n,
      0n,
    ]);
    expect([-1, 0, 31_250, 62_500, 62_501].map((s) => smear("smearFB", s, DELETED))).toEqual([0n, -BILLION, -500_000_000n, 0n, 0n]);
  });
  it.each(["utc", "unknown", "refid254"] as const)("%s has no map", (scale) => expect(smear(scale, 0, INSERTED)).toBe(0n));

  it("corrects a measured value at exactly that instant", () => {
    const noon = MIDNIGHT - 43_200n * BILLION;
    const value = corrected("smear24", 1000n, noon + 21_600n * BILLION - 1000n, INSERTED);
    expect(value.n - (noon + 21_600n * BILLION - 1000n) * value.d).toBe(21_600n * BILLION * BILLION);
    expect(corrected("utc", 1000n, noon, INSERTED)).toEqual({ n: noon, d: 1n });
  });
});

/** A server that smears, from the definition: linear between where it begins and ends, on the leap-free axis. */
function shown(scale: Timescale, instant: bigint, [leap]: readonly Leap[]): Fraction {
  const { begins, step } = placeLeaps([leap as Leap])[0] as ReturnType<typeof placeLeaps>[number];
  const second = BigInt(step) * BILLION;
  const [from, length] =
    scale === "smear24" ? [MIDNIGHT - 43_200n * BILLION, 86_400n * BILLION + second] : [begins as bigint, 62_500n * BILLION];
  if (instant <= from) return { n: instant, d: 1n };
  if (instant >= from + length) return { n: instant - second, d: 1n };
  return { n: instant * length - (instant - from) * second, d: length };
}

const leapsArbitrary = fc.constantFrom(INSERTED, DELETED);
const nearLeap = fc.oneof(
  fc.bigInt({ min: -100_000n * BILLION, max: 100_000n * BILLION }),
  fc.bigInt({ min: -3n * BILLION, max: 3n * BILLION }),
  fc.constantFrom(-BILLION, -1n, 0n, 1n, BILLION, BILLION - 1n, -43_200n * BILLION, 62_500n * BILLION),
);
const smearing = fc.constantFrom("smear24" as const, "smearFB" as const);

describe("a server's reading on the leap-free axis", () => {
  it("holds the true instant for any smearing server within its error", () => {
    fc.assert(
      fc.property(
        smearing,
        leapsArbitrary,
        nearLeap,
        fc.bigInt({ min: -1_000_000_000n, max: 1_000_000_000n }),
        (scale, leaps, away, error) => {
          const instant = MIDNIGHT + away;
          const reading = utc(floor(shown(scale, instant + error, leaps)));
          const unsure = (error < 0n ? -error : error) + 1n;
          const { lo, hi } = serverLeapFree(scale, reading, unsure, leaps);
          expect(contains({ lo: lo - unsure, hi: hi + unsure }, instant)).toBe(true);
          // Exact but for the rounding and the slope: a smear costs no width.
          expect(hi - lo).toBeLessThan(2n * (unsure / 50_000n + 3n));
        },
      ),
      { numRuns: 2000 },
    );
  });
  it("holds the true instant for a server that shows UTC, whichever way it shows the leap", () => {
    fc.assert(
      fc.property(
        leapsArbitrary,
        nearLeap,
        fc.bigInt({ min: -100_000_000n, max: 100_000_000n }),
        fc.boolean(),
        (leaps, away, error, posix) => {
          const instant = MIDNIGHT + away;
          const counts = utcOf({ lo: instant + error, hi: instant + error }, leaps);
          const unsure = error < 0n ? -error : error;
          const { lo, hi } = leapFreeOf(utc(posix ? counts.hi : counts.lo), unsure, leaps);
          expect(contains({ lo: lo - unsure, hi: hi + unsure }, instant)).toBe(true);
          expect(hi - lo).toBeLessThanOrEqual(BILLION);
        },
      ),
      { numRuns: 2000 },
    );
  });
  it("is one value far from any leap", () => {
    const reading = at("2026-11-23T12:00:00Z");
    expect(leapFreeOf(reading, 1_000_000n, REAL)).toEqual({ lo: reading + 27n * BILLION, hi: reading + 27n * BILLION });
    expect(serverLeapFree("smear24", reading, 1_000_000n, REAL)).toEqual({ lo: reading + 27n * BILLION, hi: reading + 27n * BILLION });
  });
  it("is a second wide where a count comes twice, and goes back to both counts", () => {
    const reading = utc(MIDNIGHT - BILLION / 2n);
    expect(leapFreeOf(reading, 0n, INSERTED)).toEqual({ lo: reading, hi: reading + BILLION });
    expect(utcOf({ lo: MIDNIGHT + BILLION / 2n, hi: MIDNIGHT + BILLION / 2n }, INSERTED)).toEqual({
      lo: MIDNIGHT - BILLION / 2n,
      hi: MIDNIGHT + BILLION / 2n,
    });
    expect(kernelUtc(leapFree(MIDNIGHT + BILLION / 2n), INSERTED)).toBe(MIDNIGHT - BILLION / 2n);
    expect(kernelUtc(leapFree(MIDNIGHT - BILLION), DELETED)).toBe(MIDNIGHT);
  });
});

describe("the bound of a correction", () => {
  it("holds it although the instant is off by the width and by the smear", () => {
    fc.assert(
      fc.property(
        smearing,
        leapsArbitrary,
        nearLeap,
        fc.bigInt({ min: 0n, max: 500_000_000n }),
        fc.boolean(),
        (scale, leaps, away, width, late) => {
          const instant = MIDNIGHT + away;
          const exact = shown(scale, instant, leaps);
          const counts = utcOf({ lo: instant, hi: instant }, leaps);
          const bound = correctionBound(scale, utc(floor(exact) + (late ? width : -width)), width, leaps);
          for (const count of [counts.lo, counts.hi]) {
            const truth = { n: exact.n - count * exact.d, d: exact.d };
            expect(floor(truth) >= bound.lo - 1n && ceil(truth) <= bound.hi + 1n).toBe(true);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
  it("is nothing where nothing smears", () => expect(correctionBound("utc", MIDNIGHT, BILLION, INSERTED)).toEqual({ lo: 0n, hi: 0n }));
});

describe("a smear in a reference id", () => {
  it.each([
    ["C14", 0xfef00000, -250_000_000n],
    ["C14", 0xfe000001, 238n],
    ["C14", 0xfe7fffff, 1_999_999_762n],
    ["C14", 0xfe180000, 375_000_000n],
    ["the least", 0xfe800000, -2_000_000_000n],
    ["none", 0xfe000000, 0n],
  ])("%s %x", (_, refid, expected) => {
    expect(nearest(smearOfRefid(refid) as Fraction)).toBe(expected);
    expect(contains(smearRangeOfRefid(refid), expected)).toBe(true);
  });
  it.each([0x47505300, 0xffffffff, 0xc0000201, 0])("is not read out of another one: %x", (refid) => {
    expect(smearOfRefid(refid)).toBeNull();
    expect(smearRangeOfRefid(refid)).toEqual({ lo: 0n, hi: 0n });
  });
  it("moves a reading back to UTC", () => {
    const reading = at("2026-11-23T12:00:00Z");
    const moved = serverLeapFree("refid254", reading, 0n, [], smearRangeOfRefid(0xfe180000));
    expect(contains(moved, reading - 375_000_000n)).toBe(true);
    expect(moved.hi - moved.lo).toBe(478n);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatLeapFree } from "./leap-axis.ts";
import { formatUtc, parseUtc, readUtc } from "./rfc3339.ts";
import { BILLION, leapFree, type UtcInstant, utc } from "./units.ts";

describe("23:59:60", () => {
  const midnight = parseUtc("2017-01-01T00:00:00Z") as UtcInstant;
  it("is read with the count of the second that follows, and a mark", () => {
    expect(readUtc("2016-12-31T23:59:60.5Z")).toEqual({ at: midnight + BILLION / 2n, leapSecond: true });
    expect(readUtc("2017-01-01T00:00:00.5Z")).toEqual({ at: midnight + BILLION / 2n, leapSecond: false });
    expect(parseUtc("2016-12-31T23:59:60.5Z")).toBe(midnight + BILLION / 2n);
    expect(parseUtc("2017-01-01T01:29:60+01:30")).toBe(midnight);
  });
  it("is written back from the mark", () => {
    for (const text of ["2016-12-31T23:59:60.500000000Z", "2015-06-30T23:59:60.000000001Z"]) {
      const { at, leapSecond } = readUtc(text) as NonNullable<ReturnType<typeof readUtc>>;
      expect(formatUtc(at, leapSecond)).toBe(text);
    }
  });
  it.each(["2016-12-31T12:34:60Z", "2016-12-30T23:59:60Z", "2016-12-31T23:59:61Z", "2016-12-31T23:59:60+01:00", "2016-12-31T23:60:00Z"])(
    "is no second of any other minute or day: %s",
    (text) => expect(parseUtc(text)).toBeNull(),
  );
  it("is written from the axis that has it", () => {
    const leaps = [{ utc_ns: midnight, step: 1 as const }];
    const said = [-BILLION, -1n, 0n, BILLION - 1n, BILLION].map((away) => formatLeapFree(leapFree(midnight + away), leaps).slice(11));
    expect(said).toEqual([
      "23:59:59.000000000Z",
      "23:59:59.999999999Z",
      "23:59:60.000000000Z",
      "23:59:60.999999999Z",
      "00:00:00.000000000Z",
    ]);
  });
});

it("what is written is read back, in any year from 0 to 9999", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -62_167_219_200n * BILLION, max: 253_402_300_799n * BILLION }), (count) => {
      expect(readUtc(formatUtc(utc(count)))).toEqual({ at: count, leapSecond: false });
    }),
  );
});

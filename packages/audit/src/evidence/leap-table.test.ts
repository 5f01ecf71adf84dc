import { BILLION, parseUtc } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leapCuts, readInstant, readLeapTable, sayInstant, sayLeapTable, toAxis } from "./leap-table.ts";

const at = (text: string): bigint => parseUtc(text) as bigint;
/** The leap second at the end of 2016, and one to be left out that there never was. */
const TABLE = [
  { from: at("2015-07-01T00:00:00Z"), taiMinusUtc: 36 },
  { from: at("2017-01-01T00:00:00Z"), taiMinusUtc: 37 },
  { from: at("2029-01-01T00:00:00Z"), taiMinusUtc: 36 },
];
const INSERTED = at("2017-01-01T00:00:00Z") + 36n * BILLION;
const LEFT_OUT = at("2029-01-01T00:00:00Z") + 37n * BILLION;

describe("the leap-free axis", () => {
  it.each([
    [INSERTED - 1n, "2016-12-31T23:59:59.999999999Z"],
    [INSERTED, "2016-12-31T23:59:60.000000000Z"],
    [INSERTED + BILLION - 1n, "2016-12-31T23:59:60.999999999Z"],
    [INSERTED + BILLION, "2017-01-01T00:00:00.000000000Z"],
    [LEFT_OUT - BILLION - 1n, "2028-12-31T23:59:58.999999999Z"],
    [LEFT_OUT - BILLION, "2029-01-01T00:00:00.000000000Z"],
    [at("2010-01-01T00:00:00Z") + 36n * BILLION, "2010-01-01T00:00:00.000000000Z"],
  ])("shows %d as %s, and reads it back", (instant, text) => {
    expect(sayInstant(instant, TABLE)).toBe(text);
    expect(readInstant(text, TABLE)).toBe(instant);
  });
  it("reads back whatever it shows", () => {
    const near = fc.tuple(fc.constantFrom(INSERTED, LEFT_OUT), fc.bigInt(-4n * BILLION, 4n * BILLION)).map(([leap, by]) => leap + by);
    fc.assert(
      fc.property(fc.oneof(near, fc.bigInt(0n, 3_000_000_000n * BILLION)), (instant) => {
        expect(readInstant(sayInstant(instant, TABLE), TABLE)).toBe(instant);
      }),
    );
  });
  it("keeps the order of instants, so that what is apart stays apart", () => {
    const inserted = at("2017-01-01T00:00:00Z");
    expect(toAxis(inserted, TABLE) - toAxis(inserted - 1n, TABLE)).toBe(BILLION + 1n);
  });
  it("is cut over a leap, and as far beside it as a clock that repeats or skips a second can err", () => {
    expect(leapCuts(TABLE)).toEqual([
      { from: INSERTED - BILLION, to: INSERTED + 2n * BILLION, reason: "leap" },
      { from: LEFT_OUT - 2n * BILLION, to: LEFT_OUT + BILLION, reason: "leap" },
    ]);
  });
  it("is made of a table as a manifest prints it, and of nothing else", () => {
    expect(readLeapTable(sayLeapTable(TABLE))).toEqual(TABLE);
    expect([[], [["yesterday", 37]], [...sayLeapTable(TABLE)].reverse()].map((rows) => readLeapTable(rows as [string, number][]))).toEqual([
      null,
      null,
      null,
    ]);
  });
});

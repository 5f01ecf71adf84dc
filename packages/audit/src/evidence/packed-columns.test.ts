import fc from "fast-check";
import { expect, it } from "vitest";
import { columnFrom } from "./column-record.ts";
import { type Column, PackedColumns, type RecordColumns } from "./packed-columns.ts";

const cell = fc.option(fc.maxSafeInteger(), { freq: 5 });
const column = (rows: number): fc.Arbitrary<Column> =>
  fc
    .record({ base: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), d: fc.array(cell, { minLength: rows, maxLength: rows }) })
    .map(({ base, d }) => columnFrom(base, d));
const status = (rows: number) => fc.array(fc.constantFrom("proven", "holdover"), { minLength: rows, maxLength: rows });
/** Now and then one of thousands of rows, so that blocks end and one record is larger than any. */
const rows = fc.oneof({ weight: 30, arbitrary: fc.nat(30) }, fc.constantFrom(6_000, 12_000));
const columns: fc.Arbitrary<RecordColumns> = fc.tuple(rows, fc.nat(6)).chain(([rows, spans]) => {
  const [one, few] = [
    rows > 30
      ? fc.constant(
          columnFrom(
            7n,
            Array.from({ length: rows }, () => rows),
          ),
        )
      : column(rows),
    column(spans),
  ];
  const alike = Array.from({ length: rows }, () => "proven");
  return fc.record({
    readings: fc.record({ status: fc.constant(alike), raw: one, realtime: one, lo: one, hi: one, low: one, high: one }),
    spans: fc.record({ status: status(spans), fromRaw: few, fromRealtime: few, toRaw: few, toRealtime: few, lo: few, hi: few }),
  });
});

const shown = <T extends RecordColumns["readings"] | RecordColumns["spans"]>({ status, ...of }: T) => ({
  status,
  ...Object.fromEntries(
    Object.entries(of as Record<string, Column>).map(([name, { base, cells, from, rows }]) => [
      name,
      { base, cells: [...cells.subarray(from, from + rows)] },
    ]),
  ),
});

it("columns of many records lie beside each other, and each says what it was given", () => {
  fc.assert(
    fc.property(fc.array(columns, { maxLength: 12 }), (all) => {
      const packed = all.map((one) => new PackedColumns(one));
      for (const [index, { readings, spans }] of packed.entries()) {
        const given = all[index] as RecordColumns;
        expect([shown(readings), shown(spans)]).toEqual([shown(given.readings), shown(given.spans)]);
      }
    }),
    { numRuns: 15 },
  );
});

it("a base that 64 bits do not hold, or a column of another length than its rows have, is packed by nobody", () => {
  const none = columnFrom(0n, []);
  const spans = { status: [], fromRaw: none, fromRealtime: none, toRaw: none, toRealtime: none, lo: none, hi: none };
  const readings = { status: [], raw: none, realtime: none, lo: none, hi: none, low: none, high: none };
  expect(() => new PackedColumns({ readings: { ...readings, raw: columnFrom(2n ** 63n, []) }, spans })).toThrow("64 bits do not hold it");
  expect(() => new PackedColumns({ readings: { ...readings, hi: columnFrom(0n, [1]) }, spans })).toThrow("of 1 rows beside 0 statuses");
});

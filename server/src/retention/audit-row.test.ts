import type { StatedSpan } from "@truebound/wire";
import { describe, expect, it } from "vitest";
import { packRows, type Stated, unpackRow } from "./audit-row.ts";

const MINUTE = 60_000_000_000n;
const spanAt = (minute: number): StatedSpan => {
  const fromRealtime = BigInt(minute) * MINUTE;
  return { fromRealtime, toRealtime: fromRealtime + MINUTE, fromRaw: 0n, toRaw: MINUTE, lo: -10n, hi: 20n, readings: 60, status: "proven" };
};
const stated = (minute: number, length = 30, context = 1): Stated => ({
  epoch: 1,
  seq: minute + 1,
  body: Uint8Array.from([...Array(16).fill(context), ...Array(length).fill(minute)]),
  signature: new Uint8Array(64).fill(minute),
  spans: [spanAt(minute)],
});
const minutes = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => stated(from + index));

describe("rows of signed spans", () => {
  it("hold an hour each, and say where it begins and ends on the UTC estimate", () => {
    const rows = packRows(minutes(0, 130));
    expect(rows.map(({ minute, until, seq }) => [minute / MINUTE, until - 5n, seq])).toEqual([
      [0n, 60n * MINUTE, 1],
      [60n, 120n * MINUTE, 61],
      [120n, 130n * MINUTE, 121],
    ]);
  });
  it("hold no more than three pieces of a long value, but one statement whatever its size", () => {
    const rows = packRows([...minutes(0, 40).map(({ seq }) => stated(seq, 200)), stated(50, 9000), stated(51)]);
    expect(rows.map(({ statements }) => statements.length <= 5988)).toEqual([true, true, false, true]);
  });
  it("give back what was put in", () => {
    const given = [stated(0), stated(1, 127), stated(2, 128), stated(3, 4_000)];
    const [row] = packRows(given);
    expect(row && unpackRow(row)?.map(({ body, signature }) => [Buffer.from(body), Buffer.from(signature)])).toEqual(
      given.map(({ body, signature }) => [Buffer.from(body), Buffer.from(signature)]),
    );
  });
  it("begin anew with another context, another epoch, a gap of an hour, and a step back", () => {
    const parts = [stated(100), stated(101, 30, 2), { ...stated(102, 30, 2), epoch: 2 }, { ...stated(500, 30, 2), epoch: 2 }, stated(99)];
    expect(packRows(parts)).toHaveLength(5);
  });
  it("that are cut short are none", () => {
    const [row] = packRows(minutes(0, 3));
    for (const length of [1, 60, row ? row.statements.length - 1 : 0])
      expect(row && unpackRow({ ...row, statements: row.statements.subarray(0, length) })).toBeNull();
  });
});

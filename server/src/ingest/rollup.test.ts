import { minOf } from "@truebound/time";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placed, readings } from "../evidence/batch.fixture.ts";
import type { PlacedReading } from "../evidence/placement.ts";
import { reach } from "../evidence/readings.ts";
import { type KeptMinute, MINUTE, merge, minuteOf, rollUp, worse } from "./rollup.ts";

/** What lies between readings is held against the answers from them: server/test/tb-before.test.ts. */
type SlowMinute = Omit<KeptMinute, "through" | "broken">;
const key = ({ minute, bound, unbounded, rows, status, marked }: SlowMinute) => [
  minute,
  bound?.lo,
  bound?.hi,
  unbounded,
  rows,
  status,
  marked,
];

/** The slow twin: for each minute look at every reading, in words of the definition. */
function slowly(all: readonly PlacedReading[]): SlowMinute[] {
  const touched = (minute: bigint) =>
    all.filter((reading, index) => {
      const before = all[index - 1];
      const crosses = before !== undefined && reading.since !== null && reading.at - before.at <= 5n * MINUTE;
      return minuteOf(reading.at) === minute || (crosses && before.at < minute + MINUTE && minute <= reading.at);
    });
  const minutes = new Set<bigint>();
  for (const reading of all) for (let back = 0n; back <= 5n; back++) minutes.add(minuteOf(reading.at) - back * MINUTE);
  return [...minutes]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((minute) => ({ minute, here: touched(minute) }))
    .filter(({ here }) => here.length > 0)
    .map(({ minute, here }) => {
      const bounds = here.map(reach).filter((bound) => bound !== null);
      const least = (values: bigint[]) => values.reduce(minOf);
      return {
        minute,
        bound: bounds.length === 0 ? null : { lo: least(bounds.map(({ lo }) => lo)), hi: -least(bounds.map(({ hi }) => -hi)) },
        unbounded: here.some(({ bound }) => bound === null),
        rows: here.filter((reading) => minuteOf(reading.at) === minute).length,
        status: here.map(({ status }) => status).reduce(worse),
        marked: here.some(({ marked }) => marked),
        oscillator: null,
      };
    });
}

describe("the roll-up to minutes", () => {
  it("keeps least, greatest and worst, as its slow twin does", () => {
    fc.assert(
      fc.property(readings, (all) => {
        expect(rollUp(all, null).map(key)).toEqual(slowly(all).map(key));
      }),
    );
  });
  it("gives the same, however the readings are cut into batches", () => {
    fc.assert(
      fc.property(readings, fc.nat(40), (all, cut) => {
        const minutes = new Map<bigint, KeptMinute>();
        const parts = [rollUp(all.slice(0, cut), null), rollUp(all.slice(cut), all.slice(0, cut).at(-1)?.at ?? null)];
        for (const part of parts.flat())
          minutes.set(part.minute, minutes.has(part.minute) ? merge(minutes.get(part.minute) as KeptMinute, part) : part);
        expect([...minutes.values()].sort((a, b) => (a.minute < b.minute ? -1 : 1)).map(key)).toEqual(rollUp(all, null).map(key));
      }),
    );
  });
  it("is never narrower than a reading in it", () => {
    fc.assert(
      fc.property(readings, (all) => {
        const minutes = new Map(rollUp(all, null).map((minute) => [minute.minute, minute]));
        for (const reading of all) {
          const { bound } = minutes.get(minuteOf(reading.at)) as KeptMinute;
          if (reading.bound) expect(bound !== null && bound.lo <= reading.bound.lo && bound.hi >= reading.bound.hi).toBe(true);
        }
      }),
    );
  });
  it("counts a minute before 1970 downwards", () => expect(rollUp([placed(-1n, [0n, 1n])], null)[0]?.minute).toBe(-MINUTE));
});

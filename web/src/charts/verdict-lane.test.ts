import { formatUtc, utc } from "@truebound/time";
import fc from "fast-check";
import { expect, it } from "vitest";
import { laneEdges, type Stretch, untouched, verdictLane, WORST_FIRST } from "./verdict-lane.ts";

const T0 = 1_772_438_400_000_000_000n;
const at = (ns: bigint): string => formatUtc(utc(T0 + ns));
const SECOND = 1_000_000_000n;
const edges = laneEdges(at(0n), at(100n * SECOND), 10);

it("draws a breach of one nanosecond, and names the stretch under each column", () => {
  const spans: Stretch[] = [
    [at(0n), at(35n * SECOND), "COMPLIANT"],
    [at(35n * SECOND), at(35n * SECOND + 1n), "VIOLATION"],
    [at(35n * SECOND + 1n), at(100n * SECOND), "COMPLIANT"],
  ];
  const { runs, worst, touching } = verdictLane(spans, edges);
  expect(runs).toEqual([
    { from: 0, to: 3, what: "COMPLIANT" },
    { from: 3, to: 4, what: "VIOLATION" },
    { from: 4, to: 10, what: "COMPLIANT" },
  ]);
  expect([...worst]).toEqual([0, 0, 0, 1, 2, 2, 2, 2, 2, 2]);
  expect([...touching]).toEqual([1, 1, 1, 3, 1, 1, 1, 1, 1, 1]);
});

it("lets what ends at an edge touch no column behind it, and cuts off what reaches out of the period", () => {
  const spans: Stretch[] = [
    [at(-50n), at(10n * SECOND), "NO_EVIDENCE"],
    [at(90n * SECOND), at(900n * SECOND), "UNPROVEN"],
    [at(900n * SECOND), at(901n * SECOND), "VIOLATION"],
    [at(-9n), at(-3n), "VIOLATION"],
  ];
  expect(verdictLane(spans, edges).runs).toEqual([
    { from: 0, to: 1, what: "NO_EVIDENCE" },
    { from: 9, to: 10, what: "UNPROVEN" },
  ]);
  expect(untouched(spans, edges)).toEqual([{ from: 1, to: 9, what: "untouched" }]);
});

it("has nothing to draw without a period or without columns", () => {
  expect(laneEdges(at(1n), at(1n), 10)).toEqual([]);
  expect(laneEdges("yesterday", at(1n), 10)).toEqual([]);
  expect(verdictLane([[at(0n), at(1n), "VIOLATION"]], []).runs).toEqual([]);
});

it("gives each column the worst of all that overlaps it, as looking at every stretch does", () => {
  const stretch = fc.tuple(fc.integer({ min: -20, max: 120 }), fc.integer({ min: 1, max: 40 }), fc.constantFrom(...WORST_FIRST, "NEW"));
  fc.assert(
    fc.property(fc.array(stretch, { maxLength: 12 }), fc.integer({ min: 1, max: 37 }), (parts, columns) => {
      const spans = parts.map(([from, long, what]): Stretch => [at(BigInt(from)), at(BigInt(from + long)), what]);
      const few = laneEdges(at(0n), at(100n), columns);
      const { worst, touching } = verdictLane(spans, few);
      for (let column = 0; column < columns; column++) {
        const [begin, end] = [few[column] ?? "", few[column + 1] ?? ""];
        const there = spans.filter(([from, to]) => begin < end && from < end && to > begin);
        // Columns that are shorter than a nanosecond hold nothing by themselves.
        if (begin === end) continue;
        expect(touching[column]).toBe(there.length);
        const ranks = there.map(([, , what]) => (WORST_FIRST.includes(what) ? WORST_FIRST.indexOf(what) : WORST_FIRST.length));
        const drawn = spans[worst[column] ?? -1]?.[2];
        if (there.length === 0) expect(drawn).toBeUndefined();
        else
          expect(drawn === undefined ? -1 : WORST_FIRST.includes(drawn) ? WORST_FIRST.indexOf(drawn) : WORST_FIRST.length).toBe(
            Math.min(...ranks),
          );
      }
    }),
  );
});

import { expect, it } from "vitest";
import { DAY_NS, dayOf, dayOfPartition, partitionOf, startOf } from "./days.ts";

it.each([
  [0, "evidence_19700101"],
  [20_783, "evidence_20261126"],
  [19_782, "evidence_20240229"],
])("day %i has the partition %s", (day, name) => {
  expect(partitionOf(day)).toBe(name);
  expect(dayOfPartition(name)).toBe(day);
});

it.each(["evidence_default", "evidence", "evidence_20261301", "evidence_2026112"])("%s is no day's partition", (name) =>
  expect(dayOfPartition(name)).toBeNull(),
);

it("a day ends where the next begins", () => {
  expect([dayOf(startOf(5)), dayOf(startOf(6) - 1n), dayOf(-1n), startOf(1)]).toEqual([5, 5, -1, DAY_NS]);
});

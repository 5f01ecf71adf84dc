import { expect, it } from "vitest";
import { RecentCounts } from "./recent-counts.ts";

it("counts what happened within the last hour, and forgets the rest", () => {
  let nowMs = 0;
  const recent = new RecentCounts(() => nowMs);
  recent.add("rate");
  nowMs = 30 * 60_000;
  recent.add("rate", 2);
  recent.add("fork");
  expect(recent.lastHour()).toEqual(
    new Map([
      ["rate", 3],
      ["fork", 1],
    ]),
  );
  nowMs = 60 * 60_000;
  expect(recent.lastHour().get("rate")).toBe(2);
  nowMs = 90 * 60_000;
  expect(recent.lastHour()).toEqual(new Map());
});

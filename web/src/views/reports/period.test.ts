import { describe, expect, it } from "vitest";
import { periodOf, periodProblem } from "./period.ts";

/** A Friday. */
const NOW_MS = Date.parse("2026-11-27T07:20:00Z");

describe("a period of UTC", () => {
  it.each([
    ["day", "2026-11-26", "2026-11-27"],
    ["week", "2026-11-16", "2026-11-23"],
    ["month", "2026-10-01", "2026-11-01"],
    ["year", "2025-01-01", "2026-01-01"],
  ] as const)("the last %s that is over", (name, from, to) => expect(periodOf(name, NOW_MS)).toEqual({ from, to }));
  it("of a Monday and of January is the one before", () => {
    expect(periodOf("week", Date.parse("2026-11-23T00:00:00Z"))).toEqual({ from: "2026-11-16", to: "2026-11-23" });
    expect(periodOf("week", Date.parse("2026-11-22T23:59:59Z"))).toEqual({ from: "2026-11-09", to: "2026-11-16" });
    expect(periodOf("month", Date.parse("2026-01-05T00:00:00Z"))).toEqual({ from: "2025-12-01", to: "2026-01-01" });
  });
  it.each([
    ["2026-03-02", "2026-03-03"],
    ["2026-03-02T08:00:00Z", "2026-03-02T16:30:00+01:00"],
    ["2024-01-01", "2025-01-01"],
  ])("%s to %s can be had", (from, to) => expect(periodProblem({ from, to })).toBeNull());
  it.each([
    ["2026-03-02", "tomorrow", "Cannot read the end"],
    ["2026-03-02T08:00:00", "2026-03-03", "with its zone"],
    ["2026-13-02", "2026-03-03", "Cannot read the beginning"],
    ["2026-03-03", "2026-03-03", "does not come after"],
    ["2024-01-01", "2026-01-01", "a year at most"],
  ])("%s to %s cannot, and why is said", (from, to, words) => expect(periodProblem({ from, to })).toContain(words));
});

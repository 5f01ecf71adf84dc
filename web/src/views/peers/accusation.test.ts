import { describe, expect, it } from "vitest";
import { accusations, accusationWords, worstCycle } from "./accusation.ts";
import { conflict } from "./mesh.fixture.ts";

const said = (flagged: string[], suspects: string[], least_liars: number) =>
  accusations([conflict({ flagged, suspects: [...flagged, ...suspects], least_liars })]).map((one) => accusationWords(one, (id) => id));

describe("an accusation", () => {
  it.each([
    [["a"], [], 1, "a cannot be right"],
    [["a", "b"], [], 2, "a and b cannot be right"],
    [[], ["a", "b"], 1, "a and b cannot both be right"],
    [[], ["a", "b", "c"], 2, "at least 2 of a, b and c cannot be right"],
    [["a"], ["b", "c", "d"], 2, "a cannot be right; at least 1 of b, c and d cannot be right"],
    [[], ["b"], 1, "b may be wrong"],
    [["a"], ["b"], 1, "a cannot be right; b may be wrong too"],
    [[], ["a", "b"], 2, "at least 2 of a and b cannot be right"],
    [[], [], 1, "Some statements contradict each other"],
  ])("of %j, suspecting %j with %d liars", (flagged, suspects, liars, words) => expect(said(flagged, suspects, liars)).toEqual([words]));

  it("is told once when both tiers make it, by the guaranteed bounds", () => {
    const tight = conflict({ tier: "tight", suspects: ["b", "a"] });
    const guaranteed = conflict({ suspects: ["a", "b"] });
    expect(accusations([tight, guaranteed])).toMatchObject([{ conflict: guaranteed, also: tight }]);
  });
  it("by the tight bounds alone stands for itself", () => {
    const tight = conflict({ tier: "tight", suspects: ["c"], flagged: ["c"] });
    const told = accusations([tight, conflict({ suspects: ["a", "b"] })]);
    expect(told).toMatchObject([{ also: null }, { conflict: tight, also: null }]);
    expect(told.map((one) => accusationWords(one, (id) => id))).toEqual([
      "a and b cannot both be right",
      "c cannot be right, if frequencies keep still",
    ]);
  });
  it("shows the greatest of its contradictions", () => {
    const cycles = ["-5", "-48249120", "-700"].map((weight_ns) => ({ nodes: ["UTC", "a"], weight_ns }));
    expect(worstCycle(conflict({ cycles }))?.weight_ns).toBe("-48249120");
    expect(worstCycle(conflict())).toBeNull();
  });
  it("shows one accused against others that are not, before a greater one of two accused", () => {
    const cycles = [
      { nodes: ["UTC", "a", "b"], weight_ns: "-100" },
      { nodes: ["UTC", "a", "c"], weight_ns: "-40" },
      { nodes: ["UTC", "b", "c"], weight_ns: "-60" },
    ];
    expect(worstCycle(conflict({ cycles, suspects: ["a", "b"] }))?.nodes).toEqual(["UTC", "b", "c"]);
  });
});

import type { SourceTotals } from "@truebound/wire";
import { expect, it } from "vitest";
import { truthOf, verdictsPresent } from "./truth.ts";

const NONE = { false: 0, disputed: 0, undecided: 0, unheard: 0, agrees: 0, gone: 0 };
const totals = (by: Partial<SourceTotals["by_verdict"]>, more: Partial<SourceTotals> = {}): SourceTotals => ({
  hosts: 10,
  sources: Object.values(by).reduce((sum, count) => sum + count, 0),
  by_verdict: { ...NONE, ...by },
  apart_ns: null,
  sole_hosts: 0,
  sole_votes: 0,
  ...more,
});

it("says the worst that is so, and calls fine only what somebody agrees with", () => {
  expect(truthOf(totals({ false: 1, disputed: 4, agrees: 9 }))).toMatchObject({
    look: "conflict",
    headline: "1 source is called false by most of its users",
  });
  expect(truthOf(totals({ disputed: 2, agrees: 9 }))).toMatchObject({
    look: "unverified",
    headline: "2 sources are called false by some of their users",
    past: "2 sources were called false by some of their users",
  });
  expect(truthOf(totals({ undecided: 2, agrees: 1 }))).toMatchObject({ look: "proven", headline: "Nobody calls a source false" });
  expect(truthOf(totals({ undecided: 1, unheard: 3 }))).toMatchObject({ look: "unknown", headline: "No source can be judged" });
  expect(truthOf(totals({ gone: 3 }))).toMatchObject({ look: "silent" });
});

it("says what bounds rest on", () => {
  const rests = (more: Partial<SourceTotals>) => truthOf(totals({ agrees: 1 }, more)).rests;
  expect(rests({})).toBeNull();
  expect(rests({ sole_hosts: 10, sole_votes: 1 })).toBe("the bound of all 10 hosts rests on one vote alone, the same for each");
  expect(rests({ sole_hosts: 7, sole_votes: 3 })).toBe("the bound of 7 of 10 hosts rests on one vote alone (3 different ones)");
});

it("counts the verdicts that there are, the worst first", () => {
  expect(verdictsPresent(totals({ agrees: 3, false: 1 }))).toEqual([
    { verdict: "false", count: 1 },
    { verdict: "agrees", count: 3 },
  ]);
});

import { utc } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { standingInBrief, standingInWords } from "./peer-words.ts";
import type { StoredConflict } from "./ports.ts";
import { standingsOf } from "./standing.ts";

const conflict = (more: Partial<StoredConflict>): StoredConflict => ({
  id: 1n,
  tier: "guaranteed",
  firstSeen: utc(0n),
  lastSeen: utc(0n),
  endedAt: null,
  suspects: ["a", "b"],
  flagged: [],
  cleared: [],
  leastLiars: 1,
  cycles: [],
  ...more,
});
const DOMAINS = new Map([
  ["a", "lan"],
  ["b", "lan"],
  ["c", "lan"],
  ["x", "wan"],
]);
const standings = (...conflicts: StoredConflict[]) =>
  Object.fromEntries(
    [...standingsOf(DOMAINS, conflicts)].map(([id, { standing, tier }]) => [id, tier === null ? standing : `${standing} ${tier}`]),
  );

describe("how hosts stand", () => {
  it("is unaccused where nothing goes on", () => {
    const all = { a: "unaccused", b: "unaccused", c: "unaccused", x: "unaccused" };
    expect([standings(), standings(conflict({ endedAt: utc(1n) }))]).toEqual([all, all]);
  });
  it("is suspect, flagged or cleared by a conflict of their domain, and unaccused by one of another", () => {
    expect(standings(conflict({ flagged: ["a"] }))).toEqual({
      a: "flagged guaranteed",
      b: "suspect guaranteed",
      c: "cleared guaranteed",
      x: "unaccused",
    });
  });
  it("is what accuses most, and of equals what needs no assumption of frequencies", () => {
    const tight = conflict({ tier: "tight", suspects: ["a", "c"], flagged: ["c"] });
    expect(standings(tight, conflict({ flagged: ["a"] }))).toMatchObject({
      a: "flagged guaranteed",
      b: "suspect guaranteed",
      c: "flagged tight",
    });
    expect(standings(conflict({ tier: "tight" }), conflict({}))).toMatchObject({ a: "suspect guaranteed" });
  });
});

describe("the words for it", () => {
  const said = (...conflicts: StoredConflict[]) => {
    const standing = standingsOf(DOMAINS, conflicts).get("a") ?? null;
    return [standingInBrief(standing), standingInWords(standing)];
  };
  it("are none for whom nobody accuses", () => {
    expect([said(), said(conflict({ suspects: ["b"] }))]).toEqual([
      [null, null],
      [null, null],
    ]);
    expect([standingInBrief(null), standingInWords(null)]).toEqual([null, null]);
  });
  it("accuse whoever is flagged, in the tier in which it is, and say what to do first", () => {
    const [brief, words] = said(conflict({ flagged: ["a"] }));
    expect(brief).toBe("its neighbours prove it wrong");
    expect(words).toMatch(/is false, .*Take it out of what relies on its time, then look at its sources/);
    expect(said(conflict({ tier: "tight", flagged: ["a"] })).join()).toMatch(
      /^its neighbours contradict its tight bound.*What is guaranteed is not contradicted/s,
    );
  });
  it("do not accuse a suspect: they count whom it is suspected with, and how many of them must be wrong", () => {
    const [brief, words] = said(conflict({ suspects: ["a", "b", "c"], leastLiars: 2 }));
    expect([brief, words].join()).not.toContain("accuse");
    expect(words).toMatch(/of this host and 2 more that are suspected at least 2 must be wrong, and nothing says which/);
  });
});

import { describe, expect, it } from "vitest";
import { MANIFEST } from "./report.fixture.ts";
import { percentText, summaryOf } from "./summary.ts";

describe("a report in short", () => {
  it("is nothing before there is a manifest", () => expect(summaryOf({ manifest: null })).toBeNull());
  it("counts verdicts from the worst on, and none that nobody has", () =>
    expect(summaryOf({ manifest: MANIFEST })?.verdicts.map(({ word, count }) => `${word} ${count}`)).toEqual([
      "fail 1",
      "inconclusive 2",
      "pass 21",
    ]));
  it("takes the greatest of what was sampled, by size and not by text", () =>
    expect(summaryOf({ manifest: MANIFEST })).toMatchObject({ greatest_divergence_ns: "161030", longest_interval_ns: "394000000001" }));
  it("names whose evidence does not count", () => expect(summaryOf({ manifest: MANIFEST })?.untraceable).toEqual(["match-02"]));
  it("says of whom it was asked alone, and to which report nothing ties it", () => {
    expect(summaryOf({ manifest: MANIFEST })).toMatchObject({ named: [], untied: null });
    const changed = { ...MANIFEST, chosen_hosts: ["a"], previous_left: { id: "r", sha256: "", key_id: "k", head: { shard: "2026-03" } } };
    expect(summaryOf({ manifest: changed })).toMatchObject({ named: ["a"], untied: { id: "r", month: "2026-03" } });
  });
  it("names drafts", () => expect(summaryOf({ manifest: MANIFEST })?.drafts).toEqual(["eu-2025-1155-hft"]));
  it.each([
    [999_999, "99.9999\u00a0%"],
    [1, "0.0001\u00a0%"],
    [0, "0\u00a0%"],
    [1_000_000, "100\u00a0%"],
    [null, "not applicable"],
  ])("%s ppm are %s", (ppm, words) => expect(percentText(ppm)).toBe(words));
});

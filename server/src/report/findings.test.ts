import { type ManifestResult, PROFILES, sayProfile } from "@truebound/audit";
import { describe, expect, it } from "vitest";
import { declaredFindings, derivedFindings } from "./findings.ts";
import type { SaidProfile } from "./plan.ts";

const said = (id: string): SaidProfile =>
  sayProfile(PROFILES.find((one) => one.id === id) as (typeof PROFILES)[number]) as unknown as SaidProfile;
const kinds = (findings: ManifestResult["findings"]): string[] => findings.map(({ kind }) => kind);
const result = (greatest: string | null, episodes: ManifestResult["episodes"] = []) =>
  ({
    episodes,
    sampled: { samples: 1, inside: 0, greatest_divergence_ns: greatest, longest_interval_ns: null },
  }) as unknown as ManifestResult;
const LEAPS = [{ from: 0n, taiMinusUtc: 37 }];

describe("what stands beside a verdict", () => {
  it("names a draft, a missing chain, and stamps that are too coarse", () => {
    const stamps = { stamp_example: "2026-03-02T09:30:00.123Z", clock_resolution_ns: "1" };
    expect(kinds(declaredFindings(said("eu-2025-1155-hft"), stamps, [], "h"))).toEqual(
      expect.arrayContaining(["draft_profile", "granularity_too_coarse", "no_chain_document"]),
    );
    expect(kinds(declaredFindings(said("eu-2025-1155-hft"), stamps, ["d"], "h"))).not.toContain("no_chain_document");
    expect(kinds(declaredFindings(said("eu-2025-1155-hft"), {}, [], null))).toContain("no_agent");
  });
  it("names a timescale that was mixed up, and nothing that is merely far off", () => {
    const profile = said("us-cat-member");
    expect(
      [["37000400000"], ["-1"], ["18049999999"], ["18050000001"], ["500000000"]].map(([far]) =>
        kinds(derivedFindings(result(far as string), profile, LEAPS)),
      ),
    ).toEqual([["timescale_mix_up"], [], ["timescale_mix_up"], [], []]);
  });
  it("says which episodes must be told", () => {
    const episodes = Array.from({ length: 10 }, (_, index) => ({
      from: `2026-03-02T0${index}:00:00.000000000Z`,
      to: `2026-03-02T0${index}:00:01.000000000Z`,
      peak_proven_ns: "60000000",
    }));
    expect(kinds(derivedFindings(result("60000000", episodes), said("us-cat-member"), LEAPS))).toContain("self_report");
    expect(kinds(derivedFindings(result("60000000", episodes.slice(1)), said("us-cat-member"), LEAPS))).toEqual([]);
  });
});

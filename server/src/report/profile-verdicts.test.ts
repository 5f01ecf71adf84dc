import type { ReportManifest } from "@truebound/audit";
import { describe, expect, it } from "vitest";
import { profileVerdicts, verdictsInWords } from "./profile-verdicts.ts";

const manifest = (profiles: readonly string[], results: readonly (readonly [profile: string, verdict: string])[]) =>
  ({
    profiles: profiles.map((id) => ({ profile: { id }, sha256: "" })),
    results: results.map(([profile, verdict]) => ({ profile, verdict })),
  }) as unknown as Pick<ReportManifest, "profiles" | "results">;

describe("the verdict of a profile", () => {
  it("is the worst of its results, and of no other profile's", () => {
    const made = manifest(
      ["slow", "fast"],
      [
        ["fast", "PASS"],
        ["fast", "FAIL"],
        ["fast", "INCONCLUSIVE"],
        ["slow", "PASS"],
        ["slow", "PASS_WITHIN_POLICY"],
      ],
    );
    expect(profileVerdicts(made)).toEqual([
      { profile: "slow", verdict: "PASS_WITHIN_POLICY" },
      { profile: "fast", verdict: "FAIL" },
    ]);
  });
  it("is no pass where nothing was audited", () => {
    expect(profileVerdicts(manifest(["slow"], []))).toEqual([{ profile: "slow", verdict: "NOT_APPLICABLE" }]);
  });
  it("is said worst first, and is not made up where it was not kept", () => {
    expect(
      verdictsInWords([
        { profile: "slow", verdict: "PASS" },
        { profile: "fast", verdict: "FAIL" },
      ]),
    ).toBe("FAIL fast, PASS slow");
    expect(verdictsInWords(null)).toBe("verdicts not kept");
  });
});

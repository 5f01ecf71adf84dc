import { expect, it } from "vitest";
import { auditTerms } from "./audit-terms.ts";
import { UTC_PROFILES } from "./profiles/index.ts";

it("are those of the profile and of the scope together", () => {
  const [profile] = UTC_PROFILES.filter(({ id }) => id === "us-cat-member");
  if (profile === undefined) throw new Error("us-cat-member is there");
  const scope = { app_error_ns: "250000", horizon_ns: "60000000000", minimum_proven_ppm: 999_000 };
  expect(auditTerms(profile, scope)).toEqual({
    limit: { min: -50_000_000n, max: 50_000_000n },
    appError: 250_000n,
    horizon: 60_000_000_000n,
    requiresTraceability: false,
    minimumProvenPpm: 999_000,
  });
  expect(auditTerms({ ...profile, traceability: "required" }, scope).requiresTraceability).toBe(true);
});

import type { ReportManifest } from "../report-manifest.ts";

/** Of which profiles, as a manifest prints them, a leap smear is no divergence. */
export function smearTakers(profiles: ReportManifest["profiles"]): (profile: string) => boolean {
  const takers = new Set(
    profiles.filter(({ profile: { smear } }) => smear === "reference" || smear === "corrected").map(({ profile }) => profile.id),
  );
  return (profile) => takers.has(profile);
}

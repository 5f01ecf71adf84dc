import type { ReportManifest } from "@truebound/audit";
import { type ProfileFacts, profileOf } from "./profile-facts.ts";
import { some } from "./words.ts";

const MOST_NAMED = 3;

/** What nobody may read a page of it without, in words. */
export function noticesOf(manifest: ReportManifest): string[] {
  const profiles = manifest.profiles.map(profileOf);
  const drafts = profiles.filter(({ status }) => status === "draft").map(({ id }) => id);
  const unverified = profiles.map(unverifiedOf).filter((words) => words !== null);
  return [
    manifest.final ? [] : ["PROVISIONAL: made before its period and horizon were over. Figures may still change."],
    manifest.demo ? ["DEMONSTRATION: clocks of this report are simulated. It is evidence of nothing."] : [],
    drafts.length === 0 ? [] : [`DRAFT PROFILE: the law’s own text was not read for ${some(drafts, MOST_NAMED)}.`],
    unverified.length === 0 ? [] : [`UNVERIFIED FIGURES: not read in the words of whoever set them, in ${some(unverified, MOST_NAMED)}.`],
  ].flat();
}

function unverifiedOf({ id, verified, unverified = [] }: ProfileFacts): string | null {
  const figures = [...(verified ? [] : ["limit"]), ...unverified.map((name) => name.replace(/_ns$/, "").replaceAll("_", " "))];
  return figures.length === 0 ? null : `${id} (${figures.join(", ")})`;
}

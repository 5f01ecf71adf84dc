import { dayBegins, type ManifestResult, type ReportManifest } from "@truebound/audit";
import { BILLION, formatUtc, utc } from "@truebound/time";
import { type ProfileFacts, profileOf } from "./profile-facts.ts";
import { some } from "./words.ts";

const MOST_NAMED = 3;

/** What nobody may read a page of it without, in words. */
export function noticesOf(manifest: ReportManifest): string[] {
  const profiles = manifest.profiles.map(profileOf);
  const outOfForce = profiles.filter((profile) => !isInForceThroughout(profile, manifest.period)).map(whenInForce);
  const drafts = profiles.filter(({ status }) => status === "draft").map(({ id }) => id);
  const unproven = [...new Set(withoutChain(manifest).map(({ name, profile }) => `${name} (${profile})`))];
  const unverified = profiles.map(unverifiedOf).filter((words) => words !== null);
  return [
    manifest.final ? [] : ["PROVISIONAL: made before its period and horizon were over. Figures may still change."],
    manifest.demo ? ["DEMONSTRATION: clocks of this report are simulated. It is evidence of nothing."] : [],
    ofSome(manifest),
    untied(manifest),
    unproven.length === 0
      ? []
      : [
          `EVIDENCE DOES NOT COUNT: the profile demands documents of the chain to UTC, and none is about a source that agreed with a proven bound on ${some(unproven, MOST_NAMED)}. truebound traceability show HOST --required says what is missing. That is no sign of a bad clock; nothing can be proved of it.`,
        ],
    outOfForce.length === 0 ? [] : [`NOT IN FORCE in all of the period: ${some(outOfForce, MOST_NAMED)}.`],
    drafts.length === 0 ? [] : [`DRAFT PROFILE: the law’s own text was not read for ${some(drafts, MOST_NAMED)}.`],
    unverified.length === 0 ? [] : [`UNVERIFIED FIGURES: not read in the words of whoever set them, in ${some(unverified, MOST_NAMED)}.`],
  ].flat();
}

const ofSome = ({ chosen_hosts: chosen }: ReportManifest): string[] =>
  chosen === undefined
    ? []
    : [`OF NAMED HOSTS ONLY: ${some(chosen, MOST_NAMED)}. Other hosts of its scopes are not in it, nor pairs with them.`];

const untied = ({ previous_left: left }: ReportManifest): string[] =>
  left === undefined
    ? []
    : [
        `NOT TIED TO THE REPORT BEFORE, ${left.id}: key ${left.key_id} was lost, and the log of ${left.head.shard}, on which that one rests, is not what it signed. Nothing shows that this log goes on from it.`,
      ];

/** Whose profile demands a chain to UTC that no document shows: their evidence is dropped. */
export const withoutChain = ({ results }: Pick<ReportManifest, "results">): readonly ManifestResult[] =>
  results.filter(({ host, documents, terms }) => host !== null && terms.requires_traceability && documents.length === 0);

function unverifiedOf({ id, verified, unverified = [] }: ProfileFacts): string | null {
  const figures = [...(verified ? [] : ["limit"]), ...unverified.map((name) => name.replace(/_ns$/, "").replaceAll("_", " "))];
  return figures.length === 0 ? null : `${id} (${figures.join(", ")})`;
}

/** Days end with their last nanosecond; a period that ends at midnight has none of the day that begins then. */
function isInForceThroughout({ valid_from, valid_to }: ProfileFacts, { from, to }: ReportManifest["period"]): boolean {
  const isMidnight = /T00:00:00(\.0+)?Z$/.test(to);
  const isOver = valid_to !== null && to.slice(0, 10) > valid_to && !(isMidnight && dayAfter(valid_to) === to.slice(0, 10));
  return valid_from <= from.slice(0, 10) && !isOver;
}

const dayAfter = (day: string): string | null => {
  const begins = dayBegins(day);
  return begins === null ? null : formatUtc(utc(begins + 86_400n * BILLION)).slice(0, 10);
};

const whenInForce = ({ id, valid_from, valid_to }: ProfileFacts): string => `${id} (${valid_from} to ${valid_to ?? "now"})`;

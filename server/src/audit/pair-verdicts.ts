import { isInForce, judgePair, PAIR_PROFILES, type PairProfile, type Profile } from "@truebound/audit";
import type { Interval, UtcInstant } from "@truebound/time";
import type { PairVerdict } from "@truebound/wire";

/** Where limits on pairs of clocks come from. */
export interface PairProfiles {
  pairProfilesInForce(at: UtcInstant): readonly PairProfile[];
}

export const isPair = (profile: Profile): profile is PairProfile => profile.kind === "pair";

/** Those that come with this version. */
export const shippedPairProfiles: PairProfiles = {
  pairProfilesInForce: (at) => PAIR_PROFILES.filter((profile) => isInForce(profile, at)),
};

/** Those and, in force at the time, others. */
export const withProfiles = (profiles: PairProfiles, others: readonly PairProfile[]): PairProfiles => ({
  pairProfilesInForce: (at) => [...profiles.pairProfilesInForce(at), ...others.filter((profile) => isInForce(profile, at))],
});

/** What a guaranteed bound on the difference of two clocks proves of each limit in force, closest limit first; null = there is no bound. */
export function pairVerdicts(profiles: PairProfiles, at: UtcInstant, bound: Interval | null): PairVerdict[] {
  return profiles
    .pairProfilesInForce(at)
    .toSorted((a, b) => (a.limit_ns < b.limit_ns ? -1 : a.limit_ns > b.limit_ns ? 1 : 0))
    .map((profile) => ({
      profile: profile.id,
      title: profile.title,
      limit_ns: profile.limit_ns.toString(),
      verdict: judgePair(profile, bound),
      source: sourceOf(profile),
    }));
}

const sourceOf = ({ source: { text, url }, verified }: PairProfile): string =>
  [text, ...(url === null ? [] : [url]), ...(verified ? [] : ["not verified"])].join("; ");

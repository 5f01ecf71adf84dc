import type { Profile, UtcProfile } from "../profile.ts";
import { EU_UK } from "./eu-uk.ts";
import { OTHERS } from "./others.ts";
import { PAIR_PROFILES } from "./pair-profiles.ts";

export { PAIR_PROFILES } from "./pair-profiles.ts";
export { TEMPLATES } from "./templates.ts";

const byId = (a: Profile, b: Profile): number => (a.id < b.id ? -1 : 1);

/** Limits on divergence from UTC that come with this version. */
export const UTC_PROFILES: readonly UtcProfile[] = [...EU_UK, ...OTHERS].toSorted(byId);

/** All limits that come with this version, by id. */
export const PROFILES: readonly Profile[] = [...PAIR_PROFILES, ...UTC_PROFILES].toSorted(byId);

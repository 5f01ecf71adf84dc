export { judgePair, type PairVerdict } from "./judge-pair.ts";
export { PAIR_PROFILES } from "./pair-profiles.ts";
export { isInForce, type PairProfile, type Profile, type ProfileKind, type ProfileSource } from "./profile.ts";
export { type ReadProfile, readProfile, type SpokenProfile, sayProfile } from "./profile-text.ts";

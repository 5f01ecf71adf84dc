import { canonicalJson, type Json } from "./canonical-json.ts";
import type { Profile, ProfileTemplate } from "./profile.ts";
import { checksOf, isObject, problemsOf, shown } from "./profile-checks.ts";

/** As it stands in JSON: nanoseconds are decimal strings. */
export type Spoken<T> = T extends bigint ? string : T extends object ? { readonly [Field in keyof T]: Spoken<T[Field]> } : T;
export type SpokenProfile = Spoken<Profile>;

const spoken = (value: unknown): unknown => {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map(spoken);
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, spoken(inner)])) : value;
};

export const sayProfile = <P extends Profile | ProfileTemplate>(profile: P): Spoken<P> => spoken(profile) as Spoken<P>;

/** A profile, or all that is wrong with it, each with its place and how to mend it. */
export type ReadProfile =
  | { readonly kind: "read"; readonly profile: Profile }
  | { readonly kind: "unreadable"; readonly problems: readonly string[] };

/** Of a profile that somebody wrote: JSON as parsed. Nothing is taken for granted, and nothing is ignored. */
export function readProfile(json: unknown): ReadProfile {
  if (!isObject(json)) return { kind: "unreadable", problems: [`/ is ${shown(json)}: a profile is an object`] };
  const problems = problemsOf(json, "", checksOf(json.kind));
  if (problems.length === 0) problems.push(...misdated(json as unknown as SpokenProfile));
  return problems.length > 0 ? { kind: "unreadable", problems } : { kind: "read", profile: taken(json) as Profile };
}

const isNanoseconds = (name: string): boolean => name.endsWith("_ns");

/** All the way down, so that nothing of what was given is shared; what is named _ns is digits. */
function taken(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => taken(one, name));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, taken(one, inner)]));
  return isNanoseconds(name) && typeof value === "string" ? BigInt(value) : value;
}

const misdated = ({ valid_from, valid_to }: SpokenProfile): string[] =>
  valid_to !== null && valid_to < valid_from ? [`/valid_to is ${valid_to}: it must not be before valid_from, ${valid_from}`] : [];

/** The same text for the same profile, by RFC 8785: what a report prints in full, and what its hash is taken of. */
export const profileText = (profile: Profile | ProfileTemplate): string => canonicalJson(spoken(profile) as Json);

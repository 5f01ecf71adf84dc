import { dayBegins, type PairProfile, type Profile, type ProfileKind, type ProfileSource } from "./profile.ts";

/** As it stands in JSON: the limit as a decimal string. */
export type SpokenProfile = { readonly [Field in keyof PairProfile]: Field extends "limit_ns" ? string : PairProfile[Field] };

export const sayProfile = (profile: Profile): SpokenProfile => ({ ...profile, limit_ns: profile.limit_ns.toString() });

/** A profile, or all that is wrong with it, each with its place and how to mend it. */
export type ReadProfile =
  | { readonly kind: "read"; readonly profile: Profile }
  | { readonly kind: "unreadable"; readonly problems: readonly string[] };

/** Of a profile that somebody wrote: JSON as parsed. Nothing is taken for granted, and nothing is ignored. */
export function readProfile(json: unknown): ReadProfile {
  if (!isObject(json)) return { kind: "unreadable", problems: [`/ is ${shown(json)}: a profile is an object`] };
  const problems = [...problemsOf(json, "", FIELDS), ...(isObject(json.source) ? problemsOf(json.source, "/source", SOURCE) : [])];
  if (problems.length === 0) problems.push(...misdated(json as unknown as SpokenProfile));
  return problems.length > 0 ? { kind: "unreadable", problems } : { kind: "read", profile: taken(json as unknown as SpokenProfile) };
}

/** Field by field, so that nothing of what was given is shared. */
const taken = ({ limit_ns, source: { text, url }, ...rest }: SpokenProfile): Profile => ({
  ...rest,
  limit_ns: BigInt(limit_ns),
  source: { text, url },
});

type Fields = { readonly [name: string]: unknown };
const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

/** What is wrong with the value of a field, as the end of "… is X: it must be …"; null = nothing. */
type Check = (value: unknown) => string | null;

const KINDS: readonly ProfileKind[] = ["pair"];
const MOST_TEXT = 500;

const text: Check = (value) =>
  typeof value === "string" && value.trim() !== "" && value.length <= MOST_TEXT
    ? null
    : `it must be words, at most ${MOST_TEXT} characters of them`;
const orNull =
  (check: Check): Check =>
  (value) => {
    const problem = value === null ? null : check(value);
    return problem && `${problem}, or null`;
  };
const day: Check = (value) => (typeof value === "string" && dayBegins(value) !== null ? null : "it must be a day as YYYY-MM-DD");
const among =
  (allowed: readonly string[]): Check =>
  (value) =>
    allowed.some((one) => one === value) ? null : `it must be ${allowed.map((one) => JSON.stringify(one)).join(" or ")}`;
const matching =
  (form: RegExp, words: string): Check =>
  (value) =>
    typeof value === "string" && form.test(value) ? null : words;

const SOURCE: Readonly<Record<keyof ProfileSource, Check>> = {
  text,
  url: orNull(matching(/^https?:\/\/[^\s]{1,490}$/, "it must be an address that begins with https:// or http://")),
};

const FIELDS: Readonly<Record<keyof PairProfile, Check>> = {
  id: matching(/^[a-z0-9]+(-[a-z0-9]+)*$/, "it must be lower-case letters and digits joined by hyphens, such as my-cluster"),
  kind: among(KINDS),
  title: text,
  limit_ns: matching(/^[1-9]\d{0,18}$/, 'it must be nanoseconds above 0 as a decimal string, such as "400000000" for 400 ms'),
  limit_on: text,
  valid_from: day,
  valid_to: orNull(day),
  jurisdiction: orNull(text),
  source: (value) => (isObject(value) ? null : 'it must be an object {"text", "url"}'),
  verified: (value) => (typeof value === "boolean" ? null : "it must be true or false"),
  note: text,
};

const shown = (value: unknown): string => {
  const written = JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner)) ?? typeof value;
  return written.length > 60 ? `${written.slice(0, 60)}…` : written;
};

/** What is missing, what is wrong, and what nobody knows, of one object. */
function problemsOf(given: Fields, place: string, checks: Readonly<Record<string, Check>>): string[] {
  const names = Object.keys(checks);
  const known = Object.entries(checks).flatMap(([name, check]) => {
    if (!Object.hasOwn(given, name)) return [`${place}/${name} is missing`];
    const problem = check(given[name]);
    return problem === null ? [] : [`${place}/${name} is ${shown(given[name])}: ${problem}`];
  });
  const strangers = Object.keys(given).filter((name) => !names.includes(name));
  return [...known, ...strangers.map((name) => `${place}/${name} means nothing here: there are ${names.join(", ")}`)];
}

const misdated = ({ valid_from, valid_to }: SpokenProfile): string[] =>
  valid_to !== null && valid_to < valid_from ? [`/valid_to is ${valid_to}: it must not be before valid_from, ${valid_from}`] : [];

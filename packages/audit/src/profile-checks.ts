import { dayBegins, FIGURES, PROFILE_STATUSES, type Profile, type ProfileKind, REFERENCES, SMEARS, TRACEABILITIES } from "./profile.ts";

export type Fields = { readonly [name: string]: unknown };
export const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

/** All that is wrong with what stands at a place. */
export type Check = (value: unknown, place: string) => string[];
export type Checks = { readonly [name: string]: Check };

export const shown = (value: unknown): string => {
  const written = JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner)) ?? typeof value;
  return written.length > 60 ? `${written.slice(0, 60)}…` : written;
};

const must =
  (words: string, holds: (value: unknown) => boolean): Check =>
  (value, place) =>
    holds(value) ? [] : [`${place} is ${shown(value)}: it must be ${words}`];
const orNull =
  (check: Check): Check =>
  (value, place) =>
    value === null ? [] : check(value, place).map((problem) => (problem.startsWith(`${place} is `) ? `${problem}, or null` : problem));
const matching = (form: RegExp, words: string): Check => must(words, (value) => typeof value === "string" && form.test(value));
const among = (allowed: readonly string[]): Check =>
  must(allowed.map((one) => JSON.stringify(one)).join(" or "), (value) => allowed.some((one) => one === value));
const wholeTo = (most: number): Check =>
  must(`a whole number from 1 to ${most}`, (value) => typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most);
const listOf = (allowed: readonly string[]): Check =>
  must(
    `a list of some of ${allowed.join(", ")}, each once`,
    (value) => Array.isArray(value) && new Set(value).size === value.length && value.every((one) => allowed.some((word) => word === one)),
  );

/** What is missing, what is wrong, and what nobody knows, of one object. */
export function problemsOf(given: Fields, place: string, checks: Checks): string[] {
  const names = Object.keys(checks);
  const known = Object.entries(checks).flatMap(([name, check]) =>
    Object.hasOwn(given, name) ? check(given[name], `${place}/${name}`) : [`${place}/${name} is missing`],
  );
  const strangers = Object.keys(given).filter((name) => !names.includes(name));
  return [...known, ...strangers.map((name) => `${place}/${name} means nothing here: there are ${names.join(", ")}`)];
}
const object =
  (checks: Checks): Check =>
  (value, place) => {
    if (isObject(value)) return problemsOf(value, place, checks);
    const names = Object.keys(checks).map((name) => JSON.stringify(name));
    return [`${place} is ${shown(value)}: it must be an object {${names.join(", ")}}`];
  };

const MOST_TEXT = 500;
const text = must(
  `words, at most ${MOST_TEXT} characters of them`,
  (value) => typeof value === "string" && value.trim() !== "" && value.length <= MOST_TEXT && !/\p{Cs}/u.test(value),
);
const day = must("a day as YYYY-MM-DD", (value) => typeof value === "string" && dayBegins(value) !== null);
const flag = must("true or false", (value) => typeof value === "boolean");
const id = matching(/^[a-z0-9]+(-[a-z0-9]+)*$/, "lower-case letters and digits joined by hyphens, such as my-cluster");
const nanoseconds = matching(/^[1-9]\d{0,18}$/, 'nanoseconds above 0 as a decimal string, such as "400000000" for 400 ms');

const BEHIND = /^(0|-[1-9]\d{0,18})$/;
const AHEAD = /^(0|[1-9]\d{0,18})$/;
function isRange(value: unknown): boolean {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [least, greatest] = value as readonly unknown[];
  return typeof least === "string" && typeof greatest === "string" && BEHIND.test(least) && AHEAD.test(greatest) && least !== greatest;
}
const range = must('the least and the greatest divergence in ns around 0, such as ["-100000", "100000"] for 100 us either way', isRange);

const HEAD = {
  id,
  title: text,
  limit_on: text,
  valid_from: day,
  valid_to: orNull(day),
  jurisdiction: orNull(text),
  source: object({ text, url: orNull(matching(/^https?:\/\/[^\s]{1,490}$/, "an address that begins with https:// or http://")) }),
  verified: flag,
  note: text,
  kind: among(["pair", "utc"]),
};

const selfReport = object({
  often: orNull(object({ count: wholeTo(1_000_000), window_ns: nanoseconds })),
  multiple_of_limit: orNull(wholeTo(1_000_000)),
  lasting_ns: orNull(nanoseconds),
  verified: flag,
});

/** By field, of each kind. */
const KINDS: { readonly [Kind in ProfileKind]: Readonly<Record<keyof Extract<Profile, { kind: Kind }>, Check>> } = {
  pair: { ...HEAD, limit_ns: nanoseconds },
  utc: {
    ...HEAD,
    limit_ns: range,
    template: orNull(id),
    granularity_ns: orNull(nanoseconds),
    retention_years: orNull(wholeTo(100)),
    traceability: among(TRACEABILITIES),
    reference: among(REFERENCES),
    self_report: orNull(selfReport),
    horizon_ns: nanoseconds,
    smear: among(SMEARS),
    counts_unverified: flag,
    status: among(PROFILE_STATUSES),
    unverified: listOf(FIGURES),
  },
};

/** Of a kind that nobody knows, those of a pair: they say so. */
export const checksOf = (kind: unknown): Checks => (kind === "utc" ? KINDS.utc : KINDS.pair);

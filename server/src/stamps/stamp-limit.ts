import { countsStatus, isInForce, type Profile, TEMPLATES } from "@truebound/audit";
import { readSpan, type UtcInstant, utc } from "@truebound/time";
import { nearest } from "@truebound/wire";
import type { DatedScope } from "../audit/scopes.ts";
import type { LabelSet } from "../policy/choose-policy.ts";
import { type AskedScope, appErrorOf, askedScope, formsAt, type ScopeBook } from "../query/asked-scope.ts";
import { type StampPlace, widened } from "../query/stamp-place.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { HORIZON_NS } from "../report/plan.ts";

/** A limit on divergence, local less UTC: both ends are inside. */
export interface StampLimit {
  readonly min: bigint;
  readonly max: bigint;
  /** Id of the profile that it is of; null = a number that was given. */
  readonly profile: string | null;
  readonly countsUnverified: boolean;
  /** Evidence of a clock without a chain of documents to UTC does not count. */
  readonly requiresTraceability: boolean;
  /** For so long after the last reading its bound counts. */
  readonly horizon: bigint;
  /** Whether it was in force at the time. */
  readonly holds: (at: UtcInstant) => boolean;
}

/** What the stamps of a file are held against. */
export interface StampQuestion {
  /** Null = a profile or a number was named. */
  readonly scope: AskedScope | null;
  /** Of a scope that has several forms: of the latest. */
  readonly limit: StampLimit;
  readonly limitOf: (form: DatedScope) => StampLimit;
}

/** What is asked of a profile: of one against UTC the limit is [least, greatest]. */
export interface NamedLimit extends Pick<Profile, "id" | "valid_from" | "valid_to"> {
  readonly kind: string;
  readonly limit_ns: bigint | readonly [bigint, bigint];
  readonly counts_unverified?: boolean;
  readonly traceability?: string;
}

export interface LimitWish {
  readonly profile?: string | undefined;
  readonly limit?: string | undefined;
  readonly scope?: string | undefined;
}

export interface LimitPorts extends ScopeBook {
  /** Those that come with this version, and those that people set. */
  readonly limits: () => Promise<readonly NamedLimit[]>;
}

/** Null = nobody asked for one. */
export async function stampQuestion(ports: LimitPorts, wish: LimitWish): Promise<StampQuestion | Refusal | null> {
  if (wish.scope === undefined) {
    const limit = stampLimit(wish, wish.profile === undefined ? [] : await ports.limits());
    return limit === null || isRefusal(limit) ? limit : { scope: null, limit, limitOf: () => limit };
  }
  if (wish.profile !== undefined || wish.limit !== undefined)
    return refuse("bad_request", "Cannot judge by a scope and another limit at once: the profile of the scope is its limit");
  const scope = await askedScope(ports, wish.scope);
  return isRefusal(scope) ? scope : ofScope(scope, await ports.limits());
}

function ofScope(scope: AskedScope, profiles: readonly NamedLimit[]): StampQuestion | Refusal {
  const limits = new Map<DatedScope, StampLimit>();
  for (const form of scope.forms) {
    const limit = stampLimit({ profile: form.scope.profile }, profiles);
    if (limit === null || isRefusal(limit)) return limit ?? refuse("bad_request", `The scope ${scope.name} names no profile`);
    limits.set(form, {
      ...limit,
      countsUnverified: form.scope.counts_unverified,
      horizon: BigInt(form.scope.horizon_ns),
    });
  }
  const limitOf = (form: DatedScope) => limits.get(form) as StampLimit;
  return { scope, limit: limitOf(scope.forms.at(-1) as DatedScope), limitOf };
}

export function stampLimit({ profile, limit }: LimitWish, profiles: readonly NamedLimit[]): StampLimit | Refusal | null {
  if (profile !== undefined && limit !== undefined) return refuse("bad_request", "Cannot judge by a profile and a limit at once: name one");
  if (limit !== undefined) return givenLimit(limit);
  if (profile === undefined) return null;
  const found = profiles.find(({ id }) => id === profile);
  if (found === undefined) return refuse("bad_request", noLimit(profile, profiles));
  if (found.kind === "pair" || typeof found.limit_ns === "bigint")
    return refuse(
      "bad_request",
      `Cannot judge one stamp by the profile ${found.id}: it limits the difference between two clocks; name one that limits divergence from UTC, or a limit such as 100us`,
    );
  const [min, max] = found.limit_ns;
  return {
    ...PLAIN_LIMIT,
    min,
    max,
    profile: found.id,
    countsUnverified: found.counts_unverified ?? false,
    requiresTraceability: found.traceability === "required",
    holds: (at) => isInForce(found, at),
  };
}

const noLimit = (profile: string, profiles: readonly NamedLimit[]): string =>
  TEMPLATES.some(({ id }) => id === profile)
    ? `Cannot judge by the profile ${profile}: it is a rule without a number; name a limit such as 100us, or a profile of your own with it as template (docs/profiles.md)`
    : `There is no profile ${quoted(profile)}; did you mean ${nearestOf(profile, profiles)}?`;

export const PLAIN_LIMIT = {
  profile: null,
  countsUnverified: false,
  requiresTraceability: false,
  horizon: BigInt(HORIZON_NS),
  holds: () => true,
};

const quoted = (text: string): string => JSON.stringify(text.slice(0, 60));
const nearestOf = (id: string, profiles: readonly NamedLimit[]): string =>
  nearest(
    id.slice(0, 60),
    profiles.map((one) => one.id),
  );

/** A limit beyond this is a slip of whoever typed it. */
const LARGEST_NS = 10n ** 18n;

function givenLimit(text: string): StampLimit | Refusal {
  const limit = readSpan(text);
  if (limit === null)
    return refuse("bad_request", `Cannot judge by the limit ${quoted(text)}: write a number with its unit, such as 100us, 100 µs or 0.1ms`);
  if (limit >= LARGEST_NS) return refuse("bad_request", `Cannot judge by the limit ${quoted(text)}: it is longer than 30 years`);
  return { ...PLAIN_LIMIT, min: -limit, max: limit };
}

export type Inside = "yes" | "no" | "not_provable";

/** What became of one stamp. */
export interface Judged {
  /** Null = it was not judged. */
  readonly inside: Inside | null;
  readonly reason: string | null;
  /** The place, widened by the error of the application. */
  readonly place: StampPlace;
  readonly appError: bigint;
}

type Traceable = (from: bigint, to: bigint) => Promise<boolean>;

/** Evidence counts as it does in an audit of the same scope, and so does the error of the application. */
export async function judge(
  question: StampQuestion,
  labels: LabelSet,
  { place, stamp }: { readonly place: StampPlace; readonly stamp: bigint },
  isTraceable: Traceable,
): Promise<Judged> {
  const forms = question.scope === null ? [] : formsAt(question.scope, labels, place.places);
  if (typeof forms === "string") return { inside: null, reason: forms, place, appError: 0n };
  const appError = appErrorOf(forms);
  const limits = question.scope === null ? [question.limit] : forms.map(question.limitOf);
  const said = { place: widened(place, appError), appError };
  if (!limits.every((limit) => isHeld(limit, place))) return { ...said, inside: null, reason: "profile_not_in_force" };
  if (limits.some(({ requiresTraceability }) => requiresTraceability) && !(await areTraceable(place, isTraceable)))
    return { ...said, inside: "not_provable", reason: "not_traceable" };
  const found = new Set(limits.map((limit) => insideOf(said.place, stamp, limit)));
  const [only = "not_provable"] = found;
  return { ...said, inside: found.size === 1 ? only : "not_provable", reason: place.reason };
}

async function areTraceable({ places }: StampPlace, isTraceable: Traceable): Promise<boolean> {
  for (const { from, to } of places) if (!(await isTraceable(from, to))) return false;
  return true;
}

/**
 * Whether the clock was within the limit when it showed the stamp. Proved either way only of every place that the stamp can have,
 * and by evidence that counts: not in a stretch that nobody watched, not where the sources contradicted each other, and not longer
 * after the last reading than a limit's horizon.
 */
export function insideOf(place: StampPlace, stamp: bigint, { min, max, countsUnverified, horizon }: StampLimit): Inside {
  const { places, status, isBlind, afterLast } = place;
  if (places.length === 0 || isBlind || afterLast > horizon || !countsStatus(status, countsUnverified)) return "not_provable";
  const isIn = ({ from, to }: { from: bigint; to: bigint }) => min <= stamp - to && stamp - from <= max;
  const isOut = ({ from, to }: { from: bigint; to: bigint }) => stamp - from < min || max < stamp - to;
  if (places.every(isIn)) return "yes";
  return places.every(isOut) ? "no" : "not_provable";
}

/** In force at every place of it. */
export const isHeld = ({ holds }: StampLimit, { places }: StampPlace): boolean =>
  places.every(({ from, to }) => holds(utc(from)) && holds(utc(to)));

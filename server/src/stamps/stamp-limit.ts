import { isInForce, type Profile, TEMPLATES } from "@truebound/audit";
import { type UtcInstant, utc } from "@truebound/time";
import { nearest } from "@truebound/wire";
import type { StampPlace } from "../query/stamp-place.ts";
import { type Refusal, refuse } from "../refusal.ts";

/** A limit on divergence, local less UTC: both ends are inside. */
export interface StampLimit {
  readonly min: bigint;
  readonly max: bigint;
  /** Id of the profile that it is of; null = a number that was given. */
  readonly profile: string | null;
  readonly countsUnverified: boolean;
  /** Whether it was in force at the time. */
  readonly holds: (at: UtcInstant) => boolean;
}

/** What is asked of a profile: of one against UTC the limit is [least, greatest]. */
export interface NamedLimit extends Pick<Profile, "id" | "valid_from" | "valid_to"> {
  readonly kind: string;
  readonly limit_ns: bigint | readonly [bigint, bigint];
  readonly counts_unverified?: boolean;
}

export interface LimitWish {
  readonly profile?: string | undefined;
  readonly limit?: string | undefined;
}

/** Null = nobody asked for one. */
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
  return { min, max, profile: found.id, countsUnverified: found.counts_unverified ?? false, holds: (at) => isInForce(found, at) };
}

const noLimit = (profile: string, profiles: readonly NamedLimit[]): string =>
  TEMPLATES.some(({ id }) => id === profile)
    ? `Cannot judge by the profile ${profile}: it is a rule without a number; name a limit such as 100us, or a profile of your own with it as template (docs/profiles.md)`
    : `There is no profile ${quoted(profile)}; did you mean ${nearestOf(profile, profiles)}?`;

const quoted = (text: string): string => JSON.stringify(text.slice(0, 60));
const nearestOf = (id: string, profiles: readonly NamedLimit[]): string =>
  nearest(
    id.slice(0, 60),
    profiles.map((one) => one.id),
  );

const UNITS: Readonly<Record<string, bigint>> = { ns: 1n, us: 1000n, µs: 1000n, ms: 1_000_000n, s: 1_000_000_000n };

function givenLimit(text: string): StampLimit | Refusal {
  const [, count, unit = ""] = /^(\d{1,9})(ns|us|µs|ms|s)$/.exec(text) ?? [];
  const size = UNITS[unit];
  if (count === undefined || size === undefined)
    return refuse("bad_request", `Cannot judge by the limit ${quoted(text)}: write a whole number with its unit, such as 100us or 1ms`);
  const limit = BigInt(count) * size;
  return { min: -limit, max: limit, profile: null, countsUnverified: false, holds: () => true };
}

export type Inside = "yes" | "no" | "not_provable";

/**
 * Whether the clock was within the limit when it showed the stamp. Proved either way only of every place that the stamp can have,
 * and by evidence that counts: not in a stretch that nobody watched, and not where the sources contradicted each other.
 */
export function insideOf({ places, status, isBlind }: StampPlace, stamp: bigint, { min, max, countsUnverified }: StampLimit): Inside {
  const counts = status === "proven" || status === "holdover" || (status === "unverified" && countsUnverified);
  if (places.length === 0 || isBlind || !counts) return "not_provable";
  const isIn = ({ from, to }: { from: bigint; to: bigint }) => min <= stamp - to && stamp - from <= max;
  const isOut = ({ from, to }: { from: bigint; to: bigint }) => stamp - from < min || max < stamp - to;
  if (places.every(isIn)) return "yes";
  return places.every(isOut) ? "no" : "not_provable";
}

/** In force at every place of it. */
export const isHeld = ({ holds }: StampLimit, { places }: StampPlace): boolean =>
  places.every(({ from, to }) => holds(utc(from)) && holds(utc(to)));

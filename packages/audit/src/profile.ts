import { BILLION, minOf, parseUtc, type UtcInstant } from "@truebound/time";

/** Where a limit is written. */
export interface ProfileSource {
  readonly text: string;
  /** null = it has no address: an order of the house, for one. */
  readonly url: string | null;
}

/** What every limit on clocks has, whatever it limits. Limits change, so each says from when to when it holds. */
interface ProfileHead {
  /** Lower-case words joined by hyphens; never given to another limit. */
  readonly id: string;
  readonly title: string;
  /** What it limits, in words. */
  readonly limit_on: string;
  /** First and last day of force, UTC, YYYY-MM-DD; no last one = it goes on. 1970-01-01 = nobody says since when. */
  readonly valid_from: string;
  readonly valid_to: string | null;
  /** Whose law it is; null = nobody's. */
  readonly jurisdiction: string | null;
  readonly source: ProfileSource;
  /** Whether the limit was read in the words of whoever set it, not in somebody else's. */
  readonly verified: boolean;
  readonly note: string;
}

/** Limits the difference between two clocks; how far both are from UTC does not matter. */
export interface PairProfile extends ProfileHead {
  readonly kind: "pair";
  /** The most that is allowed, either way; a bound that ends at it is inside. */
  readonly limit_ns: bigint;
}

export const TRACEABILITIES = ["required", "expected", "none"] as const;
/** required = evidence without a chain of documents does not count; expected = what is missing is a to-do. */
export type Traceability = (typeof TRACEABILITIES)[number];

export const REFERENCES = ["UTC", "UTC(NIST)", "smeared UTC"] as const;
export type Reference = (typeof REFERENCES)[number];

export const SMEARS = ["divergence", "reference", "corrected"] as const;
/** What a leap smear counts as: error, the scale itself, or taken out by a declared map before stamps are made (6.11). */
export type SmearRule = (typeof SMEARS)[number];

export const PROFILE_STATUSES = ["draft", "in_force"] as const;
/** draft = its text has not been read yet where it is law. */
export type ProfileStatus = (typeof PROFILE_STATUSES)[number];

/** Figures beside the limit that may be marked apart. */
export const FIGURES = ["granularity_ns", "retention_years", "traceability", "valid_from", "valid_to"] as const;
export type Figure = (typeof FIGURES)[number];

/** When a breach must be told to an authority; each of the three by itself, null = it is no ground. */
export interface SelfReport {
  /** So many episodes that begin within one stretch of this length. */
  readonly often: { readonly count: number; readonly window_ns: bigint } | null;
  /** An episode whose certain peak lies beyond so many times the limit. */
  readonly multiple_of_limit: number | null;
  /** An episode that lasts as long, or longer. */
  readonly lasting_ns: bigint | null;
  readonly verified: boolean;
}

/** What a limit on divergence from UTC has beside its number. */
interface UtcTerms extends ProfileHead {
  /** Of timestamps: this or finer; null = no rule. Never a part of the limit. */
  readonly granularity_ns: bigint | null;
  /** For how long evidence is to be kept; null = no rule. */
  readonly retention_years: number | null;
  readonly traceability: Traceability;
  readonly reference: Reference;
  readonly self_report: SelfReport | null;
  /** How far evidence reaches in time, either way. */
  readonly horizon_ns: bigint;
  readonly smear: SmearRule;
  /** Whether a bound of status `unverified` is evidence. */
  readonly counts_unverified: boolean;
  readonly status: ProfileStatus;
  /** Figures that nobody read in the words of whoever set them. */
  readonly unverified: readonly Figure[];
}

/** Limits the divergence of one clock from UTC: local − UTC, positive = the clock is fast. */
export interface UtcProfile extends UtcTerms {
  readonly kind: "utc";
  /** Least and greatest that is allowed; both are inside. */
  readonly limit_ns: readonly [bigint, bigint];
  /** Id of the template whose number somebody set; null = it has a number of its own. */
  readonly template: string | null;
}

/** A rule without a number: it becomes a profile when an organisation sets one. */
export interface ProfileTemplate extends UtcTerms {
  readonly kind: "template";
  /** What others set, no part of the rule. */
  readonly suggested_limit_ns: bigint;
}

/** A union by `kind`: another kind of limit joins as a member with fields of its own, and readers switch on it. */
export type Profile = PairProfile | UtcProfile;
export type ProfileKind = Profile["kind"];

/** The most that is allowed either way; of a limit that is not the same both ways, the closer one. */
export const closestLimit = (profile: Pick<PairProfile, "kind" | "limit_ns"> | Pick<UtcProfile, "kind" | "limit_ns">): bigint =>
  profile.kind === "pair" ? profile.limit_ns : minOf(-profile.limit_ns[0], profile.limit_ns[1]);

const DAY_NS = 86_400n * BILLION;

/** Midnight, UTC, at which a day begins; null = there is no such day. */
export const dayBegins = (day: string): UtcInstant | null => (/^\d{4}-\d\d-\d\d$/.test(day) ? parseUtc(`${day}T00:00:00Z`) : null);

/** From the beginning of its first day to the end of its last. */
export function isInForce({ id, valid_from, valid_to }: Pick<ProfileHead, "id" | "valid_from" | "valid_to">, at: UtcInstant): boolean {
  const [first, last] = [dayBegins(valid_from), valid_to === null ? null : dayBegins(valid_to)];
  if (first === null || (valid_to !== null && last === null))
    throw new RangeError(`Cannot tell whether profile ${id} is in force: ${valid_from} to ${valid_to} are not days`);
  return first <= at && (last === null || at < last + DAY_NS);
}

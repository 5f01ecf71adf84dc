import { BILLION, parseUtc, type UtcInstant } from "@truebound/time";

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
  /** The most that is allowed, either way; a bound that ends at it is inside. */
  readonly limit_ns: bigint;
  /** What it limits, in words. */
  readonly limit_on: string;
  /** First and last day of force, UTC, YYYY-MM-DD; no last one = it goes on. 1970-01-01 = nobody says since when. */
  readonly valid_from: string;
  readonly valid_to: string | null;
  /** Whose law it is; null = nobody's. */
  readonly jurisdiction: string | null;
  readonly source: ProfileSource;
  /** Whether the number was read in the words of whoever set it, not in somebody else's. */
  readonly verified: boolean;
  readonly note: string;
}

/** Limits the difference between two clocks; how far both are from UTC does not matter. */
export interface PairProfile extends ProfileHead {
  readonly kind: "pair";
}

/** A union by `kind`: another kind of limit joins as a member with fields of its own, and readers switch on it. */
export type Profile = PairProfile;
export type ProfileKind = Profile["kind"];

const DAY_NS = 86_400n * BILLION;

/** Midnight, UTC, at which a day begins; null = there is no such day. */
export const dayBegins = (day: string): UtcInstant | null => (/^\d{4}-\d\d-\d\d$/.test(day) ? parseUtc(`${day}T00:00:00Z`) : null);

/** From the beginning of its first day to the end of its last. */
export function isInForce({ id, valid_from, valid_to }: Pick<Profile, "id" | "valid_from" | "valid_to">, at: UtcInstant): boolean {
  const [first, last] = [dayBegins(valid_from), valid_to === null ? null : dayBegins(valid_to)];
  if (first === null || (valid_to !== null && last === null))
    throw new RangeError(`Cannot tell whether profile ${id} is in force: ${valid_from} to ${valid_to} are not days`);
  return first <= at && (last === null || at < last + DAY_NS);
}

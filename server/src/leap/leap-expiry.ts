import { daysToExpiry, formatUtc, type LeapList, type UtcInstant, utc } from "@truebound/time";

/** Fewer days left than this are worth a warning: a Bulletin C comes twice a year. */
export const DAYS_TO_WARN = 90;
const DAY_MS = 86_400_000;

/** What the database's clock said, and when, on this process's monotonic clock in ms. */
export interface SeenTime {
  readonly now: UtcInstant;
  readonly atMs: number;
}

/** Seconds until the list expires, negative once it has; null while the time is not known. */
export const secondsToExpiry = ({ expires }: LeapList, seen: SeenTime | null, monotonicMs: number): number | null =>
  secondsUntil(expires, seen, monotonicMs);

/** Negative once it is over; null while the time is not known. */
export const secondsUntil = (at: UtcInstant, seen: SeenTime | null, monotonicMs: number): number | null =>
  seen === null ? null : Number((at - nowOf(seen, monotonicMs)) / 1_000_000n) / 1000;

const nowOf = ({ now, atMs }: SeenTime, monotonicMs: number): UtcInstant => utc(now + BigInt(Math.round((monotonicMs - atMs) * 1e6)));

/** The warning that is due, if one is: at most one a day. */
export function expiryWarning(list: LeapList, now: UtcInstant, monotonicMs: number, warnedMs: number | null): string | null {
  const left = daysToExpiry(list, now);
  if (left >= DAYS_TO_WARN || (warnedMs !== null && monotonicMs - warnedMs < DAY_MS)) return null;
  const when = `on ${formatUtc(list.expires).slice(0, 10)}`;
  return left < 0
    ? `The leap list expired ${when}: near the end of a June or December bounds will be unknown; set TRUEBOUND_LEAP_FILE to a newer leap-seconds.list`
    : `The leap list expires ${when}, in ${left} days; set TRUEBOUND_LEAP_FILE to a newer leap-seconds.list`;
}

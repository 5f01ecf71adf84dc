import { BILLION, divFloor, type UtcInstant, utc } from "./units.ts";

/** RFC 3339 in UTC with nine digits, from and to a count of nanoseconds. Written out because a host's clock may claim any year. */
const DAY = 86_400n;

/** Days since 1970-01-01 to a civil date (proleptic Gregorian), by 400-year eras of 146,097 days. */
export function civil(days: bigint): { year: bigint; month: bigint; day: bigint } {
  const shifted = days + 719_468n;
  const era = divFloor(shifted, 146_097n);
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const marchMonth = (5n * dayOfYear + 2n) / 153n;
  const month = marchMonth < 10n ? marchMonth + 3n : marchMonth - 9n;
  return { year: yearOfEra + era * 400n + (month <= 2n ? 1n : 0n), month, day: dayOfYear - (153n * marchMonth + 2n) / 5n + 1n };
}

export function daysFromCivil(year: bigint, month: bigint, day: bigint): bigint {
  const y = month <= 2n ? year - 1n : year;
  const era = divFloor(y, 400n);
  const yearOfEra = y - era * 400n;
  const dayOfYear = (153n * (month > 2n ? month - 3n : month + 9n) + 2n) / 5n + day - 1n;
  return era * 146_097n + yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear - 719_468n;
}

const pad = (value: bigint, width: number): string => value.toString().padStart(width, "0");

/** `leapSecond` says of a count in the first second of a day that 23:59:60 before it is meant. */
export function formatUtc(instant: UtcInstant, leapSecond = false): string {
  if (leapSecond) return formatUtc(utc(instant - BILLION)).replace(/:59(\.\d{9}Z)$/, ":60$1");
  const secondsCount = divFloor(instant, BILLION);
  const days = divFloor(secondsCount, DAY);
  const { year, month, day } = civil(days);
  const inDay = secondsCount - days * DAY;
  const time = [inDay / 3600n, (inDay / 60n) % 60n, inDay % 60n].map((part) => pad(part, 2)).join(":");
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${time}.${pad(instant - secondsCount * BILLION, 9)}Z`;
}

const FORM = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** An instant as a stamp says it. `leapSecond` = the stamp said :60, so the count's second is meant as the one before it. */
export interface ReadStamp {
  readonly at: UtcInstant;
  readonly leapSecond: boolean;
}

/**
 * `null` when the text is no RFC 3339 time, names a day that does not exist, or is finer than a nanosecond.
 *
 * 23:59:60 is taken where UTC can have one, at the end of a month's last day UTC, and nowhere else; which years had one is
 * for a leap list to say. POSIX gives it the count of the second that follows, so two stamps share a count: the mark keeps
 * them apart, and `formatUtc` takes it back.
 */
export function readUtc(text: string): ReadStamp | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(BigInt) as [bigint, bigint, bigint, bigint, bigint, bigint];
  const days = daysFromCivil(year, month, day);
  const back = civil(days);
  if (back.year !== year || back.month !== month || back.day !== day) return null;
  if (hour > 23n || minute > 59n || second > 60n) return null;
  const shift = match[8] === undefined ? 0n : BigInt(`${match[8]}1`) * (BigInt(match[9] ?? "0") * 60n + BigInt(match[10] ?? "0")) * 60n;
  const whole = days * DAY + hour * 3600n + minute * 60n + second - shift;
  const leapSecond = second === 60n;
  if (leapSecond && !beginsMonth(whole)) return null;
  return { at: utc(whole * BILLION + BigInt((match[7] ?? "").padEnd(9, "0"))), leapSecond };
}

const beginsMonth = (seconds: bigint): boolean => divFloor(seconds, DAY) * DAY === seconds && civil(seconds / DAY).day === 1n;

/** The instant alone: a stamp of 23:59:60 has the count of the second that follows it. */
export const parseUtc = (text: string): UtcInstant | null => readUtc(text)?.at ?? null;

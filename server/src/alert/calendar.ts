import { BILLION, divFloor, parseUtc, type UtcInstant, utc } from "@truebound/time";
import { type Calendar, type Maintenance, WEEKDAYS, type Weekly } from "@truebound/wire";
import { dayOf, isTimezone, sayDay, wallEdges, wallOn, wallTime, weekdayOf } from "./zone-time.ts";

/** From the first instant to before the second, in seconds. */
export interface Session {
  readonly from: number;
  readonly to: number;
}

const secondsOf = (at: UtcInstant): number => Number(divFloor(at, BILLION));

/**
 * Whether it is open, or will be within `beforeS`. A time that the wall clock shows twice opens at the first and closes at the
 * second; one that it leaps over is the leap itself. A timezone that this machine does not know hides nothing: it is open always.
 */
export function isOpen(calendar: Calendar, at: UtcInstant, beforeS: number): boolean {
  if (!isTimezone(calendar.timezone)) return true;
  const now = secondsOf(at);
  const today = dayOf(wallTime(calendar.timezone, now));
  // The session of yesterday may last until today, and what is soon may lie on another day.
  const ahead = Math.ceil(beforeS / 86_400) + 1;
  return days(today - 1, today + ahead).some((day) => {
    const session = sessionOn(calendar, day);
    return session !== null && session.from - beforeS <= now && now < session.to;
  });
}

export const openAt = (calendar: Calendar, at: UtcInstant): boolean => isOpen(calendar, at, 0);

const FAR_DAYS = 1_100;

/** When it opens next after `at`; null = not within three years. */
export function nextOpening(calendar: Calendar, at: UtcInstant): UtcInstant | null {
  if (!isTimezone(calendar.timezone)) return null;
  const today = dayOf(wallTime(calendar.timezone, secondsOf(at)));
  for (let day = today - 1; day <= today + FAR_DAYS; day++) {
    const opening = sessionOn(calendar, day)?.from;
    if (opening !== undefined && BigInt(opening) * BILLION > at) return utc(BigInt(opening) * BILLION);
  }
  return null;
}

/** What a day opens; null = nothing. */
export function sessionOn({ timezone, days: weekdays, open, close, holidays }: Calendar, day: number): Session | null {
  if (!fallsOn(weekdays, day) || holidays.includes(sayDay(day))) return null;
  const closing = close > open ? day : day + 1;
  const session = { from: wallEdges(timezone, wallOn(day, open)).first, to: wallEdges(timezone, wallOn(closing, close)).last };
  return session.from < session.to ? session : null;
}

const fallsOn = (weekdays: readonly string[], day: number): boolean => weekdays.includes(WEEKDAYS[weekdayOf(day)] as string);

/** A window of every week lasts as long as it says in elapsed time, whatever the wall clock does meanwhile. */
export function inMaintenance(window: Maintenance, at: UtcInstant): boolean {
  return (window.once !== undefined && isWithin(window.once, at)) || (window.weekly !== undefined && isWeekly(window.weekly, at));
}

function isWithin({ from, to }: NonNullable<Maintenance["once"]>, at: UtcInstant): boolean {
  const [begin, end] = [parseUtc(from), parseUtc(to)];
  return begin !== null && end !== null && begin <= at && at < end;
}

/** None of it that is to come need be looked for. */
const isWeekly = (weekly: Weekly, at: UtcInstant): boolean => timesUntil(weekly, at, 1, 0).some(({ from }) => from <= secondsOf(at));

const WEEK_D = 7;

/** Its times that are not over, in order, the first of which may be running. */
export const weeklyTimes = (weekly: Weekly, at: UtcInstant, most: number): Session[] => timesUntil(weekly, at, most, most * WEEK_D);

/** Those that begin on a day up to so many after today. A timezone that this machine does not know has none, and keeps nobody quiet. */
function timesUntil({ days: weekdays, at: begins, for_s, timezone }: Weekly, at: UtcInstant, most: number, ahead: number): Session[] {
  if (!isTimezone(timezone)) return [];
  const now = secondsOf(at);
  const today = dayOf(wallTime(timezone, now));
  const found: Session[] = [];
  for (let day = today - Math.ceil(for_s / 86_400) - 1; found.length < most && day <= today + ahead; day++) {
    if (!fallsOn(weekdays, day)) continue;
    const from = wallEdges(timezone, wallOn(day, begins)).first;
    if (now < from + for_s) found.push({ from, to: from + for_s });
  }
  return found;
}

const days = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, index) => first + index);

import type { Stretch } from "@truebound/audit";
import { BILLION, divFloor, maxOf, minOf, type UtcInstant, utc } from "@truebound/time";
import type { Calendar } from "@truebound/wire";
import { sessionOn } from "../alert/calendar.ts";
import { dayOf, isIanaTimezone, wallTime } from "../alert/zone-time.ts";
import type { Period } from "./scopes.ts";

/** When a calendar of it is open nobody can say here: neither that a limit need not hold, nor that it must. */
export class UnknownTimezone extends Error {
  readonly timezone: string;
  constructor(timezone: string) {
    super(`This machine has no rules of timezone ${JSON.stringify(timezone)}`);
    this.timezone = timezone;
  }
}

/** When a limit must hold within a period: in order, apart, each [from, to) in ns of UTC. Without a calendar that is all of it. Throws UnknownTimezone. */
export function scheduleOf(calendar: Calendar | null, { from, to }: Period): Stretch[] {
  if (from >= to) return [];
  if (calendar === null) return [{ from, to }];
  if (!isIanaTimezone(calendar.timezone)) throw new UnknownTimezone(calendar.timezone);
  const dayAt = (at: bigint): number => dayOf(wallTime(calendar.timezone, Number(divFloor(at, BILLION))));
  const stretches: Stretch[] = [];
  // A session of the day before may reach in.
  for (let day = dayAt(from) - 2; day <= dayAt(to) + 1; day++) {
    const session = sessionOn(calendar, day);
    if (session === null) continue;
    joinInto(stretches, { from: maxOf(from, BigInt(session.from) * BILLION), to: minOf(to, BigInt(session.to) * BILLION) });
  }
  return stretches;
}

/** A calendar as it was set from an instant on, until the next one; null = there was none. */
export interface DatedCalendar {
  readonly calendar: Calendar | null;
  readonly from: UtcInstant;
}

/** By each form of a calendar for the time in which it was in force, and by the first one for all time before it. */
export function scheduleByForms(forms: readonly DatedCalendar[], { from, to }: Period): Stretch[] {
  const open = forms.flatMap(({ calendar, from: since }, index) => {
    const until = forms[index + 1]?.from ?? to;
    return scheduleOf(calendar, { from: utc(index === 0 ? from : maxOf(from, since)), to: utc(minOf(to, until)) });
  });
  const stretches: Stretch[] = [];
  for (const one of open.sort((a, b) => (a.from < b.from ? -1 : 1))) joinInto(stretches, one);
  return stretches;
}

/** Sessions come in order of their beginnings; one that touches the one before is one with it. */
export function joinInto(stretches: Stretch[], { from, to }: Stretch): void {
  if (from >= to) return;
  const last = stretches.at(-1);
  if (last !== undefined && from <= last.to) stretches[stretches.length - 1] = { from: last.from, to: maxOf(last.to, to) };
  else stretches.push({ from, to });
}

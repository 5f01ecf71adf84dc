/** Wall clocks of timezones by the rules that Node brings. All here is whole seconds; a wall time counts as if it were UTC. */

const DAY_S = 86_400;
/** No timezone is further from UTC, and none changed twice within so short a time. */
const WIDEST_S = 26 * 3600;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws RangeError where the machine knows no timezone of this name. */
function formatOf(timezone: string): Intl.DateTimeFormat {
  const kept = formats.get(timezone);
  if (kept !== undefined) return kept;
  const fields = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" } as const;
  const made = new Intl.DateTimeFormat("en-US", { ...fields, timeZone: timezone, hourCycle: "h23", calendar: "gregory", era: "short" });
  formats.set(timezone, made);
  return made;
}

export function isTimezone(timezone: string): boolean {
  try {
    return formatOf(timezone) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** By the name that the rules of timezones have for it: whoever reads them elsewhere, in whatever language, finds it under that one. */
export function isIanaTimezone(timezone: string): boolean {
  if (!/^[A-Za-z]/.test(timezone) || !isTimezone(timezone)) return false;
  const named = formatOf(timezone).resolvedOptions().timeZone;
  return named === timezone || named.toLowerCase() !== timezone.toLowerCase();
}

/** What a clock on the wall shows at an instant. */
export function wallTime(timezone: string, atS: number): number {
  const part = new Map(
    formatOf(timezone)
      .formatToParts(atS * 1000)
      .map(({ type, value }) => [type, value]),
  );
  const field = (name: Intl.DateTimeFormatPartTypes): number => Number(part.get(name));
  const year = part.get("era") === "BC" ? 1 - field("year") : field("year");
  return Date.UTC(year, field("month") - 1, field("day"), field("hour"), field("minute"), field("second")) / 1000;
}

/** The wall clock's lead on UTC. */
const lead = (timezone: string, atS: number): number => wallTime(timezone, atS) - atS;

/** The instant between both from which on the lead is that of the later one. */
function changeBetween(timezone: string, beforeS: number, afterS: number): number {
  const later = lead(timezone, afterS);
  let [from, to] = [beforeS, afterS];
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (lead(timezone, middle) === later) to = middle;
    else from = middle;
  }
  return to;
}

interface Edges {
  /** The wall clock shows this time, or a later one, for the first time. */
  readonly first: number;
  /** From here on it shows no earlier time any more. */
  readonly last: number;
}

function edgesOf(timezone: string, wallS: number): Edges {
  const [before, after] = [wallS - WIDEST_S, wallS + WIDEST_S];
  const [leadBefore, leadAfter] = [lead(timezone, before), lead(timezone, after)];
  if (leadBefore === leadAfter) return { first: wallS - leadBefore, last: wallS - leadBefore };
  const change = changeBetween(timezone, before, after);
  const [early, late] = [wallS - leadBefore, wallS - leadAfter];
  return { first: early < change ? early : Math.max(change, late), last: late > change ? late : Math.min(change, early) };
}

const MOST_KEPT = 2_000;
const kept = new Map<string, Edges>();

/**
 * The same few are asked for again and again, and each costs several readings of the wall clock. Where the clock is set forward
 * over a wall time both edges are that change; where it is set back over one, it is shown twice and they lie apart.
 */
export function wallEdges(timezone: string, wallS: number): Edges {
  const key = `${wallS} ${timezone}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  if (kept.size >= MOST_KEPT) kept.clear();
  const found = edgesOf(timezone, wallS);
  kept.set(key, found);
  return found;
}

/** Days since 1970-01-01. */
export const dayOf = (wallS: number): number => Math.floor(wallS / DAY_S);

/** 0 = Monday. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

/** YYYY-MM-DD */
export const sayDay = (day: number): string => new Date(day * DAY_S * 1000).toISOString().slice(0, 10);

/** HH:MM on a day, on the wall. */
export function wallOn(day: number, timeOfDay: string): number {
  const [hours = 0, minutes = 0] = timeOfDay.split(":").map(Number);
  return day * DAY_S + hours * 3600 + minutes * 60;
}

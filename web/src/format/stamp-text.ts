import { parseUtc } from "@truebound/time";

const COUNT = /^-?\d{1,19}$/;
/** As people write a time, and as this page prints one: a blank or T, seconds or none, digits in threes, a zone or none. */
const TYPED = /^(\d{4}-\d\d-\d\d)[Tt ] *(\d\d:\d\d)(:\d\d(?:\.\d+)?)? *([Zz]|UTC|[+-]\d\d:\d\d)?$/;

/** A time as it was typed, once it is read. */
export interface TypedTime {
  /** RFC 3339 with its zone, or whole nanoseconds since 1970. */
  readonly text: string;
  /** No zone was typed, and UTC was taken: whoever typed it must be told. */
  readonly isUtcAssumed: boolean;
}

/** Null = it cannot be read. */
export function readTyped(typed: string): TypedTime | null {
  const text = typed.trim().replace(/\u202f/g, "");
  if (COUNT.test(text)) return { text, isUtcAssumed: false };
  const [, day, minute, second = ":00", zone] = TYPED.exec(text) ?? [];
  if (day === undefined) return null;
  const full = `${day}T${minute}${second}${zone === undefined || /^z|utc$/i.test(zone) ? "Z" : zone}`;
  return parseUtc(full) === null ? null : { text: full, isUtcAssumed: zone === undefined };
}

/** How a time was read, where that is not what was typed to the letter; null = there is nothing to say. */
export function readAsWords(typed: string): string | null {
  const read = readTyped(typed);
  return read?.isUtcAssumed ? `Read as ${read.text.replace("T", " ").replace("Z", " UTC")}: no zone was given` : null;
}

const FORMS = "2026-11-26T13:05:09.007123456Z, 2026-11-26 13:05 (UTC then), or whole nanoseconds since 1970";

/** What is wrong with a time as it was typed; null = nothing. The server reads it; this only says it sooner. */
export function timeProblem(of: string, typed: string): string | null {
  const text = typed.trim();
  if (text === "") return `Say the time of ${of}, such as ${FORMS}`;
  if (readTyped(text) !== null) return null;
  if (/\.\d{10,}/.test(text)) return `The time of ${of} is finer than a nanosecond: nine digits after the point are the most`;
  if (TYPED.test(text)) return `There is no such time as "${text}", said of ${of}: look at its day, hour and minute`;
  return `Cannot read "${text.slice(0, 60)}", the time of ${of}: write ${FORMS}`;
}

/** As `timeProblem`, of what a declaration says: nothing is assumed of it. */
export const zonedProblem = (of: string, typed: string): string | null =>
  readTyped(typed)?.isUtcAssumed
    ? `Say in which zone the time of ${of} is: write Z at its end for UTC, or an offset such as +02:00`
    : timeProblem(of, typed);

/** As `timeProblem`, of a host and its time. */
export function stampProblem(of: string, host: string, time: string): string | null {
  return host === "" ? `Say which host ${of} was stamped by: its name or id` : timeProblem(of, time);
}

/** HOST@TIME, which the API and the address carry; HOST ends at the last @. */
export const stampText = (host: string, time: string): string => `${host}@${readTyped(time)?.text ?? time}`;

export function stampParts(text: string): { readonly host: string; readonly time: string } {
  const at = text.lastIndexOf("@");
  return at < 0 ? { host: text, time: "" } : { host: text.slice(0, at), time: text.slice(at + 1) };
}

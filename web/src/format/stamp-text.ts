import { parseUtc } from "@truebound/time";

const COUNT = /^-?\d{1,19}$/;

/** What is wrong with a time as it was typed; null = nothing. The server reads it; this only says it sooner. */
export function timeProblem(of: string, text: string): string | null {
  if (text === "") return `Say the time of ${of}`;
  if (COUNT.test(text) || parseUtc(text) !== null) return null;
  if (/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?$/.test(text))
    return `Say in which zone the time of ${of} is: write Z at its end for UTC, or an offset such as +02:00`;
  if (/\.\d{10,}/.test(text)) return `The time of ${of} is finer than a nanosecond: nine digits after the point are the most`;
  return `Cannot read the time of ${of}: write it as 2026-11-26T13:05:09.007123456Z, or as whole nanoseconds since 1970`;
}

/** As `timeProblem`, of a host and its time. */
export function stampProblem(of: string, host: string, time: string): string | null {
  return host === "" ? `Say which host ${of} was stamped by: its name or id` : timeProblem(of, time);
}

/** HOST@TIME, which the API and the address carry; HOST ends at the last @. */
export const stampText = (host: string, time: string): string => `${host}@${time}`;

export function stampParts(text: string): { readonly host: string; readonly time: string } {
  const at = text.lastIndexOf("@");
  return at < 0 ? { host: text, time: "" } : { host: text.slice(0, at), time: text.slice(at + 1) };
}

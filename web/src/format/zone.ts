import { toMs, utcSecond } from "./instant.ts";

/** By which clock times are written: UTC unless the reader asked for the browser's own zone. */
export type Zone = "utc" | "local";

export const zoneOf = (search: string): Zone => (new URLSearchParams(search).get("tz") === "local" ? "local" : "utc");

/** How far the browser's zone is ahead of UTC at an instant, ms. It is a rule of the zone, and does not rest on the browser's clock. */
export const aheadMs = (at_ms: number, zone: Zone): number => (zone === "utc" ? 0 : -new Date(at_ms).getTimezoneOffset() * 60_000);

/** "UTC", "UTC+02:00": never a time without its zone. */
export function zoneText(at_ms: number, zone: Zone): string {
  const minutes = aheadMs(at_ms, zone) / 60_000;
  if (zone === "utc") return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (count: number): string => String(count).padStart(2, "0");
  return `UTC${minutes < 0 ? "−" : "+"}${two(hours)}:${two(rest)}`;
}

/** An instant to the second in a zone, with its name; text of another form is shown as it came. */
export function secondIn(instant: string, zone: Zone): string {
  const at_ms = toMs(instant);
  if (zone === "utc" || Number.isNaN(at_ms)) return utcSecond(instant);
  const moved = new Date(Math.floor(at_ms) + aheadMs(at_ms, zone)).toISOString();
  return utcSecond(moved).replace(/UTC$/, zoneText(at_ms, zone));
}

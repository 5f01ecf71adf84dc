import { BILLION, parseUtc, type UtcInstant, utc } from "@truebound/time";

const UNITS: Readonly<Record<string, bigint>> = { s: BILLION, m: 60n * BILLION, h: 3600n * BILLION, d: 86_400n * BILLION };
const RELATIVE = /^now(?:-(\d{1,6})([smhd]))?$/;
/** Half of what a bigint column can hold, so that no question about a time, nor a sum in it, can fail in the database. */
export const EARLIEST = utc(-(2n ** 62n));
export const LATEST = utc(2n ** 62n);

/** RFC 3339, `now`, or `now-6h` (s, m, h, d). Null = neither, or out of the range that is kept (1824 to 2116). */
export function parseTime(text: string, now: UtcInstant): UtcInstant | null {
  const relative = RELATIVE.exec(text);
  const at = relative ? now - BigInt(relative[1] ?? 0) * (UNITS[relative[2] ?? "s"] as bigint) : parseUtc(text);
  return at === null || at < EARLIEST || at > LATEST ? null : utc(at);
}

/** What a host's clock showed: RFC 3339, or nanoseconds since 1970 as an integer. Null as above. */
export function readStamp(text: string): UtcInstant | null {
  const at = /^-?\d{1,19}$/.test(text) ? BigInt(text) : parseUtc(text);
  return at === null || at < EARLIEST || at > LATEST ? null : utc(at);
}

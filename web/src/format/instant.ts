import { parseUtc } from "@truebound/time";

/** RFC 3339 instants of the API as text. Always UTC and always said to be; nine digits stay available as the exact form. */
const FORM = /^(\d{4,}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?[Zz]$/;

/** "2026-11-23 14:50:03 UTC", cut to whole seconds; text of another form is shown as it came. */
export function utcSecond(instant: string): string {
  const match = FORM.exec(instant);
  return match === null ? instant : `${match[1]} ${match[2]} UTC`;
}

/** "2026-11-23 14:50:03.123 456 789 UTC": every digit that the API gave. */
export function utcExact(instant: string): string {
  const match = FORM.exec(instant);
  if (match === null) return instant;
  const fraction = match[3] === undefined ? "" : `.${match[3].replace(/(\d{3})(?=\d)/g, "$1\u202f")}`;
  return `${match[1]} ${match[2]}${fraction} UTC`;
}

const MILLISECOND_NS = 1_000_000n;

/** Milliseconds since the Unix epoch: enough to place a point on a screen, never to decide anything. NaN for what is no instant. */
export function toMs(instant: string): number {
  const at = parseUtc(instant);
  return at === null ? Number.NaN : Number(at / MILLISECOND_NS) + Number(at % MILLISECOND_NS) / 1e6;
}

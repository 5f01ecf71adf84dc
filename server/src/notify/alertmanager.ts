import type { Notice } from "@truebound/wire";
import { type ToldAlert, toldAlerts } from "./told-alerts.ts";

/** As POST /api/v2/alerts takes it. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorURL?: string;
  readonly endsAt?: string;
}

/** Of an Alertmanager that does not say what time it has: past for any clock. */
const LONG_AGO = "2001-01-01T00:00:00Z";

/**
 * No clock but its own counts there: it takes an alert without `startsAt` for one that begins now, and keeps the earliest beginning
 * that it knows. One with an end is over once that is past, so the end is said by its own clock, as its latest answer told it.
 * It tells alerts apart by nothing but their labels: of one that another incident goes on with no end is said.
 */
export function postable(notice: Notice, theirClock: string | null, elsewhere: readonly Notice[] = []): PostableAlert[] {
  const { firing, over: ended } = toldAlerts(notice);
  const endsAt = theirClock ?? LONG_AGO;
  const goesOn = new Set(elsewhere.flatMap((other) => toldAlerts(other).firing.map(({ fingerprint }) => fingerprint)));
  const over = ended.filter(({ fingerprint }) => !goesOn.has(fingerprint));
  return [...firing.map(head(notice)), ...over.map((alert) => ({ ...head(notice)(alert), endsAt }))];
}

/** Only what goes on. */
export const reminders = (notices: readonly Notice[]): PostableAlert[] =>
  notices.flatMap((notice) => toldAlerts(notice).firing.map(head(notice)));

/** It refuses all of what it is sent for one link that it cannot read. */
const head =
  ({ url }: Notice) =>
  ({ labels, annotations }: ToldAlert): PostableAlert => ({
    labels,
    annotations,
    ...(url !== null && URL.canParse(url) ? { generatorURL: new URL(url).href } : {}),
  });

/** "Thu, 26 Nov 2026 18:00:00 GMT" (RFC 9110), as RFC 3339; null = not readable. */
export function readHttpDate(date: string | null): string | null {
  const parsed = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/.exec(date ?? "");
  const month = MONTHS.indexOf(parsed?.[2] ?? "") + 1;
  if (parsed === null || month === 0) return null;
  return `${parsed[3]}-${String(month).padStart(2, "0")}-${parsed[1]}T${parsed[4]}Z`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

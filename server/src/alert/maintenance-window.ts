import { BILLION, formatUtc, parseUtc, type UtcInstant, utc } from "@truebound/time";
import {
  type HostGroup,
  type Maintenance,
  type MaintenanceRequest,
  type MaintenanceView,
  WEEKDAYS,
  type Weekly,
  type Whom,
  type WindowTime,
} from "@truebound/wire";
import type { LabelSet } from "../policy/choose-policy.ts";
import { isMeant, type Setting } from "./alert-config.ts";
import { inMaintenance, weeklyTimes } from "./calendar.ts";
import { whomWords } from "./rule-words.ts";
import { isIanaTimezone } from "./zone-time.ts";

export interface CoverableHost {
  readonly id: string;
  readonly name: string;
  readonly labels: LabelSet;
}

/** Whether nobody is told of a host while the window holds. */
export const covers = (
  { hosts, names }: Pick<Maintenance, "hosts" | "names">,
  { id, name, labels }: CoverableHost,
  groups: readonly Setting<HostGroup>[],
): boolean => (names === undefined || names.includes(name) || names.includes(id)) && isMeant(labels, hosts, groups);

/** One of every week is never past. */
export function windowState(window: Maintenance, now: UtcInstant): MaintenanceView["state"] {
  if (inMaintenance(window, now)) return "running";
  const end = window.once === undefined ? null : parseUtc(window.once.to);
  return end !== null && end <= now ? "past" : "coming";
}

/** Times of a window of every week from now on; the first may be running. */
export const nextTimes = (weekly: Weekly, now: UtcInstant, most: number): WindowTime[] =>
  weeklyTimes(weekly, now, most).map(({ from, to }) => ({ from: instantOf(from), to: instantOf(to) }));

const instantOf = (seconds: number): string => formatUtc(utc(BigInt(seconds) * BILLION));

const NAMED = 5;

/** Of which hosts it is. */
export function coveredWords({ hosts, names }: { readonly hosts: Whom; readonly names?: readonly string[] }): string {
  if (names === undefined) return whomWords(hosts);
  const shown = names.slice(0, NAMED).join(", ");
  const list = names.length > NAMED ? `${shown} and ${names.length - NAMED} more` : shown;
  const isAny = hosts.group === undefined && Object.keys(hosts.labels ?? {}).length === 0;
  return isAny ? list : `${list}, of ${whomWords(hosts)}`;
}

const LONGEST_D = 90;
const FURTHEST_D = 366;
const days = (count: number): bigint => BigInt(count * 86_400) * BILLION;

export type Wished = Omit<Maintenance, "name">;

/** What a person asked for as a window, or what is wrong with it. */
export function wishedWindow({ names, labels, from, to, weekly, comment }: MaintenanceRequest, now: UtcInstant): Wished | string {
  const when = wishedTime({ from, to, weekly }, now);
  if (typeof when === "string") return when;
  return { hosts: Object.keys(labels).length === 0 ? {} : { labels }, ...(names === undefined ? {} : { names }), comment, ...when };
}

type When = Pick<Maintenance, "once" | "weekly">;
type AskedTime = { readonly [K in "from" | "to" | "weekly"]: MaintenanceRequest[K] | undefined };

function wishedTime({ from, to, weekly }: AskedTime, now: UtcInstant): When | string {
  if (to !== undefined && weekly === undefined) return wishedOnce(from, to, now);
  if (weekly === undefined) return "Say either its end, or on which days of every week it comes";
  if (to !== undefined || from !== undefined)
    return "It comes every week, so it has no beginning and no end: say either these, or its days";
  const wrong = weeklyFault(weekly);
  return wrong ?? { weekly: { ...weekly, days: WEEKDAYS.filter((day) => weekly.days.includes(day)) } };
}

/** Null = nothing is wrong with it. */
export const weeklyFault = ({ timezone }: Weekly): string | null =>
  isIanaTimezone(timezone)
    ? null
    : `This server knows no timezone ${JSON.stringify(timezone.slice(0, 64))}: write its IANA name, such as Europe/London or UTC`;

/** What has passed already keeps nobody quiet any more: it begins now. */
function wishedOnce(from: string | undefined, to: string, now: UtcInstant): When | string {
  const [asked, end] = [from === undefined ? now : parseUtc(from), parseUtc(to)];
  if (asked === null || end === null) return "Cannot read its times: write them as 2026-11-28T06:00:00Z, with an offset or Z";
  const begin = asked < now ? now : asked;
  if (end <= now) return "It would be over already: its end must be after now";
  if (end <= begin) return "Its end must be after its beginning";
  if (end - begin > days(LONGEST_D)) return `It would last longer than ${LONGEST_D} days, which is the most`;
  if (begin - now > days(FURTHEST_D)) return "It would begin more than a year from now, which is the furthest";
  return { once: { from: formatUtc(begin), to: formatUtc(utc(end)) } };
}

/** The window as it stands once somebody ended it now; null = it had not begun, and is none. */
export function endedWindow(window: Maintenance, now: UtcInstant): Maintenance | null {
  const state = windowState(window, now);
  if (window.once === undefined || state === "coming") return null;
  return state === "past" ? window : { ...window, once: { ...window.once, to: formatUtc(now) } };
}

import type { MaintenanceRequest, Weekly } from "@truebound/wire";
import { toMs } from "../../format/instant.ts";
import { secondIn, zoneText } from "../../format/zone.ts";
import { labelsOf } from "../admin/labels-text.ts";

export type Whose = "names" | "labels" | "all";
export type Rhythm = "once" | "weekly";

/** As it stands in the form. */
export interface TypedWindow {
  readonly whose: Whose;
  readonly hosts: string;
  readonly rhythm: Rhythm;
  /** Minutes of UTC without a zone, as the browser's field has them. */
  readonly from: string;
  readonly to: string;
  /** Of every week: its days, and times of day by the wall clock of its timezone. */
  readonly days: readonly Weekly["days"][number][];
  readonly at: string;
  readonly until: string;
  readonly timezone: string;
  readonly comment: string;
}

/** What to send, or what is wrong with what was typed. The server reads it; this only says it sooner. */
export function windowWish(typed: TypedWindow, who: string): MaintenanceRequest | string {
  const named = whoseOf(typed);
  if (typeof named === "string") return named;
  const when = typed.rhythm === "once" ? onceOf(typed) : weeklyOf(typed);
  if (typeof when === "string") return when;
  const comment = typed.comment.trim();
  if (comment === "") return "Say what is done";
  if (who.trim() === "") return "Say who you are";
  return { ...named, ...("days" in when ? { weekly: when } : when), comment, who: who.trim() };
}

function whoseOf({ whose, hosts }: TypedWindow): Pick<MaintenanceRequest, "names" | "labels"> | string {
  if (whose === "all") return { labels: {} };
  if (whose === "names") {
    const names = hosts.split(/[\s,]+/).filter((name) => name !== "");
    return names.length === 0 ? "Name the hosts, with a comma between" : { names, labels: {} };
  }
  const labels = labelsOf(hosts);
  if (typeof labels === "string") return labels;
  return Object.keys(labels).length === 0 ? "Say which labels its hosts carry, such as rack=r1" : { labels };
}

function onceOf({ from, to }: TypedWindow): Pick<MaintenanceRequest, "from" | "to"> | string {
  const [begin, end] = [instantOf(from), instantOf(to)];
  if (end === null) return "Say when it ends";
  if (from !== "" && from >= to) return "Its end must be after its beginning";
  return { ...(begin === null ? {} : { from: begin }), to: end };
}

const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;
const DAY_MIN = 24 * 60;

/** From one time of day to the other, which is on the next day where it is not later: what the wall clock does meanwhile does not count. */
export function weeklyOf({ days, at, until, timezone }: TypedWindow): Weekly | string {
  const [begin, end] = [minutesOf(at), minutesOf(until)];
  if (days.length === 0) return "Choose the days of the week on which it begins";
  if (begin === null) return "Say at what time of day it begins";
  if (end === null) return "Say at what time of day it ends";
  if (timezone.trim() === "") return "Say by the clock of which timezone, such as Europe/London or UTC";
  const minutes = end > begin ? end - begin : end - begin + DAY_MIN;
  return { days: [...days], at, for_s: minutes * 60, timezone: timezone.trim() };
}

function minutesOf(text: string): number | null {
  const [, hour, minute] = TIME_OF_DAY.exec(text) ?? [];
  return hour === undefined ? null : Number(hour) * 60 + Number(minute);
}

const MINUTE = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;

/** A minute of UTC as an instant; null = none. */
const instantOf = (minute: string): string | null => (MINUTE.test(minute) ? `${minute}:00Z` : null);

/** The same minute by the reader's own wall clock; empty where that is UTC, or there is none. */
export function hereWords(minute: string): string {
  const at = instantOf(minute);
  if (at === null || zoneText(toMs(at), "local") === "UTC+00:00") return "";
  return `here ${secondIn(at, "local").replace(/:00 UTC/, " UTC")}`;
}

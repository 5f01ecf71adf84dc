import type { MaintenanceRequest } from "@truebound/wire";
import { toMs } from "../../format/instant.ts";
import { secondIn, zoneText } from "../../format/zone.ts";
import { labelsOf } from "../admin/labels-text.ts";

export type Whose = "names" | "labels" | "all";

/** As it stands in the form; times are minutes of UTC without a zone, as the browser's field has them. */
export interface TypedWindow {
  readonly whose: Whose;
  readonly hosts: string;
  readonly from: string;
  readonly to: string;
  readonly comment: string;
}

/** What to send, or what is wrong with what was typed. The server reads it; this only says it sooner. */
export function windowWish({ whose, hosts, from, to, comment }: TypedWindow, who: string): MaintenanceRequest | string {
  const named = whoseOf(whose, hosts);
  if (typeof named === "string") return named;
  if (instantOf(to) === null) return "Say when it ends";
  if (from !== "" && from >= to) return "Its end must be after its beginning";
  if (comment.trim() === "") return "Say what is done";
  if (who.trim() === "") return "Say who you are";
  const begin = instantOf(from);
  return { ...named, ...(begin === null ? {} : { from: begin }), to: instantOf(to) ?? to, comment: comment.trim(), who: who.trim() };
}

function whoseOf(whose: Whose, hosts: string): Pick<MaintenanceRequest, "names" | "labels"> | string {
  if (whose === "all") return { labels: {} };
  if (whose === "names") {
    const names = hosts.split(/[\s,]+/).filter((name) => name !== "");
    return names.length === 0 ? "Name the hosts, with a comma between" : { names, labels: {} };
  }
  const labels = labelsOf(hosts);
  if (typeof labels === "string") return labels;
  return Object.keys(labels).length === 0 ? "Say which labels its hosts carry, such as rack=r1" : { labels };
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

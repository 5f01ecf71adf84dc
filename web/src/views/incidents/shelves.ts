import type { Incident } from "@truebound/wire";
import { causeWords } from "../../format/cause-words.ts";
import { certaintyLook, certaintyRank } from "../../format/certainty.ts";
import { toMs } from "../../format/instant.ts";
import { severityRank } from "../../format/severity.ts";

/** Open incidents by what is asked of the reader: those that wait for somebody, those that somebody has taken, and those that nobody is told of. */
export interface Shelves {
  readonly waiting: readonly Incident[];
  readonly acknowledged: readonly Incident[];
  readonly silenced: readonly Incident[];
}

export function shelved(incidents: readonly Incident[]): Shelves {
  const sorted = incidents.toSorted(worstFirst);
  const heard = sorted.filter(({ silenced_by }) => silenced_by === null);
  return {
    waiting: heard.filter(({ acknowledged }) => acknowledged === null),
    acknowledged: heard.filter(({ acknowledged }) => acknowledged !== null),
    silenced: sorted.filter(({ silenced_by }) => silenced_by !== null),
  };
}

/** Severity, real before rehearsed, certainty, how many hosts; among equals the newest, which is what woke somebody. */
export const worstFirst = (a: Incident, b: Incident): number =>
  severityRank(a.severity) - severityRank(b.severity) ||
  Number(a.rehearsal) - Number(b.rehearsal) ||
  certaintyRank(a.certainty) - certaintyRank(b.certainty) ||
  b.hosts - a.hosts ||
  toMs(b.opened_at) - toMs(a.opened_at);

/** A search that may be the name of a host: one word. Which hosts an incident is about only the server knows. */
export function hostSought(search: string): string | null {
  const word = search.trim();
  return word === "" || /\s/.test(word) ? null : word;
}

/** Every word must occur in what a row says, or in its rules; or else it is one of those that the host has to do with who is sought. */
export function matchingIncidents(
  incidents: readonly Incident[],
  search: string,
  severity: string | null,
  ofHost: readonly Incident[] = [],
): readonly Incident[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const byHost = new Set(ofHost.map(({ id }) => id));
  return incidents.filter((incident) => {
    if (severity !== null && incident.severity !== severity) return false;
    if (byHost.has(incident.id)) return true;
    const text = textOf(incident);
    return words.every((word) => text.includes(word));
  });
}

/** Those of a list, and those of another that it has not loaded. */
export const joined = (items: readonly Incident[], others: readonly Incident[]): readonly Incident[] => {
  const loaded = new Set(items.map(({ id }) => id));
  return [...items, ...others.filter(({ id }) => !loaded.has(id))];
};

const textOf = ({ title, cause, severity, certainty, rules, acknowledged, rehearsal, id }: Incident): string =>
  [id, title, causeWords(cause), severity, certaintyLook(certainty).words, ...rules, acknowledged?.who ?? "", rehearsal ? "rehearsal" : ""]
    .join(" ")
    .toLowerCase();

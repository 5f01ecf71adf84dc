import type { Incident } from "@truebound/wire";
import type { OpenIncidents } from "../../api/use-incidents.ts";
import { countWords } from "../../format/count-words.ts";
import { utcSecond } from "../../format/instant.ts";
import { quietWords } from "../../format/quiet-words.ts";

/** The one line of truth above all incidents. */
export interface Truth {
  readonly tone: "critical" | "warning" | "info" | "calm" | "unknown";
  readonly headline: string;
  readonly facts: readonly string[];
}

export type OpenList = Pick<OpenIncidents, "items" | "alerting" | "evaluated_at" | "judging">;

/** What counts: real faults that people are told of. */
export const counted = (items: readonly Incident[]): readonly Incident[] =>
  items.filter(({ rehearsal, silenced_by }) => !rehearsal && silenced_by === null);

/** What is old is told as past, and never as fine: that nothing is open says something only while somebody judges. */
export function truthOf(list: OpenList): Truth {
  if (list.judging.isLate) return { tone: "unknown", headline: lateWords(list), facts: [wasWords(list.items), ...factsOf(list)] };
  return { ...openWords(list.items), facts: factsOf(list) };
}

const lateWords = ({ evaluated_at }: OpenList): string =>
  evaluated_at === null ? "Nobody has judged yet" : `Nobody has judged since ${utcSecond(evaluated_at)}`;

const wasWords = (items: readonly Incident[]): string =>
  items.length === 0 ? "What is wrong now is not known" : `What is wrong now is not known; open then: ${countsOf(items).join(", ")}`;

function openWords(items: readonly Incident[]): Pick<Truth, "tone" | "headline"> {
  const real = counted(items);
  if (real.length > 0) return { tone: toneOf(real), headline: countsOf(real).join(", ") };
  if (items.length === 0) return { tone: "calm", headline: "Nothing is open" };
  return { tone: "info", headline: "Nothing is open but what is rehearsed or silenced" };
}

const SEVERITIES = ["critical", "warning", "info"] as const;

/** "2 critical", "1 warning"; a severity that this page does not know by its own name. */
function countsOf(items: readonly Incident[]): string[] {
  const names = [...new Set<string>([...SEVERITIES, ...items.map(({ severity }) => severity)])];
  return names
    .map((name) => ({ name, count: items.filter(({ severity }) => severity === name).length }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name === "warning" && count > 1 ? "warnings" : name}`);
}

const toneOf = (items: readonly Incident[]): Truth["tone"] =>
  SEVERITIES.find((name) => items.some(({ severity }) => severity === name)) ?? "critical";

function factsOf({ items, alerting }: OpenList): string[] {
  const taken = counted(items).filter(({ acknowledged }) => acknowledged !== null).length;
  const silenced = items.filter(({ silenced_by }) => silenced_by !== null).length;
  const rehearsed = items.filter(({ rehearsal, silenced_by }) => rehearsal && silenced_by === null).length;
  return [
    taken === 0 ? null : `${taken} acknowledged`,
    silenced === 0 ? null : `${silenced} silenced, ${quietWords(alerting)}`,
    rehearsed === 0 ? null : `${countWords(rehearsed, "rehearsal")}, no real fault`,
    alerting === "prometheus" ? "a Prometheus tells people, not this server" : null,
  ].filter((fact) => fact !== null);
}

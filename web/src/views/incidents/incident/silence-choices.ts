import type { Alert, Cause, IncidentDetail, Matchers } from "@truebound/wire";
import { causeWords } from "../../../format/cause-words.ts";

/** What a silence from an incident's page may match: in words, as matchers, and which of the alerts here. */
export interface SilenceChoice {
  readonly words: string;
  readonly matchers: Matchers;
  readonly matched: readonly Alert[];
}

/** By which alerts name what they have in common. A kind that this page does not know has none. */
const LABELS: Readonly<Record<string, string>> = {
  host: "host",
  source: "source",
  upstream: "source",
  group: "group",
  mesh: "group",
  server: "group",
  fleet: "group",
} satisfies Record<Cause["kind"], string>;

/** All of the cause first, where alerts name it; then each rule, of that cause alone where they do. */
export function silenceChoices(incident: IncidentDetail): SilenceChoice[] {
  const { cause, rules, members } = incident;
  const label = cause.name === "" ? undefined : LABELS[cause.kind];
  const ofCause: Matchers = label === undefined ? {} : { [label]: cause.name };
  const where = label === undefined ? ", wherever it holds" : ` of ${causeWords(cause)}`;
  const choice = (words: string, matchers: Matchers): SilenceChoice => ({
    words,
    matchers,
    matched: members.filter((alert) => matches({ ...labelsOf(alert), ...(isNamedBy(cause, alert) ? ofCause : {}) }, matchers)),
  });
  const all = label === undefined ? [] : [choice(`everything${where}`, ofCause)];
  return [...all, ...rules.map((rule) => choice(`${rule}${where}`, { alertname: rule, ...ofCause }))];
}

/** Whoever keeps a bad source quiet does not mean a host that it led astray. */
const isNamedBy = ({ kind }: Cause, { severity }: Alert): boolean => kind !== "source" || severity !== "critical";

/** An alert's labels, as silences are matched against them. */
export const labelsOf = ({ rule, severity, finding, host, source, labels }: Alert): Readonly<Record<string, string>> => ({
  ...labels,
  alertname: rule,
  severity,
  finding,
  ...(host === null ? {} : { host: host.name }),
  ...(source === null ? {} : { source }),
});

const matches = (labels: Readonly<Record<string, string>>, matchers: Matchers): boolean =>
  Object.entries(matchers).every(([name, value]) => labels[name] === value);

/** `host="db-1" alertname="host_silent"` */
export const matchersText = (matchers: Matchers): string =>
  Object.entries(matchers)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(" ");

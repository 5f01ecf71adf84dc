import type { Alert, IncidentDetail, Matchers } from "@truebound/wire";

/** What a silence from an incident's page may match: in words, as matchers, and which of the alerts here. */
export interface SilenceChoice {
  readonly words: string;
  readonly matchers: Matchers;
  readonly matched: readonly Alert[];
}

/** Causes that alerts carry as a label of the same name. */
const LABELLED: readonly string[] = ["host", "source", "group"];

/** All of the cause first, where alerts name it; then each rule, of that cause alone where they do. */
export function silenceChoices(incident: IncidentDetail): SilenceChoice[] {
  const { cause, rules, members } = incident;
  const isNamed = LABELLED.includes(cause.kind) && cause.name !== "";
  const ofCause: Matchers = isNamed ? { [cause.kind]: cause.name } : {};
  const where = isNamed ? ` of ${cause.kind} ${cause.name}` : ", wherever it holds";
  const choice = (words: string, matchers: Matchers): SilenceChoice => ({
    words,
    matchers,
    matched: members.filter((alert) => matches({ ...labelsOf(alert), ...ofCause }, matchers)),
  });
  const all = isNamed ? [choice(`everything${where}`, ofCause)] : [];
  return [...all, ...rules.map((rule) => choice(`${rule}${where}`, { alertname: rule, ...ofCause }))];
}

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

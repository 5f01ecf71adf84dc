import { atMost } from "@truebound/time";
import type { Alert, Cause, Incident, Notice } from "@truebound/wire";
import { causeLabel } from "../alert/cause-label.ts";
import { fingerprint } from "./fingerprint.ts";

/** An alert as others know it: by its labels alone. */
export interface ToldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fingerprint: string;
  readonly since: string;
  /** Null = it goes on. */
  readonly endedAt: string | null;
}

/** What goes on after a notice, and what is over since the one before. */
export interface Told {
  readonly firing: readonly ToldAlert[];
  readonly over: readonly ToldAlert[];
}

/**
 * Several alerts may be one for others: a group's or a source's incident has one for each rule, whatever number of hosts it is
 * about. One that ended for some of them is over only once it is for all.
 */
export function toldAlerts(notice: Notice): Told {
  const { incident } = notice;
  const known = merged(notice.alerts, notice);
  const named = known.size > 0 ? known : bare(notice);
  if (notice.kind === "resolved") return { firing: [], over: [...merged(notice.ended, notice, named).values()].map(ended(notice)) };
  const firing = [...named.values()].map((alert) => ({ ...alert, endedAt: null }));
  const over = [...merged(notice.ended, notice).values()].filter(
    (alert) => !named.has(alert.fingerprint) && !(notice.more > 0 && incident.rules.includes(alert.labels.alertname ?? "")),
  );
  return { firing, over: over.map(ended(notice)) };
}

const ended =
  ({ incident, at }: Notice) =>
  (alert: ToldAlert): ToldAlert => ({ ...alert, endedAt: alert.endedAt ?? incident.resolved_at ?? at });

function merged(
  alerts: readonly Alert[],
  notice: Notice,
  into: ReadonlyMap<string, ToldAlert> = new Map(),
): ReadonlyMap<string, ToldAlert> {
  const all = new Map(into);
  for (const alert of alerts) {
    const told = toldAlert(alert, notice);
    if (!all.has(told.fingerprint)) all.set(told.fingerprint, told);
  }
  return all;
}

function toldAlert(alert: Alert, notice: Notice): ToldAlert {
  const labels = labelsOf(alert, notice.incident.cause);
  return {
    labels,
    annotations: { ...annotationsOf(notice), ...ownSummary(alert, notice), ...annotationsOfAlert(alert) },
    fingerprint: fingerprint(labels),
    since: alert.since,
    endedAt: alert.ended_at,
  };
}

/** Of an incident of one host an alert names the host, and the source where it has one; of any other it names what they share. */
export function labelsOf(alert: Alert, cause: Cause): Record<string, string> {
  const { rule, severity, finding, host, source } = alert;
  const own = { ...alert.labels, alertname: rule, severity, finding };
  if (cause.kind !== "host") return { ...own, ...causeLabel(cause) };
  return { ...own, host: host?.name ?? cause.name, ...(source === null ? {} : { source }) };
}

/** Of a notice that lists no alert: one for each of its rules. */
function bare(notice: Notice): ReadonlyMap<string, ToldAlert> {
  const { incident } = notice;
  const { cause, severity } = incident;
  const told = (rule: string): ToldAlert => {
    const labels = { alertname: rule, severity, ...causeLabel(cause) };
    return { labels, annotations: annotationsOf(notice), fingerprint: fingerprint(labels), since: incident.opened_at, endedAt: null };
  };
  return new Map(incident.rules.map((rule) => [told(rule).fingerprint, told(rule)]));
}

/** A certainty changes while an alert goes on, and an alert whose labels changed would be another one. */
const annotationsOf = ({ incident, url }: Notice): Record<string, string> => ({
  summary: incident.title,
  certainty: incident.certainty,
  incident: incident.id,
  ...(incident.rehearsal ? { rehearsal: "true" } : {}),
  ...(url === null ? {} : { incident_url: url }),
});

/** Of one host each alert says its own; of many one alert stands for all of a rule, and only the incident's title is of them all. */
const ownSummary = ({ words, certainty }: Alert, { incident: { cause, rehearsal } }: Notice): Record<string, string> =>
  cause.kind === "host" ? { summary: rehearsal ? `Rehearsal: ${words}` : words, certainty } : {};

const annotationsOfAlert = (alert: Alert): Record<string, string> => ({
  description: alert.words,
  runbook_url: alert.runbook,
  ...(alert.limit_ns === null ? {} : { limit: atMost(BigInt(alert.limit_ns)) }),
  ...(alert.dominant === null ? {} : { dominant: alert.dominant }),
});

/** What people call the incident in one line, and what it has become. */
export function headline({ incident, kind }: Pick<Notice, "incident" | "kind">): string {
  const heads = { opened: "", changed: "Changed: ", acknowledged: "Acknowledged: ", resolved: "Resolved: " } as const;
  return `${heads[kind]}${incident.title}`;
}

export const CERTAIN: Readonly<Record<Incident["certainty"], string>> = {
  proved_outside: "proved outside",
  cannot_prove: "cannot be proved inside",
  no_evidence: "no evidence",
  proved_inside: "proved inside",
};

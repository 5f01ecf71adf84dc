import type { Alert, Notice } from "@truebound/wire";
import { CERTAIN } from "./told-alerts.ts";

const MOST_ALERTS = 10;

/** What is said of a notice beside its headline, the same in every channel that people read. */
export interface Facts {
  readonly pairs: readonly (readonly [name: string, value: string])[];
  /** A line for each alert, the worst first. */
  readonly alerts: readonly string[];
  readonly runbooks: readonly string[];
}

export function factsOf(notice: Notice): Facts {
  const { incident, alerts } = notice;
  const shown = alerts.slice(0, MOST_ALERTS);
  const others = alerts.length - shown.length + notice.more;
  const lines = shown.map(lineOf);
  return {
    pairs: [
      ["Severity", incident.severity],
      ["Certainty", CERTAIN[incident.certainty]],
      ["Hosts", String(incident.hosts)],
      ["Since", incident.opened_at],
      ...(incident.acknowledged === null ? [] : [["Acknowledged by", incident.acknowledged.who] as const]),
      ...(incident.resolved_at === null ? [] : [["Over since", incident.resolved_at] as const]),
    ],
    alerts: others > 0 ? [...lines, others === 1 ? "and one other" : `and ${others} others`] : lines,
    runbooks: [...new Set(shown.map(({ runbook }) => runbook))],
  };
}

const lineOf = ({ host, rule, words }: Alert): string => `${host === null ? "" : `${host.name}: `}${words} (${rule})`;

/** On one line, and no longer than `most` UTF-16 units; what is cut says so. */
export function oneLine(text: string, most: number): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
  return line.length <= most ? line : `${line.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

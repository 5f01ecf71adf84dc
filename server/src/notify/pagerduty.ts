import type { Notice } from "@truebound/wire";
import { factsOf, oneLine } from "./facts.ts";
import { incidentKey } from "./incident-key.ts";
import { headline } from "./told-alerts.ts";

/** What Events v2 takes at most. */
const SUMMARY = 1024;
const DEDUP_KEY = 255;
const SHORT = 255;

export const PAGERDUTY = "https://events.pagerduty.com/v2/enqueue";

const ACTIONS = { opened: "trigger", changed: "trigger", acknowledged: "acknowledge", resolved: "resolve" } as const;

/** Events of one key are one incident there, and two installations may share a service. */
export const dedupKey = (notice: Notice): string => incidentKey(notice).slice(0, DEDUP_KEY);

export function pagerdutyBody(routingKey: string, notice: Notice, pageUrl: string | null) {
  const action = ACTIONS[notice.kind];
  const head = { routing_key: routingKey, event_action: action, dedup_key: dedupKey(notice) };
  if (action !== "trigger") return head;
  return {
    ...head,
    client: "Truebound",
    ...(pageUrl === null ? {} : { client_url: pageUrl }),
    ...(notice.url === null ? {} : { links: [{ href: notice.url, text: `Incident ${notice.incident.id}` }] }),
    payload: payloadOf(notice),
  };
}

function payloadOf(notice: Notice) {
  const { incident } = notice;
  const { pairs, alerts, runbooks } = factsOf(notice);
  return {
    summary: oneLine(headline({ ...notice, kind: "opened" }), SUMMARY),
    source: oneLine(incident.cause.name, SHORT),
    severity: incident.severity,
    timestamp: incident.opened_at.replace(/(\.\d{3})\d*Z$/, "$1Z"),
    component: "clock",
    group: oneLine(`${incident.cause.kind}: ${incident.cause.name}`, SHORT),
    class: oneLine(incident.rules.join(", "), SHORT),
    custom_details: {
      ...Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase().replaceAll(" ", "_"), value])),
      alerts: alerts.map((line) => oneLine(line, 500)),
      runbooks,
    },
  };
}

import type { Notice } from "@truebound/wire";
import { type ToldAlert, toldAlerts } from "./told-alerts.ts";

const GOES_ON = "0001-01-01T00:00:00Z";

/** The body that an Alertmanager posts (version 4), so that what takes its webhooks takes ours; `truebound` is the notice itself. */
export function webhookBody(receiver: string, notice: Notice, pageUrl: string | null) {
  const { firing, over } = toldAlerts(notice);
  const alerts = [...firing, ...over];
  return {
    version: "4",
    groupKey: `{}:{incident="${notice.incident.id}"}`,
    truncatedAlerts: notice.more,
    status: notice.kind === "resolved" ? "resolved" : "firing",
    receiver,
    groupLabels: { incident: notice.incident.id },
    commonLabels: shared(alerts.map(({ labels }) => labels)),
    commonAnnotations: shared(alerts.map(({ annotations }) => annotations)),
    externalURL: pageUrl ?? "",
    alerts: alerts.map((alert) => webhookAlert(alert, notice.url)),
    truebound: notice,
  };
}

const webhookAlert = ({ labels, annotations, fingerprint, since, endedAt }: ToldAlert, url: string | null) => ({
  status: endedAt === null ? "firing" : "resolved",
  labels,
  annotations,
  startsAt: since,
  endsAt: endedAt ?? GOES_ON,
  generatorURL: url ?? "",
  fingerprint,
});

function shared(sets: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...rest] = sets;
  return Object.fromEntries(Object.entries(first).filter(([name, value]) => rest.every((set) => set[name] === value)));
}

/** What the signature is over: whoever kept an old request cannot give it another time. */
export const signedText = (timestamp: string, body: string): string => `${timestamp}.${body}`;

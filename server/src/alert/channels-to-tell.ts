import type { Alert, Severity } from "@truebound/wire";
import { type AlertConfig, isMeant } from "./alert-config.ts";

/** Enabled channels for such a severity and one of its hosts, and those that were told of the incident before. */
export function channelsToTell(
  severity: Severity,
  alerts: readonly Pick<Alert, "host">[],
  before: readonly string[],
  { channels, groups, settings }: AlertConfig,
): string[] {
  if (settings.alerting === "prometheus") return [];
  return channels
    .filter(({ body }) => body.enabled)
    .filter(({ body: { name, severities, hosts } }) => {
      const isForHosts = hosts === undefined || alerts.some(({ host }) => host !== null && isMeant(host.labels, hosts, groups));
      return before.includes(name) || (severities.includes(severity) && isForHosts);
    })
    .map(({ body }) => body.name);
}

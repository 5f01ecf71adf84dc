import type { Notice } from "@truebound/wire";

/**
 * By which others know the incident, whatever installation they hear of: what the keys of its notices have in common, and when it
 * opened, for a database that was set back to an older state counts on from there.
 */
export function incidentKey({ key, ordinal, incident }: Notice): string {
  const last = `-${ordinal}`;
  const common = key.endsWith(last) ? key.slice(0, -last.length) : key;
  return `${common}-${incident.opened_at.replace(/[^0-9]/g, "")}`;
}

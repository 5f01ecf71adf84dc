import { formatUtc, utc } from "@truebound/time";
import type { Alert, AlertSettings, Channel, Incident, Notice } from "@truebound/wire";
import { ask } from "./database.ts";

/** Incidents and what is to be told of them, written as the judge of alerts writes them. */
export const HOST = { id: "11111111-2222-3333-4444-555555555555", name: "db-1", labels: { site: "fra" } };

export const alertOf = (incident: string, more: Partial<Alert> = {}): Alert => ({
  id: "1",
  rule: "proved_outside_limit",
  finding: "proved_outside_limit",
  host: HOST,
  source: null,
  severity: "critical",
  certainty: "proved_outside",
  since: "2026-11-26T10:00:00.000000000Z",
  ended_at: null,
  limit_ns: "100000",
  guaranteed: { lo_ns: "3000000", hi_ns: "3400000" },
  dominant: "offset",
  evidence: { epoch: 1, seq: 7 },
  words: "3.2 ms behind UTC, at most 3.4 ms; the limit is 100 µs",
  labels: { team: "db" },
  runbook: "http://page.example/runbook/proved_outside_limit",
  incident,
  ...more,
});

export const incidentOf = (id: string, more: Partial<Incident> = {}): Incident => ({
  id,
  cause: { kind: "host", key: `host:${HOST.id}`, name: HOST.name },
  title: "db-1 is proved to be outside its limit",
  severity: "critical",
  certainty: "proved_outside",
  opened_at: "2026-11-26T10:00:00.000000000Z",
  changed_at: "2026-11-26T10:00:00.000000000Z",
  resolved_at: null,
  absorbed_by: null,
  acknowledged: null,
  silenced_by: null,
  rehearsal: false,
  rules: ["proved_outside_limit"],
  alerts: 1,
  hosts: 1,
  ...more,
});

export function noticeOf(kind: Notice["kind"], incident: Incident, ordinal = 1, more: Partial<Notice> = {}): Notice {
  const isOver = kind === "resolved";
  const at = "2026-11-26T10:00:05.000000000Z";
  return {
    version: 1,
    key: `truebound-1a2b3c4d-${incident.id}-${ordinal}`,
    kind,
    ordinal,
    at,
    incident: isOver ? { ...incident, resolved_at: at } : incident,
    alerts: [alertOf(incident.id, isOver ? { ended_at: at } : {})],
    more: 0,
    ended: [],
    url: `http://page.example/incidents/${incident.id}`,
    ...more,
  };
}

const OPEN = `
  insert into incident (cause_kind, cause_key, cause_name, title, severity, certainty, rules, alerts, hosts)
  values ($1, $2, $3, $4, $5, $6, $7, 1, 1) returning id, utc_ns(opened_at) as opened_ns`;

/** An open incident of a cause of its own. */
export async function openIncident(url: string, name: string, more: Partial<Incident> = {}): Promise<Incident> {
  const made = incidentOf("1", { cause: { kind: "host", key: `host:${name}`, name }, title: `${name} is outside its limit`, ...more });
  const { cause, title, severity, certainty, rules } = made;
  const values = [cause.kind, cause.key, cause.name, title, severity, certainty, rules];
  const [row] = await ask<{ id: bigint; opened_ns: bigint }>(url, OPEN, values);
  return { ...made, id: String(row?.id), opened_at: formatUtc(utc(row?.opened_ns ?? 0n)) };
}

const TELL = `
  with named as (update incident set notices = notices + 1, told = true,
      resolved_at = case when $2 = 'resolved' then clock_timestamp() else resolved_at end
    where id = $1 returning id, notices),
  written as (insert into notice (incident_id, ordinal, kind, content)
    select id, notices, $2, jsonb_set(jsonb_set($3::jsonb, '{ordinal}', to_jsonb(notices)), '{key}', to_jsonb('truebound-' || id || '-' || notices)) from named
    returning id, incident_id, ordinal)
  insert into delivery (notice_id, channel, incident_id, ordinal)
  select written.id, channel, incident_id, ordinal from written cross join unnest($4::text[]) as channel`;

/** State change and outbox in one statement. */
export async function tell(url: string, incident: Incident, kind: Notice["kind"], channels: readonly string[], more: Partial<Notice> = {}) {
  const host = { ...HOST, name: incident.cause.name };
  const alerts = [alertOf(incident.id, { host, ...(kind === "resolved" ? { ended_at: "2026-11-26T10:00:05.000000000Z" } : {}) })];
  await ask(url, TELL, [incident.id, kind, JSON.stringify(noticeOf(kind, incident, 1, { alerts, ...more })), channels]);
}

export const setChannel = (url: string, channel: Channel) =>
  ask(
    url,
    "insert into alert_object (kind, name, body, origin, who) values ('channel', $1, $2, 'person', 'test') on conflict (kind, name) do update set body = excluded.body",
    [channel.name, JSON.stringify(channel)],
  );

export const setSettings = (url: string, settings: Partial<AlertSettings>) =>
  ask(url, "insert into alert_setting (body) values ($1) on conflict (one) do update set body = excluded.body", [JSON.stringify(settings)]);

export const channelHead = (name: string) => ({
  name,
  severities: ["critical" as const, "warning" as const, "info" as const],
  enabled: true,
  allow_private: true,
});

export const deliveriesOf = (url: string, incident: Incident) =>
  ask<{ kind: string; channel: string; state: string; attempts: number; error: string | null }>(
    url,
    `select notice.kind, channel, state, attempts, error from delivery join notice on notice.id = notice_id
     where delivery.incident_id = $1 order by delivery.ordinal, channel`,
    [incident.id],
  );

export const storyOf = async (url: string, incident: Incident): Promise<string[]> =>
  (
    await ask<{ line: string }>(url, "select kind || ': ' || words as line from incident_entry where incident_id = $1 order by ordinal", [
      incident.id,
    ])
  ).map(({ line }) => line);

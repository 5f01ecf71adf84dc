import pg from "pg";
import { NOTICE } from "../src/notify/notice.fixture.ts";
import { ask } from "./database.ts";

/** Takes the seat of whoever judges alerts, so that what a test writes stays as it wrote it. */
export async function withoutJudge(url: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  await client.query("select pg_advisory_lock(hashtext('truebound alerts'))");
  return () => client.end();
}

export interface AlertGiven {
  readonly host?: string;
  readonly rule?: string;
  readonly severity?: string;
  readonly labels?: Record<string, string>;
  readonly hostLabels?: Record<string, string>;
  readonly ended?: boolean;
}

export interface IncidentGiven {
  readonly cause?: readonly [kind: string, key: string, name: string];
  readonly severity?: string;
  readonly told?: boolean;
  readonly resolved?: boolean;
  readonly silencedBy?: string;
  /** Of the last notice that was written. */
  readonly notices?: number;
  /** Channels that were told that it opened, in the last notice. */
  readonly channels?: readonly string[];
  readonly alerts?: readonly AlertGiven[];
}

const INCIDENT = `
  insert into incident (cause_kind, cause_key, cause_name, title, severity, certainty, rules, alerts, hosts, told, resolved_at, silenced_by, notices)
  values ($1, $2, $3, $4, $5, 'proved_outside', $6, $7, $7, $8, case when $9 then clock_timestamp() end, $10, $11) returning id`;
const ALERTS = `
  insert into alert (incident_id, rule, finding, about_host, host_name, host_labels, subject, severity, certainty, limit_ns, lo_ns, hi_ns, dominant,
    epoch, seq, words, labels, runbook, ended_at)
  select $1::bigint, rule, 'host_silent', md5(host)::uuid, host, host_labels, host || gen_random_uuid()::text, severity, 'proved_outside', 100000000,
    200000000, 300000000, 'offset', 1, 7, host || ' is silent', labels, '/runbook/' || rule, case when ended then clock_timestamp() end
  from jsonb_to_recordset($2) as given(host text, rule text, severity text, labels jsonb, host_labels jsonb, ended boolean)`;

const TOLD = `
  with written as (insert into notice (incident_id, ordinal, kind, content) values ($1, $2, 'opened', $4::json) returning id)
  insert into delivery (notice_id, channel, incident_id, ordinal, state, delivered_at)
  select id, unnest($3::text[]), $1, $2, 'delivered', clock_timestamp() from written`;

let made = 0;

/** An incident with its alerts, as the judge writes them. */
export async function writeIncident(url: string, given: IncidentGiven = {}): Promise<string> {
  const { alerts = [{}], told = false, resolved = false, severity = "critical" } = given;
  const name = `host-${++made}`;
  const [kind, key, called] = given.cause ?? ["host", `host:${name}`, name];
  const rules = [...new Set(alerts.map(({ rule = "host_silent" }) => rule))];
  const values = [
    kind,
    key,
    called,
    `${called} is silent`,
    severity,
    rules,
    alerts.length,
    told,
    resolved,
    given.silencedBy ?? null,
    given.notices ?? 0,
  ];
  const [row] = await ask<{ id: bigint }>(url, INCIDENT, values);
  const id = (row as { id: bigint }).id.toString();
  const rowsOf = alerts.map(
    ({ host = name, rule = "host_silent", labels = {}, hostLabels = {}, ended = resolved, severity: own = severity }) => ({
      host,
      rule,
      severity: own,
      labels,
      host_labels: hostLabels,
      ended,
    }),
  );
  await ask(url, ALERTS, [id, JSON.stringify(rowsOf)]);
  if (given.channels !== undefined)
    await ask(url, TOLD, [id, given.notices ?? 0, given.channels, JSON.stringify({ ...NOTICE, ordinal: given.notices ?? 0 })]);
  return id;
}

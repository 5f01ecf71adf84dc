import type { Certainty, FindingKind, Severity } from "@truebound/wire";
import type { OpenAlert } from "../../alert/alert.ts";
import type { CauseKind } from "../../alert/cause.ts";
import type { Dominant } from "../../alert/certainty.ts";
import { keyOf } from "../../alert/conditions.ts";
import type { OpenIncident, Told } from "../../alert/incident.ts";
import type { OpenBook } from "../../alert/plan.ts";
import { WITHOUT_CHANNEL } from "../../notify/ports.ts";
import type { LabelSet } from "../../policy/choose-policy.ts";
import type { Queryable } from "./pool.ts";

export const ALERT_COLUMNS = `a.id, a.incident_id, a.rule, a.finding, a.about_host, a.host_name, a.host_labels, a.source, a.subject, a.severity,
  a.certainty, a.limit_ns, a.lo_ns, a.hi_ns, a.dominant, a.epoch, a.seq, a.words, a.labels, a.runbook, a.rehearsal`;

const ALERTS = `select ${ALERT_COLUMNS} from alert a where a.ended_at is null order by a.id`;

/** Told is who was told, or will be: not who was switched off or removed before. */
const INCIDENTS = `
  select i.id, i.cause_kind, i.cause_key, i.cause_name, i.title, i.severity, i.certainty, i.rules, i.alerts, i.hosts, i.rehearsal,
    i.silenced_by, i.notices, t.told
  from incident i left join lateral (
    select json_object_agg(channel, json_build_object('severity', content #> '{incident,severity}', 'certainty', content #> '{incident,certainty}',
      'hosts', content #> '{incident,hosts}', 'rules', content #> '{incident,rules}', 'ordinal', ordinal)) as told
    from (
      select distinct on (d.channel) d.channel, n.content, n.ordinal from delivery d join notice n on n.id = d.notice_id
      where d.incident_id = i.id and n.kind in ('opened', 'changed') and not (d.state = 'given_up' and d.error = any($1)) order by d.channel, n.ordinal desc) as last) t on true
  where i.resolved_at is null order by i.id`;

export async function readOpenBook(client: Queryable): Promise<OpenBook> {
  const incidents = (await client.query<IncidentRow>(INCIDENTS, [Object.values(WITHOUT_CHANNEL)])).rows.map(toIncident);
  const alerts = (await client.query<AlertRow>(ALERTS)).rows.map(toAlert);
  return {
    alerts: new Map(alerts.map((alert) => [alert.key, alert])),
    incidents: new Map(incidents.map((incident) => [incident.cause.key, incident])),
  };
}

export interface AlertRow {
  id: bigint;
  incident_id: bigint;
  rule: string;
  finding: FindingKind;
  about_host: string | null;
  host_name: string | null;
  host_labels: LabelSet | null;
  source: string | null;
  subject: string;
  severity: Severity;
  certainty: Certainty;
  limit_ns: bigint | null;
  lo_ns: bigint | null;
  hi_ns: bigint | null;
  dominant: Dominant | null;
  epoch: number | null;
  seq: bigint | null;
  words: string;
  labels: LabelSet;
  runbook: string;
  rehearsal: boolean;
}

export const toAlert = (row: AlertRow): OpenAlert => ({
  id: row.id,
  incident: row.incident_id,
  key: keyOf(row.rule, row.subject),
  rule: row.rule,
  finding: row.finding,
  subject: row.subject,
  host:
    row.about_host === null || row.host_name === null || row.host_labels === null
      ? null
      : { id: row.about_host, name: row.host_name, labels: row.host_labels },
  source: row.source,
  severity: row.severity,
  certainty: row.certainty,
  limit: row.limit_ns,
  bound: row.lo_ns === null || row.hi_ns === null ? null : { lo: row.lo_ns, hi: row.hi_ns },
  dominant: row.dominant,
  evidence: row.epoch === null || row.seq === null ? null : { epoch: row.epoch, seq: Number(row.seq) },
  words: row.words,
  labels: row.labels,
  runbook: row.runbook,
  isRehearsal: row.rehearsal,
});

interface IncidentRow {
  id: bigint;
  cause_kind: CauseKind;
  cause_key: string;
  cause_name: string;
  title: string;
  severity: Severity;
  certainty: Certainty;
  rules: string[];
  alerts: number;
  hosts: number;
  rehearsal: boolean;
  silenced_by: string | null;
  notices: number;
  /** Null = nobody was told. */
  told: Record<string, Told> | null;
}

const toIncident = (row: IncidentRow): OpenIncident => ({
  id: row.id,
  cause: { kind: row.cause_kind, key: row.cause_key, name: row.cause_name },
  title: row.title,
  severity: row.severity,
  certainty: row.certainty,
  rules: row.rules,
  alerts: row.alerts,
  hosts: row.hosts,
  isRehearsal: row.rehearsal,
  silencedBy: row.silenced_by,
  told: new Map(Object.entries(row.told ?? {})),
  notices: row.notices,
});

import { formatUtc, type UtcInstant } from "@truebound/time";
import type { Alert, Certainty, Incident, Severity } from "@truebound/wire";
import type { LabelSet } from "../../policy/choose-policy.ts";

export const INCIDENT = `i.id, i.cause_kind, i.cause_key, i.cause_name, i.title, i.severity, i.certainty, utc_ns(i.opened_at) as opened_ns,
  utc_ns(i.changed_at) as changed_ns, utc_ns(i.resolved_at) as resolved_ns, i.absorbed_by, i.acknowledged_by,
  utc_ns(i.acknowledged_at) as acknowledged_ns, i.silenced_by, i.rehearsal, i.rules, i.alerts, i.hosts, i.notices, i.told`;

export interface IncidentRow {
  readonly id: bigint;
  readonly cause_kind: Incident["cause"]["kind"];
  readonly cause_key: string;
  readonly cause_name: string;
  readonly title: string;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly opened_ns: UtcInstant;
  readonly changed_ns: UtcInstant;
  readonly resolved_ns: UtcInstant | null;
  readonly absorbed_by: bigint | null;
  readonly acknowledged_by: string | null;
  readonly acknowledged_ns: UtcInstant | null;
  readonly silenced_by: string | null;
  readonly rehearsal: boolean;
  readonly rules: string[];
  readonly alerts: number;
  readonly hosts: number;
  /** The ordinal of the last notice; 0 = none was written. */
  readonly notices: number;
  readonly told: boolean;
}

export const toIncident = (row: IncidentRow): Incident => ({
  id: row.id.toString(),
  cause: { kind: row.cause_kind, key: row.cause_key, name: row.cause_name },
  title: row.title,
  severity: row.severity,
  certainty: row.certainty,
  opened_at: formatUtc(row.opened_ns),
  changed_at: formatUtc(row.changed_ns),
  resolved_at: row.resolved_ns && formatUtc(row.resolved_ns),
  absorbed_by: row.absorbed_by?.toString() ?? null,
  acknowledged:
    row.acknowledged_by === null || row.acknowledged_ns === null ? null : { who: row.acknowledged_by, at: formatUtc(row.acknowledged_ns) },
  silenced_by: row.silenced_by,
  rehearsal: row.rehearsal,
  rules: row.rules,
  alerts: row.alerts,
  hosts: row.hosts,
});

export const ALERT = `a.id, a.incident_id, a.rule, a.finding, a.about_host, a.host_name, a.host_labels, a.source, a.severity, a.certainty,
  a.limit_ns, a.lo_ns, a.hi_ns, a.dominant, a.epoch, a.seq, a.words, a.labels, a.runbook, utc_ns(a.since) as since_ns,
  utc_ns(a.ended_at) as ended_ns`;

/** Those that go on first, then the worst. */
export const WORST_FIRST = `a.ended_at is not null, array_position(array['critical', 'warning', 'info'], a.severity),
  array_position(array['proved_outside', 'cannot_prove', 'no_evidence', 'proved_inside'], a.certainty), a.id`;

export interface AlertRow {
  readonly id: bigint;
  readonly incident_id: bigint;
  readonly rule: string;
  readonly finding: Alert["finding"];
  readonly about_host: string | null;
  readonly host_name: string | null;
  readonly host_labels: LabelSet | null;
  readonly source: string | null;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly limit_ns: bigint | null;
  readonly lo_ns: bigint | null;
  readonly hi_ns: bigint | null;
  readonly dominant: Alert["dominant"];
  readonly epoch: number | null;
  readonly seq: bigint | null;
  readonly words: string;
  readonly labels: LabelSet;
  readonly runbook: string;
  readonly since_ns: UtcInstant;
  readonly ended_ns: UtcInstant | null;
}

export const toAlert = (row: AlertRow): Alert => ({
  id: row.id.toString(),
  rule: row.rule,
  finding: row.finding,
  host:
    row.about_host === null || row.host_name === null ? null : { id: row.about_host, name: row.host_name, labels: { ...row.host_labels } },
  source: row.source,
  severity: row.severity,
  certainty: row.certainty,
  since: formatUtc(row.since_ns),
  ended_at: row.ended_ns && formatUtc(row.ended_ns),
  limit_ns: row.limit_ns?.toString() ?? null,
  guaranteed: row.lo_ns === null || row.hi_ns === null ? null : { lo_ns: row.lo_ns.toString(), hi_ns: row.hi_ns.toString() },
  dominant: row.dominant,
  evidence: row.epoch === null || row.seq === null ? null : { epoch: row.epoch, seq: Number(row.seq) },
  words: row.words,
  labels: { ...row.labels },
  runbook: row.runbook,
  incident: row.incident_id.toString(),
});

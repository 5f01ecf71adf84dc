import { formatUtc, type UtcInstant } from "@truebound/time";
import type { Certainty, Notice, Severity } from "@truebound/wire";
import { type OpenAlert, viewAlert } from "../../alert/alert.ts";
import type { CauseKind } from "../../alert/cause.ts";
import { groupBy } from "../../alert/group-by.ts";
import type { IncidentChange, Plan } from "../../alert/incident.ts";
import { worstFirst } from "../../alert/incident-words.ts";
import { ALERT_COLUMNS, type AlertRow, toAlert } from "./alert-book.ts";
import { noticeKey, readInstallation } from "./installation.ts";
import type { Queryable } from "./pool.ts";

/** Those that go on, and those that ended since any channel was told; of an incident that is over all that there were. */
const MEMBERS = `
  select ${ALERT_COLUMNS}, utc_ns(a.since) as since_ns, utc_ns(a.ended_at) as ended_at_ns
  from alert a
  left join lateral (
    select min(at) as at from (
      select max(n.created_at) as at from delivery d join notice n on n.id = d.notice_id
      where d.incident_id = a.incident_id group by d.channel) as last) as told on true
  where a.incident_id = any($1) and (a.ended_at is null or told.at is null or a.ended_at > told.at or a.incident_id = any($2))`;

const NOTICES = `
  insert into notice (incident_id, ordinal, kind, content)
  select incident_id, ordinal, kind, content
  from json_to_recordset($1) as n (incident_id bigint, ordinal integer, kind text, content jsonb)
  returning id, incident_id, ordinal`;

/** The channels that are named, or of one that is over those that were told before. */
const DELIVERIES = `
  insert into delivery (notice_id, channel, incident_id, ordinal)
  select n.notice_id, c.channel, n.incident_id, n.ordinal
  from json_to_recordset($1) as n (notice_id bigint, incident_id bigint, ordinal integer, is_over boolean, channels json)
  cross join lateral (
    select json_array_elements_text(n.channels) as channel
    union
    select d.channel from delivery d where n.is_over and d.incident_id = n.incident_id) as c`;

/** An incident as it was written. */
export interface IncidentRow {
  id: bigint;
  cause_kind: CauseKind;
  cause_key: string;
  cause_name: string;
  title: string;
  severity: Severity;
  certainty: Certainty;
  opened_at_ns: UtcInstant;
  changed_at_ns: UtcInstant;
  resolved_at_ns: UtcInstant | null;
  absorbed_by: bigint | null;
  acknowledged_by: string | null;
  acknowledged_at_ns: UtcInstant | null;
  silenced_by: string | null;
  rehearsal: boolean;
  rules: string[];
  alerts: number;
  hosts: number;
  notices: number;
}

export type MemberRow = AlertRow & { readonly since_ns: UtcInstant; readonly ended_at_ns: UtcInstant | null };

/** Alerts that move elsewhere: where they leave they are told as ended. */
export async function leaving(client: Queryable, { moved }: Plan): Promise<MemberRow[]> {
  if (moved.length === 0) return [];
  const { rows } = await client.query<MemberRow>(
    `select ${ALERT_COLUMNS}, utc_ns(a.since) as since_ns, utc_ns(clock_timestamp()) as ended_at_ns from alert a where a.id = any($1)`,
    [moved.map(({ id }) => id)],
  );
  return rows;
}

interface Member {
  readonly alert: OpenAlert;
  readonly row: MemberRow;
}

const TOLD_MOST = 50;

/** What is to be told of a plan, once its incidents and alerts are written. `left`: alerts that moved elsewhere, as they were before. */
export async function writeNotices(
  client: Queryable,
  { incidents, page }: Plan,
  rows: readonly IncidentRow[],
  left: readonly MemberRow[],
): Promise<void> {
  const told = incidents.filter(({ notice }) => notice !== null);
  if (told.length === 0) return;
  const byKey = new Map(rows.map((row) => [row.cause_key, row]));
  const chosen = told.map((change) => ({ change, row: byKey.get(change.cause.key) as IncidentRow }));
  const members = await client.query<MemberRow>(MEMBERS, [
    chosen.map(({ row }) => row.id),
    chosen.filter(({ change }) => change.isOver).map(({ row }) => row.id),
  ]);
  const installation = await readInstallation(client);
  const all = [...members.rows, ...left].map((row): Member => ({ alert: toAlert(row), row }));
  const ofIncident = groupBy(all, ({ alert }) => alert.incident);
  const notices = chosen.map(({ change, row }) => ({
    incident_id: row.id.toString(),
    ordinal: row.notices,
    kind: change.notice,
    content: contentOf(change, row, ofIncident.get(row.id) ?? [], page, installation),
  }));
  const written = await client.query<{ id: bigint; incident_id: bigint; ordinal: number }>(NOTICES, [JSON.stringify(notices)]);
  const byIncident = new Map(chosen.map(({ change, row }) => [row.id, change]));
  const deliveries = written.rows.map(({ id, incident_id, ordinal }) => ({
    notice_id: id.toString(),
    incident_id: incident_id.toString(),
    ordinal,
    is_over: byIncident.get(incident_id)?.isOver ?? false,
    channels: byIncident.get(incident_id)?.channels ?? [],
  }));
  await client.query(DELIVERIES, [JSON.stringify(deliveries)]);
}

function contentOf(
  { notice, isOver }: IncidentChange,
  row: IncidentRow,
  members: readonly Member[],
  page: string | null,
  installation: string,
): Notice {
  const sorted = [...members].sort((a, b) => worstFirst(a.alert, b.alert));
  const view = ({ alert, row: { since_ns, ended_at_ns } }: Member) => viewAlert(alert, since_ns, ended_at_ns);
  const shown = sorted.filter((one) => isOver || one.row.ended_at_ns === null);
  return {
    version: 1,
    key: noticeKey(installation, row.id, row.notices),
    kind: notice as NonNullable<typeof notice>,
    ordinal: row.notices,
    at: formatUtc(row.changed_at_ns),
    incident: viewIncident(row),
    alerts: shown.slice(0, TOLD_MOST).map(view),
    more: Math.max(0, shown.length - TOLD_MOST),
    ended: isOver ? [] : sorted.filter((one) => one.row.ended_at_ns !== null).map(view),
    url: page === null ? null : `${page}/incidents/${row.id}`,
  };
}

const viewIncident = (row: IncidentRow): Notice["incident"] => ({
  id: row.id.toString(),
  cause: { kind: row.cause_kind, key: row.cause_key, name: row.cause_name },
  title: row.title,
  severity: row.severity,
  certainty: row.certainty,
  opened_at: formatUtc(row.opened_at_ns),
  changed_at: formatUtc(row.changed_at_ns),
  resolved_at: row.resolved_at_ns === null ? null : formatUtc(row.resolved_at_ns),
  absorbed_by: row.absorbed_by?.toString() ?? null,
  acknowledged:
    row.acknowledged_by === null || row.acknowledged_at_ns === null
      ? null
      : { who: row.acknowledged_by, at: formatUtc(row.acknowledged_at_ns) },
  silenced_by: row.silenced_by,
  rehearsal: row.rehearsal,
  rules: row.rules,
  alerts: row.alerts,
  hosts: row.hosts,
});

import type { AlertDraft } from "../../alert/alert.ts";
import { type IncidentChange, isIdle, type Plan } from "../../alert/incident.ts";
import { requestFlights } from "./flight-requests.ts";
import { type IncidentRow, leaving, writeNotices } from "./notice-writes.ts";
import type { Queryable } from "./pool.ts";

/** One statement for each table, whatever the number of rows; the incidents first, for all else lies in them. */
const OPEN = `
  insert into incident (cause_kind, cause_key, cause_name, title, severity, certainty, rules, alerts, hosts)
  select cause_kind, cause_key, cause_name, title, severity, certainty, '{}', 0, 0
  from json_to_recordset($1) as n (cause_kind text, cause_key text, cause_name text, title text, severity text, certainty text)
  returning id, cause_key`;

const MOVE = `
  update alert a set incident_id = n.incident_id
  from unnest($1::bigint[], $2::bigint[]) as n (id, incident_id) where a.id = n.id`;

const BEGIN = `
  insert into alert (incident_id, rule, finding, about_host, host_name, host_labels, source, subject, severity, certainty, limit_ns, lo_ns,
    hi_ns, dominant, epoch, seq, words, labels, runbook, rehearsal)
  select incident_id, rule, finding, about_host, host_name, host_labels, source, subject, severity, certainty, limit_ns, lo_ns,
    hi_ns, dominant, epoch, seq, words, labels, runbook, rehearsal
  from json_to_recordset($1) as n (incident_id bigint, rule text, finding text, about_host uuid, host_name text, host_labels jsonb,
    source text, subject text, severity text, certainty text, limit_ns bigint, lo_ns bigint, hi_ns bigint, dominant text, epoch integer,
    seq bigint, words text, labels jsonb, runbook text, rehearsal boolean)`;

const RESTATE = `
  update alert a set severity = n.severity, certainty = n.certainty, limit_ns = n.limit_ns, lo_ns = n.lo_ns, hi_ns = n.hi_ns,
    dominant = n.dominant, epoch = n.epoch, seq = n.seq, words = n.words, rehearsal = n.rehearsal
  from json_to_recordset($1) as n (id bigint, severity text, certainty text, limit_ns bigint, lo_ns bigint, hi_ns bigint, dominant text,
    epoch integer, seq bigint, words text, rehearsal boolean)
  where a.id = n.id`;

const END = "update alert set ended_at = clock_timestamp() where id = any($1) and ended_at is null";

/** Of one that is over: the worst that there was, and how many. */
const CHANGE = `
  with n as (
    select * from json_to_recordset($1) as n (id bigint, title text, severity text, certainty text, rules json, alerts integer, hosts integer,
      rehearsal boolean, silenced_by text, is_over boolean, absorbed_by bigint, is_told boolean)),
  was as (
    select a.incident_id, count(*)::integer as alerts, count(distinct about_host)::integer as hosts, array_agg(distinct rule order by rule) as rules,
      min(array_position(array['critical', 'warning', 'info'], a.severity)) as severity,
      min(array_position(array['proved_outside', 'cannot_prove', 'no_evidence', 'proved_inside'], a.certainty)) as certainty
    from alert a join n on n.id = a.incident_id where n.is_over group by a.incident_id)
  update incident i set title = n.title, rehearsal = n.rehearsal, silenced_by = n.silenced_by, absorbed_by = n.absorbed_by,
    severity = coalesce((array['critical', 'warning', 'info'])[was.severity], n.severity),
    certainty = coalesce((array['proved_outside', 'cannot_prove', 'no_evidence', 'proved_inside'])[was.certainty], n.certainty),
    rules = coalesce(was.rules, array(select json_array_elements_text(n.rules))),
    alerts = coalesce(was.alerts, n.alerts), hosts = coalesce(was.hosts, n.hosts),
    changed_at = clock_timestamp(), resolved_at = case when n.is_over then clock_timestamp() end,
    notices = i.notices + n.is_told::integer, told = i.told or n.is_told
  from n left join was on was.incident_id = n.id
  where i.id = n.id
  returning i.id, i.cause_kind, i.cause_key, i.cause_name, i.title, i.severity, i.certainty, utc_ns(i.opened_at) as opened_at_ns,
    utc_ns(i.changed_at) as changed_at_ns, utc_ns(i.resolved_at) as resolved_at_ns, i.absorbed_by, i.acknowledged_by,
    utc_ns(i.acknowledged_at) as acknowledged_at_ns, i.silenced_by, i.rehearsal, i.rules, i.alerts, i.hosts, i.notices`;

/** The rows of the incidents are held by now, so nobody else adds to their stories meanwhile. */
const ENTRIES = `
  insert into incident_entry (incident_id, ordinal, kind, words)
  select n.incident_id, coalesce((select max(ordinal) from incident_entry e where e.incident_id = n.incident_id), 0) + n.place, n.kind, n.words
  from json_to_recordset($1) as n (incident_id bigint, place integer, kind text, words text)`;

export async function writePlan(client: Queryable, plan: Plan): Promise<void> {
  if (isIdle(plan)) return;
  const ids = new Map([...plan.open, ...(await openIncidents(client, plan.incidents))]);
  const idOf = (key: string): string => {
    const id = ids.get(key);
    if (id === undefined) throw new Error(`Cannot write an alert of the incident ${key}: no such incident is open`);
    return id.toString();
  };
  const left = await leaving(client, plan);
  await writeAlerts(client, plan, idOf);
  const rows = await changeIncidents(client, plan.incidents, idOf);
  await writeEntries(client, plan.incidents, idOf);
  await writeNotices(client, plan, rows, left);
  await askForFlights(client, plan, idOf);
}

/** Ids of all that are named, by their keys. */
async function openIncidents(client: Queryable, changes: readonly IncidentChange[]): Promise<Map<string, bigint>> {
  const known = changes.flatMap(({ cause, id }) => (id === null ? [] : [[cause.key, id] as const]));
  const begun = changes.filter(({ id }) => id === null);
  if (begun.length === 0) return new Map(known);
  const wanted = begun.map(({ cause, summary: { title, severity, certainty } }) => ({
    cause_kind: cause.kind,
    cause_key: cause.key,
    cause_name: cause.name,
    title,
    severity,
    certainty,
  }));
  const { rows } = await client.query<{ id: bigint; cause_key: string }>(OPEN, [JSON.stringify(wanted)]);
  return new Map([...known, ...rows.map(({ id, cause_key }) => [cause_key, id] as const)]);
}

async function writeAlerts(client: Queryable, { moved, begun, restated, ended }: Plan, idOf: (key: string) => string): Promise<void> {
  if (moved.length > 0) await client.query(MOVE, [moved.map(({ id }) => id), moved.map(({ incident }) => idOf(incident))]);
  if (begun.length > 0)
    await client.query(BEGIN, [JSON.stringify(begun.map(({ alert, incident }) => ({ ...rowOf(alert), incident_id: idOf(incident) })))]);
  if (restated.length > 0)
    await client.query(RESTATE, [JSON.stringify(restated.map(({ id, state }) => ({ id: id.toString(), ...stateRow(state) })))]);
  if (ended.length > 0) await client.query(END, [ended]);
}

const rowOf = (alert: AlertDraft) => ({
  rule: alert.rule,
  finding: alert.finding,
  about_host: alert.host?.id ?? null,
  host_name: alert.host?.name ?? null,
  host_labels: alert.host?.labels ?? null,
  source: alert.source,
  subject: alert.subject,
  labels: alert.labels,
  runbook: alert.runbook,
  ...stateRow(alert),
});

const stateRow = ({ severity, certainty, limit, bound, dominant, evidence, words, isRehearsal }: Plan["restated"][number]["state"]) => ({
  severity,
  certainty,
  limit_ns: limit?.toString() ?? null,
  lo_ns: bound?.lo.toString() ?? null,
  hi_ns: bound?.hi.toString() ?? null,
  dominant,
  epoch: evidence?.epoch ?? null,
  seq: evidence?.seq ?? null,
  words,
  rehearsal: isRehearsal,
});

async function changeIncidents(
  client: Queryable,
  changes: readonly IncidentChange[],
  idOf: (key: string) => string,
): Promise<IncidentRow[]> {
  if (changes.length === 0) return [];
  const wanted = changes.map(({ cause, summary, silencedBy, isOver, absorbedBy, notice }) => ({
    id: idOf(cause.key),
    title: summary.title,
    severity: summary.severity,
    certainty: summary.certainty,
    rules: summary.rules,
    alerts: summary.alerts,
    hosts: summary.hosts,
    rehearsal: summary.isRehearsal,
    silenced_by: silencedBy,
    is_over: isOver,
    absorbed_by: absorbedBy === null ? null : idOf(absorbedBy),
    is_told: notice !== null,
  }));
  return (await client.query<IncidentRow>(CHANGE, [JSON.stringify(wanted)])).rows;
}

async function writeEntries(client: Queryable, changes: readonly IncidentChange[], idOf: (key: string) => string): Promise<void> {
  const rows = changes.flatMap(({ cause, entries }) =>
    entries.map((entry, index) => ({ incident_id: idOf(cause.key), place: index + 1, ...entry })),
  );
  if (rows.length > 0) await client.query(ENTRIES, [JSON.stringify(rows)]);
}

async function askForFlights(client: Queryable, { flights }: Plan, idOf: (key: string) => string): Promise<void> {
  const wanted = [...flights].flatMap(([key, hosts]) => hosts.map((host) => [host, idOf(key)] as const));
  await requestFlights(client, wanted);
}

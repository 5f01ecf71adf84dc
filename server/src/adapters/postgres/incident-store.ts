import { formatUtc, type UtcInstant } from "@truebound/time";
import type { Alert, Incident } from "@truebound/wire";
import type pg from "pg";
import type { AlertState, IncidentState, IncidentStore, Paging } from "../../query/alert-ports.ts";
import { readAlertConfig } from "./alert-config-store.ts";
import { channelStates } from "./channel-states.ts";
import { acknowledge, comment } from "./incident-changes.ts";
import { readIncident } from "./incident-detail.ts";
import { ALERT, type AlertRow, INCIDENT, type IncidentRow, toAlert, toIncident } from "./incident-rows.ts";
import { addWindow, endWindow, readWindows } from "./maintenance-store.ts";
import type { Queryable } from "./pool.ts";
import { addSilence, endSilence, readSilences } from "./silence-store.ts";

/** What people see and do of incidents. */
export const incidentStore = (pool: pg.Pool): IncidentStore => ({
  config: () => readAlertConfig(pool),
  judgedAt: () => readJudgedAt(pool),
  incidents: (state, paging) => readIncidents(pool, state, paging),
  incident: (id) => readIncident(pool, id),
  alerts: (state, paging) => readAlerts(pool, state, paging),
  firing: () => readFiring(pool),
  acknowledge: (id, who) => acknowledge(pool, id, who),
  comment: (id, said) => comment(pool, id, said),
  silences: () => readSilences(pool),
  addSilence: (request) => addSilence(pool, request),
  endSilence: (id) => endSilence(pool, id),
  windows: () => readWindows(pool),
  addWindow: (wish, who) => addWindow(pool, wish, who),
  endWindow: (name, who) => endWindow(pool, name, who),
  channelStates: () => channelStates(pool),
});

const JUDGED_AT = "select utc_ns(judged_at) as judged_ns from alert_progress";
async function readJudgedAt(client: Queryable): Promise<string | null> {
  const { rows } = await client.query<{ judged_ns: UtcInstant }>(JUDGED_AT);
  return rows[0] === undefined ? null : formatUtc(rows[0].judged_ns);
}

/** Of an incident that is open only hosts count with which something is the matter now. */
const INCIDENTS = `
  select ${INCIDENT} from incident i
  where ($1 = 'all' or (i.resolved_at is null) = ($1 = 'open')) and ($2::bigint is null or i.id < $2)
    and ($3::text is null or exists (
      select from alert a where a.incident_id = i.id and (a.about_host::text = $3 or a.host_name = $3)
        and (a.ended_at is null or i.resolved_at is not null)))
  order by i.id desc limit $4`;

async function readIncidents(client: Queryable, state: IncidentState, { before, host, limit }: Paging): Promise<Incident[]> {
  const { rows } = await client.query<IncidentRow>(INCIDENTS, [state, before, host, limit]);
  return rows.map(toIncident);
}

const ALERTS = `
  select ${ALERT} from alert a
  where ($1 = 'all' or (a.ended_at is null) = ($1 = 'firing')) and ($2::bigint is null or a.id < $2)
    and ($3::text is null or a.about_host::text = $3 or a.host_name = $3)
  order by a.id desc limit $4`;

async function readAlerts(client: Queryable, state: AlertState, { before, host, limit }: Paging): Promise<Alert[]> {
  const { rows } = await client.query<AlertRow>(ALERTS, [state, before, host, limit]);
  return rows.map(toAlert);
}

const FIRING = "select rule, count(*)::integer as firing from alert where ended_at is null group by rule";

async function readFiring(client: Queryable): Promise<Map<string, number>> {
  const { rows } = await client.query<{ rule: string; firing: number }>(FIRING);
  return new Map(rows.map(({ rule, firing }) => [rule, firing]));
}

const CHANGED = `select ${INCIDENT} from incident i where i.changed_at > clock_timestamp() - $1 * interval '1 second' order by i.changed_at`;

/** Those that changed within so many seconds, by the clock of the database. */
export async function changedIncidents(client: Queryable, seconds: number): Promise<Incident[]> {
  const { rows } = await client.query<IncidentRow>(CHANGED, [seconds]);
  return rows.map(toIncident);
}

import { formatUtc, type UtcInstant } from "@truebound/time";
import type { Alert, CommentRequest, IncidentDetail, Notice } from "@truebound/wire";
import type pg from "pg";
import { channelsToTell } from "../../alert/channels-to-tell.ts";
import type { NotDone } from "../../query/alert-ports.ts";
import { readAlertConfig } from "./alert-config-store.ts";
import { readIncident } from "./incident-detail.ts";
import { ALERT, type AlertRow, INCIDENT, type IncidentRow, toAlert, toIncident, WORST_FIRST } from "./incident-rows.ts";
import { noticeKey, readInstallation } from "./installation.ts";
import { inTransaction, type Queryable } from "./pool.ts";

/** Whoever judges, delivers or answers people holds the row while it adds to the incident's story. */
const HOLD = `select ${INCIDENT} from incident i where i.id = $1 for update`;
const ENTRY = `
  insert into incident_entry (incident_id, ordinal, kind, who, words)
  values ($1, coalesce((select max(ordinal) from incident_entry where incident_id = $1), 0) + 1, $2, $3, $4)`;

/** People who watch are told of it as of any other change. */
const TOUCH = "update incident set changed_at = clock_timestamp() where id = $1";

export const comment = (pool: pg.Pool, id: string, { who, words }: CommentRequest): Promise<IncidentDetail | NotDone> =>
  inTransaction(pool, async (client) => {
    const incident = await hold(client, id);
    if (incident === null) return { notDone: "missing" };
    await client.query(ENTRY, [id, "commented", who, words]);
    await client.query(TOUCH, [id]);
    return present(client, id);
  });

const ACKNOWLEDGE = `
  update incident i set acknowledged_by = $2, acknowledged_at = clock_timestamp(), changed_at = clock_timestamp(),
    notices = notices + $3::boolean::integer
  where id = $1 returning ${INCIDENT}`;

/** The change, its line of the story, and what channels are told commit together. */
export const acknowledge = (pool: pg.Pool, id: string, who: string): Promise<IncidentDetail | NotDone> =>
  inTransaction(pool, async (client) => {
    const incident = await hold(client, id);
    if (incident === null) return { notDone: "missing" };
    if (incident.resolved_ns !== null) return { notDone: "over" };
    if (incident.acknowledged_by !== null) return present(client, id);
    // Of what nobody was told, or is told now, nobody is told this.
    const isTold = incident.told && incident.silenced_by === null;
    const { rows } = await client.query<IncidentRow>(ACKNOWLEDGE, [id, who, isTold]);
    await client.query(ENTRY, [id, "acknowledged", who, `${who} looks after it`]);
    if (isTold) await writeNotice(client, rows[0] as IncidentRow);
    return present(client, id);
  });

const hold = async (client: Queryable, id: string): Promise<IncidentRow | null> =>
  (await client.query<IncidentRow>(HOLD, [id])).rows[0] ?? null;

async function present(client: Queryable, id: string): Promise<IncidentDetail | NotDone> {
  return (await readIncident(client, id)) ?? { notDone: "missing" };
}

const NOTICE = "insert into notice (incident_id, ordinal, kind, content) values ($1, $2, 'acknowledged', $3) returning id";
const DELIVER = "insert into delivery (notice_id, channel, incident_id, ordinal) select $1, unnest($2::text[]), $3, $4";
const GOING_ON = `select ${ALERT} from alert a where a.incident_id = $1 and a.ended_at is null order by ${WORST_FIRST}`;
/** Since any channel was told: whoever was told that these go on must hear that they do not. */
const ENDED = `
  select ${ALERT} from alert a
  where a.incident_id = $1 and a.ended_at > (
    select min(at) from (
      select max(n.created_at) as at from delivery d join notice n on n.id = d.notice_id where d.incident_id = $1 group by d.channel) as last)
  order by a.id`;
const TOLD_BEFORE = "select distinct channel from delivery where incident_id = $1";
const NOW = "select utc_ns(clock_timestamp()) as now_ns";

async function writeNotice(client: Queryable, row: IncidentRow): Promise<void> {
  const config = await readAlertConfig(client);
  const alerts = (await client.query<AlertRow>(GOING_ON, [row.id])).rows.map(toAlert);
  const ended = (await client.query<AlertRow>(ENDED, [row.id])).rows.map(toAlert);
  const before = (await client.query<{ channel: string }>(TOLD_BEFORE, [row.id])).rows.map(({ channel }) => channel);
  const [now] = (await client.query<{ now_ns: UtcInstant }>(NOW)).rows;
  const at = formatUtc((now as { now_ns: UtcInstant }).now_ns);
  const key = noticeKey(await readInstallation(client), row.id, row.notices);
  const content = noticeOf(row, { key, alerts, ended, at, page: config.settings.page_url });
  const { rows } = await client.query<{ id: bigint }>(NOTICE, [row.id, row.notices, JSON.stringify(content)]);
  const channels = channelsToTell(before, config);
  await client.query(DELIVER, [(rows[0] as { id: bigint }).id, channels, row.id, row.notices]);
  if (channels.length > 0) return;
  const why =
    config.settings.alerting === "prometheus" ? "Prometheus tells people, and this server does not" : "no enabled channel is for it";
  await client.query(ENTRY, [row.id, "not_notified", null, `Nobody was told that it is looked after: ${why}`]);
}

const TOLD_MOST = 50;

interface NoticeParts {
  readonly key: string;
  readonly alerts: readonly Alert[];
  readonly ended: Alert[];
  readonly at: string;
  readonly page: string | null;
}

const noticeOf = (row: IncidentRow, { key, alerts, ended, at, page }: NoticeParts): Notice => ({
  version: 1,
  key,
  kind: "acknowledged",
  ordinal: row.notices,
  at,
  incident: toIncident(row),
  alerts: alerts.slice(0, TOLD_MOST),
  more: Math.max(0, alerts.length - TOLD_MOST),
  ended,
  url: page === null ? null : `${page.replace(/\/+$/, "")}/incidents/${row.id}`,
});

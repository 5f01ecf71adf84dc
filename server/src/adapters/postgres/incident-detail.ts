import { formatUtc, type UtcInstant } from "@truebound/time";
import type { IncidentDetail, IncidentEntry, NoticeDelivery } from "@truebound/wire";
import { ALERT, type AlertRow, INCIDENT, type IncidentRow, toAlert, toIncident, WORST_FIRST } from "./incident-rows.ts";
import type { Queryable } from "./pool.ts";

const ONE = `select ${INCIDENT} from incident i where i.id = $1`;
const MEMBERS_MOST = 200;
const MEMBERS = `select ${ALERT}, count(*) over ()::integer as of from alert a where a.incident_id = $1 order by ${WORST_FIRST} limit ${MEMBERS_MOST}`;
const TIMELINE = "select utc_ns(at) as at_ns, kind, who, words from incident_entry where incident_id = $1 order by ordinal";
const DELIVERIES = `
  select n.content ->> 'key' as key, d.channel, n.kind, d.state, d.attempts, utc_ns(n.created_at) as created_ns,
    utc_ns(d.delivered_at) as delivered_ns, d.error
  from delivery d join notice n on n.id = d.notice_id where d.incident_id = $1 order by d.ordinal, d.channel`;
const FLIGHTS = `
  select f.host_id, h.name, utc_ns(f.received_at) as received_ns, octet_length(f.body) as bytes
  from flight f join host h on h.id = f.host_id where f.incident_id = $1 order by h.name`;

export async function readIncident(client: Queryable, id: string): Promise<IncidentDetail | null> {
  const incident = (await client.query<IncidentRow>(ONE, [id])).rows[0];
  if (incident === undefined) return null;
  const members = (await client.query<AlertRow & { of: number }>(MEMBERS, [id])).rows;
  return {
    ...toIncident(incident),
    members: members.map(toAlert),
    more: (members[0]?.of ?? 0) - members.length,
    timeline: await readTimeline(client, id),
    deliveries: await readDeliveries(client, id),
    flights: await readFlights(client, id),
  };
}

async function readTimeline(client: Queryable, id: string): Promise<IncidentEntry[]> {
  const { rows } = await client.query<Omit<IncidentEntry, "at"> & { at_ns: UtcInstant }>(TIMELINE, [id]);
  return rows.map(({ at_ns, kind, who, words }) => ({ at: formatUtc(at_ns), kind, who, words }));
}

type DeliveryRow = Omit<NoticeDelivery, "created_at" | "delivered_at"> & { created_ns: UtcInstant; delivered_ns: UtcInstant | null };

async function readDeliveries(client: Queryable, id: string): Promise<NoticeDelivery[]> {
  const { rows } = await client.query<DeliveryRow>(DELIVERIES, [id]);
  return rows.map(({ created_ns, delivered_ns, ...rest }) => ({
    ...rest,
    created_at: formatUtc(created_ns),
    delivered_at: delivered_ns && formatUtc(delivered_ns),
  }));
}

async function readFlights(client: Queryable, id: string): Promise<IncidentDetail["flights"]> {
  interface Row {
    readonly host_id: string;
    readonly name: string;
    readonly received_ns: UtcInstant;
    readonly bytes: number;
  }
  const { rows } = await client.query<Row>(FLIGHTS, [id]);
  return rows.map(({ host_id, name, received_ns, bytes }) => ({ host: { id: host_id, name }, received_at: formatUtc(received_ns), bytes }));
}

import type { Queryable } from "./pool.ts";

/** A host whose row another transaction holds is left for the next time, so that nobody waits for anybody. */
const REQUEST = `
  update host_state s set flight_wanted = n.incident_id
  from unnest($1::uuid[], $2::bigint[]) as n (host_id, incident_id)
  where s.host_id = n.host_id and s.host_id in (select host_id from host_state where host_id = any($1) for update skip locked)`;

/** As many hosts of an incident as `alert/plan.ts` asks when it begins. */
const MOST = 10;

/**
 * Hosts whose alerts began with an incident that is open for less than the five minutes which an agent waits before it sends its
 * record, and that were not asked for it. Alerts that joined later, or came from another incident, are not of its beginning.
 */
const MISSED = `
  with begun as (
    select i.id as incident_id, a.about_host, row_number() over (partition by i.id order by min(a.id)) as place
    from incident i join alert a on a.incident_id = i.id and a.about_host is not null
      and a.since between i.opened_at and i.opened_at + interval '1 second'
    where i.resolved_at is null and i.opened_at > clock_timestamp() - interval '5 minutes'
    group by i.id, a.about_host)
  select begun.about_host as host, max(begun.incident_id)::text as incident
  from begun join host_state s on s.host_id = begun.about_host and s.flight_wanted is null
  where begun.place <= ${MOST}
    and not exists (select from flight f where f.host_id = begun.about_host and f.incident_id = begun.incident_id)
  group by begun.about_host`;

/** Of each host for which incident it is asked what it recorded. */
export async function requestFlights(client: Queryable, wanted: readonly (readonly [host: string, incident: string])[]): Promise<void> {
  if (wanted.length === 0) return;
  await client.query(REQUEST, [wanted.map(([host]) => host), wanted.map(([, incident]) => incident)]);
}

export async function requestMissedFlights(client: Queryable): Promise<void> {
  const { rows } = await client.query<{ host: string; incident: string }>(MISSED);
  await requestFlights(
    client,
    rows.map(({ host, incident }) => [host, incident]),
  );
}

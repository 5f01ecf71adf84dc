import type pg from "pg";
import type { Question, RehearsalStore, Seen } from "../../rehearse/rehearse.ts";
import { adminStore } from "./admin-store.ts";

/** Of enabled channels; none where a Prometheus tells people. */
const CHANNELS = `
  select name from alert_object
  where kind = 'channel' and (body ->> 'enabled')::boolean
    and coalesce((select body ->> 'alerting' from alert_setting), 'server') = 'server'
  order by name`;

/** One at a time. What nobody took up in time is forgotten. */
const ASK = `
  update host_state
  set rehearsal_wanted = json_build_object('rehearsal', $2::json, 'until', clock_timestamp() + make_interval(secs => $3))
  where host_id = $1 and rehearsal is null
    and coalesce((rehearsal_wanted ->> 'until')::timestamptz < clock_timestamp(), true)
  returning to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`;

const WITHDRAW = `
  update host_state set rehearsal_wanted = null
  where host_id = $1 and rehearsal_wanted -> 'rehearsal' ->> 'id' = $2`;

/**
 * The incident may have been open before, by another rehearsal: of what was told only that counts which was written since, and names
 * the alert, or as many others as it can. An incident that opened since is of this rehearsal: its first notice may be by an event of
 * the fault, and tells of it all the same.
 */
const LOOK = `
  with said as (
    select kind, at_ns, detail from host_event
    where host_id = $1 and kind in ('rehearsal_began', 'rehearsal_refused') and detail ->> 'id' = $2
  ), found as (
    select a.id, a.rule, a.incident_id from alert a join incident i on i.id = a.incident_id
    where a.about_host = $1 and a.finding = any($3) and a.since >= $4::timestamptz and i.rehearsal
  )
  select
    (select to_char(at_utc_ns(at_ns) at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') from said where kind = 'rehearsal_began' limit 1) as taken_at,
    (select detail ->> 'why' from said where kind = 'rehearsal_refused' limit 1) as refused,
    (select incident_id::text from found order by id limit 1) as incident,
    coalesce((select status::text from host_state where host_id = $1), 'unknown') as status,
    exists (
      select from found f
      join incident i on i.id = f.incident_id
      join notice n on n.incident_id = f.incident_id and n.created_at >= $4::timestamptz
      join delivery d on d.notice_id = n.id and d.state = 'delivered' and ($5::text is null or d.channel = $5)
      where i.opened_at >= $4::timestamptz
        or n.content -> 'alerts' @> jsonb_build_array(jsonb_build_object('id', f.id::text))
        or ((n.content ->> 'more')::integer > 0 and n.content -> 'incident' -> 'rules' ? f.rule)
    ) as delivered`;

interface LookRow {
  taken_at: string | null;
  refused: string | null;
  incident: string | null;
  delivered: boolean;
  status: string;
}

export const rehearsalStore = (pool: pg.Pool): RehearsalStore => ({
  host: adminStore(pool).host,
  channels: async () => (await pool.query<{ name: string }>(CHANNELS)).rows.map(({ name }) => name),
  ask: async (host, rehearsal, forS) => {
    const { rows } = await pool.query<{ at: string }>(ASK, [host, JSON.stringify(rehearsal), forS]);
    return rows[0]?.at ?? null;
  },
  withdraw: async (host, id) => {
    await pool.query(WITHDRAW, [host, id]);
  },
  look: (question) => look(pool, question),
});

async function look(pool: pg.Pool, { host, id, findings, after, channel }: Question): Promise<Seen> {
  const { rows } = await pool.query<LookRow>(LOOK, [host, id, findings, after, channel]);
  const { taken_at, refused, incident, delivered, status } = rows[0] as LookRow;
  return { takenAt: taken_at, refused, incident, delivered, status };
}

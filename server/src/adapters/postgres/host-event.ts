import type { Queryable } from "./pool.ts";

/** What became of a host beside its batches follows the events of its latest one. */
const NOTE = `
  insert into host_event (host_id, epoch, seq, ordinal, at_ns, at_marked, kind, detail)
  select s.host_id, s.epoch, s.seq, coalesce(max(e.ordinal), -1) + 1, utc_ns(clock_timestamp()), true, $2, $3::jsonb
  from host_state s left join host_event e on (e.host_id, e.epoch, e.seq) = (s.host_id, s.epoch, s.seq)
  where s.host_id = $1 group by s.host_id`;

const TOUCH = "update host_state set changed_xid = pg_current_xact_id() where host_id = $1";

/** What people see of a host changed: a look at the fleet finds it by this. */
export const touchHost = async (client: Queryable, host: string): Promise<void> => void (await client.query(TOUCH, [host]));

export async function noteHostEvent(
  client: Queryable,
  host: string,
  kind: string,
  detail: Readonly<Record<string, string | number | null>>,
): Promise<void> {
  await touchHost(client, host);
  await client.query(NOTE, [host, kind, JSON.stringify(detail)]);
}

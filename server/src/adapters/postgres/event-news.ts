import type pg from "pg";
import type { HeardEvent } from "../../metrics/event-ages.ts";

const MARK = "select pg_snapshot_xmin(pg_current_snapshot())::text as mark";

/** Fresh ones only: what lies more than ten minutes before the host's latest reading is told by a backlog, and is history. */
const NEWS = `
  select distinct e.host_id as host, e.kind from host_event e join host_state s on s.host_id = e.host_id
  where e.written_xid >= $1::xid8 and e.kind = any($2) and e.at_ns >= s.as_of_ns - 600000000000`;

/**
 * Which kinds of events hosts had since the look before. Gap-free as the looks at the fleet are; what a transaction wrote that
 * was still running then may be told twice.
 */
export function eventNews(pool: pg.Pool, kinds: readonly string[]): () => Promise<readonly HeardEvent[]> {
  let mark: string | null = null;
  return async () => {
    const { rows } = await pool.query<{ mark: string }>(MARK);
    const since = mark;
    const news = since === null ? [] : (await pool.query<HeardEvent>(NEWS, [since, kinds])).rows;
    mark = (rows[0] as { mark: string }).mark;
    return news;
  };
}

import type pg from "pg";

/** Only before its first report: from then on its reports say how they come. */
const MARK = "update host_state set carried = true, changed_xid = pg_current_xact_id() where host_id = $1 and received_at is null";
const NAME = "select name from host where id = $1";

export const carriedStore = (pool: pg.Pool) => ({
  markCarried: async (host: string): Promise<void> => void (await pool.query(MARK, [host])),
  nameOf: async (host: string): Promise<string | null> => (await pool.query<{ name: string }>(NAME, [host])).rows[0]?.name ?? null,
});

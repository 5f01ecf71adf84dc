import type pg from "pg";
import { inTransaction, type Queryable } from "./pool.ts";

/**
 * Rows carry the number of the transaction that wrote them, and looks go on from a number. A dump that is restored into another
 * cluster brings numbers that are not reached there yet: such rows would be new at every look until they are. No row can be
 * seen whose number its own cluster has not given, so these are told apart without a clock.
 */
const AHEAD = "pg_snapshot_xmax(pg_current_snapshot())";
/** Below every number that a transaction gets. */
const LONG_AGO = "'3'::xid8";
/**
 * What the judge of alerts had seen is nearly all, of more than a year: in parts, each of which stays done. No statement of ours may take
 * longer than fifteen seconds, and a supervisor that waits for a server to listen may end it.
 */
const SEEN = `
  update host_event set written_xid = ${LONG_AGO} where (host_id, epoch, seq, ordinal) in (
    select host_id, epoch, seq, ordinal from host_event
    where written_xid >= ${AHEAD} and written_xid < (select mark from alert_progress) limit $1)`;
const PART = 10_000;
/** What it had not seen yet stays news. */
const EVENTS = `
  update host_event set written_xid = case
    when written_xid < (select mark from alert_progress) then ${LONG_AGO} else pg_current_xact_id() end
  where written_xid >= ${AHEAD}`;
const PROGRESS = `update alert_progress set mark = pg_current_xact_id() where mark >= ${AHEAD}`;
const STATES = `update host_state set changed_xid = pg_current_xact_id() where changed_xid >= ${AHEAD}`;

/** Before the first look; several servers may do it at once. Returns the rows that it mended. */
export async function mendRestoredMarks(pool: pg.Pool, part = PART): Promise<number> {
  let mended = 0;
  const did = async (client: Queryable, sql: string, values: unknown[] = []): Promise<number> => {
    const { rowCount } = await client.query(sql, values);
    mended += rowCount ?? 0;
    return rowCount ?? 0;
  };
  while ((await did(pool, SEEN, [part])) > 0);
  await inTransaction(pool, async (client) => {
    for (const sql of [EVENTS, PROGRESS, STATES]) await did(client, sql);
  });
  return mended;
}

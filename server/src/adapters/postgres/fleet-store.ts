import type pg from "pg";
import type { FleetStore } from "../../fleet/watcher.ts";
import { HOST_COLUMNS, HOST_TABLES, type HostRow, toRecord } from "./host-row.ts";
import { readRules } from "./rules.ts";

/**
 * Gap-free without a clock. Every transaction below xmin had ended when the mark was taken, so all it did is seen by the
 * query that follows; one that was still running has an id at or above the mark and is asked for again next time.
 */
const MARK = "select pg_snapshot_xmin(pg_current_snapshot())::text as mark";
const CHANGED = `select ${HOST_COLUMNS} from ${HOST_TABLES} where s.changed_xid >= $1::xid8`;

export const fleetStore = (pool: pg.Pool): FleetStore => ({
  async look(mark) {
    const { rows } = await pool.query<{ mark: string }>(MARK);
    const changed = await pool.query<HostRow>(CHANGED, [mark ?? "0"]);
    const rules = await readRules(pool);
    return { records: changed.rows.map(toRecord), rules, mark: (rows[0] as { mark: string }).mark };
  },
});

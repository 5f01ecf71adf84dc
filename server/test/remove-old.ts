import type pg from "pg";
import { removeOld as remove } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { sealLog } from "./seal-log.ts";

/** What the made-up hosts report lies in 2025: here they prove the hour that the database's clock says. Nothing goes that is not in the log. */
export async function removeOld(pool: pg.Pool, ...rest: Parameters<typeof remove> extends [pg.Pool, ...infer Rest] ? Rest : never) {
  await pool.query("update host_state set as_of_ns = utc_ns(clock_timestamp()) where as_of_ns is not null");
  // On a connection of its own: a test may watch those of the pool.
  await sealLog(String(pool.options.connectionString));
  return remove(pool, ...rest);
}

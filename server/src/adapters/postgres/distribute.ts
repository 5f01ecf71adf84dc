import type { Placement } from "../../distribute/distribution.ts";
import { planDistribution } from "../../distribute/distribution.ts";
import type { Log } from "../../log.ts";
import { StartupError } from "../embedded-postgres/index.ts";
import { inTransaction, openPool, type Queryable } from "./pool.ts";

const IS_THERE = `
  select count(distinct proname) = 2 as there from pg_proc where proname in ('create_distributed_table', 'create_reference_table')`;

/** Citus's own catalogue: h = by hash, n = everywhere. */
const DONE = `
  select c.relname as table, p.partmethod::text as method from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid
  where c.relnamespace = 'public'::regnamespace`;

/** Tables that refer to one that lies everywhere cannot be worked on by several connections of one transaction. */
const ONE_AFTER_ANOTHER = "set local citus.multi_shard_modify_mode to 'sequential'";
/** Rows that are there are moved, and that takes as long as it takes. */
const PATIENTLY = "set local statement_timeout = 0";

/** Spreads the tables of a migrated database over the machines of a Citus; returns what it did. All of it or nothing. */
export async function distribute(databaseUrl: string, log: Log): Promise<string[]> {
  const pool = openPool(databaseUrl, log);
  try {
    return await inTransaction(pool, async (client) => {
      await requireCitus(client);
      const plan = planDistribution(await done(client));
      await client.query(ONE_AFTER_ANOTHER);
      await client.query(PATIENTLY);
      for (const statement of plan) await client.query(statement);
      return plan;
    });
  } finally {
    await pool.end();
  }
}

async function requireCitus(client: Queryable): Promise<void> {
  if ((await client.query<{ there: boolean }>(IS_THERE)).rows[0]?.there === true) return;
  throw new StartupError(
    "Cannot distribute: this database has no extension citus; install it on every node and run create extension citus first. The schema is migrated, and works without it",
    1,
  );
}

async function done(client: Queryable): Promise<ReadonlyMap<string, Placement>> {
  const { rows } = await client.query<{ table: string; method: string }>(DONE);
  return new Map(rows.map(({ table, method }) => [table, method === "n" ? "reference" : "distributed"]));
}

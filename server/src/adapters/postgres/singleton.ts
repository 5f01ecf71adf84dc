import type pg from "pg";
import type { Queryable } from "./pool.ts";

const TRY = "select pg_try_advisory_lock(hashtext($1)) as mine";
const RELEASE = "select pg_advisory_unlock(hashtext($1))";

/**
 * Any number of servers run on one database: one of them does the work, on a connection of its own, and who comes meanwhile
 * gets null. A server that dies takes its lock with it.
 */
export async function asOnlyOne<T>(pool: pg.Pool, what: string, work: (client: Queryable) => Promise<T>): Promise<T | null> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ mine: boolean }>(TRY, [what]);
    if (rows[0]?.mine !== true) return null;
    try {
      return await work(client);
    } finally {
      await client.query(RELEASE, [what]).catch((cause: Error) => (broken = cause));
    }
  } finally {
    client.release(broken);
  }
}

const WAIT = "select pg_advisory_lock(hashtext($1))";
/** One turn may be a backlog of hours that is sealed: no statement may take that long, and a wait may. */
const MAY_WAIT = "set statement_timeout = '10min'";
const NO_MORE = "reset statement_timeout";

/** As `asOnlyOne`, but who comes meanwhile waits for the turn, up to ten minutes. */
export async function asOnlyOneInTurn<T>(pool: pg.Pool, what: string, work: (client: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await waitFor(client, what);
    try {
      return await work(client);
    } finally {
      await client.query(RELEASE, [what]).catch((cause: Error) => (broken = cause));
    }
  } finally {
    client.release(broken);
  }
}

async function waitFor(client: Queryable, what: string): Promise<void> {
  await client.query(MAY_WAIT);
  try {
    await client.query(WAIT, [what]);
  } finally {
    await client.query(NO_MORE);
  }
}

/** As `inTransaction`, on a connection that is held already. */
export async function transactionOn<T>(client: Queryable, work: () => Promise<T>): Promise<T> {
  await client.query("begin");
  try {
    const result = await work();
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  }
}

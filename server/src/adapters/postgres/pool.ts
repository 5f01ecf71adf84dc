import pg from "pg";
import type { Log } from "../../log.ts";

/** int8 is a bigint, and nothing becomes a Date: times leave the database as nanoseconds (utc_ns) or as text. */
const INT8 = 20;
const DATES = new Set([1082, 1114, 1184]);

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === INT8) return BigInt;
    if (DATES.has(oid)) return String;
    return pg.types.getTypeParser(oid, format ?? "text");
  },
};

const CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;

export function openPool(databaseUrl: string, log: Log): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    types,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    application_name: "truebound",
  });
  // Without listeners a connection that breaks would end the process: idle ones tell the pool, those in use tell nobody
  // but themselves, and their query fails as well.
  pool.on("error", (error) => {
    if (!pool.ending) log.warn(`Lost a database connection: ${error.message}`);
  });
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

export type Queryable = Pick<pg.ClientBase, "query">;

/** Longer than the database lets a statement last. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;

/** For who asks much, one after the other: where not even the database's own timeout is heard of, the network is gone, and the query fails. */
export const answeredWithin = (pool: pg.Pool, ms = ANSWER_TIMEOUT_MS): Queryable => {
  const query = (text: string, values?: unknown[]) => pool.query({ text, values, query_timeout: ms } as pg.QueryConfig);
  return { query: query as Queryable["query"] }; // in this one of its forms
};

export async function inTransaction<T>(pool: pg.Pool, work: (client: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    return result;
  } catch (error) {
    await client.query("rollback").catch((cause: Error) => (broken = cause));
    throw error;
  } finally {
    client.release(broken);
  }
}

export function sqlState(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Connection lost or refused, server starting or stopping, out of resources, timed out: the same request may do later. */
export function isOutage(error: unknown): boolean {
  const code = sqlState(error);
  if (code === undefined)
    return (
      error instanceof Error &&
      /Connection terminated|timeout exceeded when trying to connect|Client has encountered|Query read timeout|after calling end on the pool/.test(
        error.message,
      )
    );
  return /^(08|53|57|58|40|55|E)/.test(code) && code !== "EINVAL";
}

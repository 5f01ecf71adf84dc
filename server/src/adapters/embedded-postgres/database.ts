import pg from "pg";
import { SUPERUSER } from "./cluster.ts";
import { errorCode } from "./startup-error.ts";

export const DATABASE = "truebound";

const ANSWER_TIMEOUT_MS = 5_000;
const NO_SUCH_DATABASE = "3D000";
const ALREADY_EXISTS = "42P04";

export interface Access {
  readonly port: number;
  readonly password: string;
}

export const urlOf = ({ port, password }: Access): string => `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${DATABASE}`;

/** Proves that PostgreSQL answers with our password; makes our database when a first start did not get to it. */
export async function ensureDatabase(access: Access): Promise<void> {
  try {
    await ask(access, DATABASE, "SELECT 1");
  } catch (error) {
    if (errorCode(error) !== NO_SUCH_DATABASE) throw error;
    await createDatabase(access);
  }
}

async function createDatabase(access: Access): Promise<void> {
  try {
    await ask(access, "postgres", `CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    if (errorCode(error) !== ALREADY_EXISTS) throw error;
  }
}

async function ask({ port, password }: Access, database: string, sql: string): Promise<void> {
  const client = new pg.Client({
    host: "127.0.0.1",
    port,
    user: SUPERUSER,
    password,
    database,
    ssl: false,
    connectionTimeoutMillis: ANSWER_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS * 4,
  });
  // A connection that breaks rejects the call in flight as well; without a listener it would end the process instead.
  const broken = new Promise<never>((_, reject) => client.once("error", reject));
  try {
    await Promise.race([client.connect().then(() => client.query(sql)), broken]);
  } finally {
    await Promise.race([client.end(), broken]);
  }
}

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pg from "pg";
import type { Log } from "../../log.ts";
import { StartupError } from "../embedded-postgres/index.ts";
import { type Queryable, sqlState } from "./pool.ts";

/** The same distance from src and from dist. */
const FOLDER = fileURLToPath(new URL("../../../../migrations", import.meta.url));
const TABLE = "pgmigrations";
const NO_SUCH_TABLE = "42P01";
const FORM = /^\d{4}-[a-z0-9-]+\.sql$/;

export const knownMigrations = (): string[] =>
  readdirSync(FOLDER)
    .filter((name) => FORM.test(name))
    .map((name) => name.slice(0, -".sql".length))
    .sort();

export type SchemaState =
  | { readonly kind: "current" }
  | { readonly kind: "behind"; readonly missing: string[] }
  | { readonly kind: "newer"; readonly unknown: string[] };

export async function schemaState(client: Queryable): Promise<SchemaState> {
  const known = knownMigrations();
  const applied = await appliedMigrations(client);
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) return { kind: "newer", unknown };
  const missing = known.filter((name) => !applied.includes(name));
  return missing.length > 0 ? { kind: "behind", missing } : { kind: "current" };
}

async function appliedMigrations(client: Queryable): Promise<string[]> {
  try {
    const { rows } = await client.query<{ name: string }>(`select name from ${TABLE} order by id`);
    return rows.map((row) => row.name);
  } catch (error) {
    if (sqlState(error) === NO_SUCH_TABLE) return [];
    throw error;
  }
}

/** Brings the schema up to this software. Several processes may try at once: an advisory lock lets one work and the others wait. */
export async function migrate(databaseUrl: string, log: Log): Promise<string[]> {
  return withClient(databaseUrl, async (client) => {
    refuseNewer(await schemaState(client));
    const { runner } = await import("node-pg-migrate");
    const done = await runner({
      dbClient: client,
      dir: FOLDER,
      ignorePattern: "(?!\\d{4}-).*",
      migrationsTable: TABLE,
      direction: "up",
      advisoryLockMode: "wait",
      logger: { debug: () => {}, info: () => {}, warn: (message) => log.warn(message), error: (message) => log.error(message) },
    });
    return done.map((migration) => migration.name);
  });
}

/** For a server that does not migrate by itself. */
export async function requireCurrentSchema(databaseUrl: string): Promise<void> {
  const state = await withClient(databaseUrl, schemaState);
  refuseNewer(state);
  if (state.kind === "behind")
    throw new StartupError(
      `Cannot use this database: it lacks ${state.missing.join(", ")}; run truebound migrate first, or start the server with MIGRATE_ON_START=1`,
      78,
    );
}

function refuseNewer(state: SchemaState): void {
  if (state.kind !== "newer") return;
  throw new StartupError(
    `Cannot use this database: its schema is newer than this Truebound (${state.unknown.join(", ")}); run the Truebound that made it, or a later one`,
    78,
  );
}

async function withClient<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  // What breaks the connection rejects the query in flight too.
  client.on("error", () => {});
  await connect(client);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    const { host, port, database } = client;
    throw new StartupError(
      `Cannot reach the database ${database} at ${host}:${port}: ${cause instanceof Error ? cause.message || String(cause) : String(cause)}`,
      1,
      { cause },
    );
  }
}

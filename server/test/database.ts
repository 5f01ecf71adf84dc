import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { startEmbeddedPostgres } from "../src/adapters/embedded-postgres/index.ts";
import { migrate } from "../src/adapters/postgres/migrate.ts";
import { folderForTests } from "./folder-for-tests.ts";
import { preparedCluster, TEMPLATE } from "./prepared-cluster.ts";
import { quiet } from "./quiet.ts";

/**
 * A real PostgreSQL for one test file: the one that TRUEBOUND_TEST_DATABASE_URL names, else an embedded one of its own.
 * Each `create` clones a template that was migrated once.
 */
export interface TestDatabases {
  create(): Promise<string>;
  /** A database without any schema. */
  createEmpty(): Promise<string>;
  stop(): Promise<void>;
}

export { quiet };

export async function testDatabases(): Promise<TestDatabases> {
  const server = await startServer();
  const made: string[] = [];
  const template = server.template ?? (await migrated(server.url, made));
  return {
    create: () => createDatabase(server.url, made, template),
    createEmpty: () => createDatabase(server.url, made),
    stop: async () => {
      for (const name of made.reverse()) await admin(server.url, `drop database if exists ${name} with (force)`);
      await server.stop();
    },
  };
}

/** A path for the receipt key of servers under test; made on first use, one for each test file. */
export const receiptKeyFile = join(folderForTests("receipt"), "receipt-key.pem");

interface Server {
  readonly url: string;
  /** Name of a database with the schema; null = there is none yet. */
  readonly template: string | null;
  stop(): Promise<void>;
}

async function startServer(): Promise<Server> {
  const given = process.env.TRUEBOUND_TEST_DATABASE_URL;
  if (given !== undefined) return { url: given, template: null, stop: async () => {} };
  const dataDir = await preparedCluster();
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => {} });
  return {
    url: postgres.url,
    template: TEMPLATE,
    stop: async () => {
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function migrated(serverUrl: string, made: string[]): Promise<string> {
  const template = await createDatabase(serverUrl, made);
  await migrate(template, quiet);
  return databaseOf(template);
}

async function createDatabase(serverUrl: string, made: string[], template?: string): Promise<string> {
  const name = `truebound_test_${randomBytes(6).toString("hex")}`;
  await admin(serverUrl, `create database ${name}${template ? ` template ${template}` : ""}`);
  made.push(name);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

const databaseOf = (url: string): string => new URL(url).pathname.slice(1);

async function admin(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Asks one question of a test's database, with int8 as bigint. */
export async function ask<Row extends pg.QueryResultRow>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: (oid, format) => (oid === 20 ? BigInt : pg.types.getTypeParser(oid, format ?? "text")) },
  });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dumpSchema } from "../src/adapters/postgres/dump-schema.ts";
import { knownMigrations, migrate, requireCurrentSchema } from "../src/adapters/postgres/migrate.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { serverOn } from "./server-under-test.ts";

let databases: TestDatabases;
beforeAll(async () => {
  databases = await testDatabases();
});
afterAll(() => databases?.stop());

const COMMITTED = fileURLToPath(new URL("../../migrations/schema.sql", import.meta.url));

describe("the schema", () => {
  it("is the one that is committed as migrations/schema.sql", async () => {
    const client = new pg.Client({ connectionString: await databases.create() });
    await client.connect();
    const dumped = await dumpSchema(client);
    await client.end();
    if (process.env.UPDATE_SCHEMA === "1") writeFileSync(COMMITTED, dumped);
    expect(dumped).toBe(readFileSync(COMMITTED, "utf8"));
  });
  it("has keys that lead with the host id wherever a row belongs to a host", async () => {
    const url = await databases.create();
    const keys = await ask<{ table: string; column: string }>(
      url,
      `select c.relname as table, a.attname as column from pg_index i join pg_class c on c.oid = i.indrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
       where i.indisprimary and exists (select from pg_attribute h where h.attrelid = c.oid and h.attname = 'host_id')`,
    );
    expect(keys.length).toBeGreaterThan(3);
    for (const { table, column } of keys) expect([table, column]).toEqual([table, "host_id"]);
  });
  it("is made once when several processes migrate at the same time", async () => {
    const url = await databases.createEmpty();
    const runs = await Promise.all([1, 2, 3].map(() => migrate(url, quiet)));
    expect(runs.map((done) => done.length).sort()).toEqual([0, 0, knownMigrations().length]);
    expect(await migrate(url, quiet)).toEqual([]);
  });
  it("keeps every microsecond of a time on its way to nanoseconds and back", async () => {
    const url = await databases.create();
    const [row] = await ask(
      url,
      "select utc_ns('2026-11-23 14:50:00.123457Z') as ns, at_utc_ns(1795445400123457000) = '2026-11-23 14:50:00.123457Z' as back",
    );
    expect(row).toEqual({ ns: 1_795_445_400_123_457_000n, back: true });
  });
});

describe("a schema that is not ours to use", () => {
  it("newer than the software: one line, exit code 78", async () => {
    const url = await databases.create();
    await ask(url, "insert into pgmigrations (name, run_on) values ('9999-later', now())");
    for (const start of [() => migrate(url, quiet), () => requireCurrentSchema(url), () => serverOn(url)])
      await expect(start()).rejects.toMatchObject({
        name: "StartupError",
        exitCode: 78,
        message: expect.stringMatching(/^[^\n]*newer[^\n]*9999-later[^\n]*$/),
      });
  });
  it("older than the software: told to migrate", async () => {
    await expect(serverOn(await databases.createEmpty())).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining("truebound migrate"),
    });
  });
  it("of a database that cannot be reached", async () => {
    await expect(serverOn("postgres://nobody:x@127.0.0.1:1/none")).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining("127.0.0.1:1"),
    });
  });
});

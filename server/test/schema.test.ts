import { createHash } from "node:crypto";
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
  it("names each database by a word of its own, once", async () => {
    const pair = await Promise.all([databases.createEmpty(), databases.createEmpty()]);
    const words = async () => (await Promise.all(pair.map((url) => ask<{ id: string }>(url, "select id from installation")))).flat();
    for (const url of pair) await migrate(url, quiet);
    const made = await words();
    expect(made.map(({ id }) => id)).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), expect.stringMatching(/^[0-9a-f]{8}$/)]);
    expect(made[0]).not.toEqual(made[1]);
    for (const url of pair) await migrate(url, quiet);
    expect(await words()).toEqual(made);
    await expect(ask(pair[0] as string, "insert into installation default values")).rejects.toThrow(/installation_pkey/);
  });
  it("is made once when several processes migrate at the same time", async () => {
    const url = await databases.createEmpty();
    const runs = await Promise.all([1, 2, 3].map(() => migrate(url, quiet)));
    expect(runs.map((done) => done.length).sort()).toEqual([0, 0, knownMigrations().length]);
    expect(await migrate(url, quiet)).toEqual([]);
  });
  it("keeps hosts that were enrolled before keys could change: their key signed all that they sent", async () => {
    const url = await databases.createEmpty();
    const before = knownMigrations().filter((name) => name < "0020");
    await ask(url, "create table pgmigrations (id serial primary key, name varchar(255) not null, run_on timestamp not null)");
    for (const name of before) {
      await ask(url, readFileSync(fileURLToPath(new URL(`../../migrations/${name}.sql`, import.meta.url)), "utf8"));
      await ask(url, "insert into pgmigrations (name, run_on) values ($1, now())", [name]);
    }
    for (const [id, state] of [
      ["1", "active"],
      ["2", "retired"],
    ]) {
      const host = `00000000-0000-4000-8000-00000000000${id}`;
      await ask(
        url,
        "insert into host (id, name, labels, public_key, state, enrolled_with) values ($1, $2, '{}', sha256(convert_to($2, 'utf8')), $3, sha256(''))",
        [host, `host-${id}`, state],
      );
      await ask(url, "insert into host_state (host_id, epoch, seq, chain_hash) values ($1, 1, 0, sha256(''))", [host]);
    }
    expect(await migrate(url, quiet)).toEqual(knownMigrations().filter((name) => name >= "0020"));
    const kept =
      "select h.public_key = k.public_key as same, k.from_epoch, k.from_seq, h.retired_at is null as there from host h join host_key k on k.host_id = h.id order by h.id";
    const key = { same: true, from_epoch: 1, from_seq: 1n };
    expect(await ask(url, kept)).toEqual([
      { ...key, there: true },
      { ...key, there: false },
    ]);
    const told = await ask<{ entry: { host: string; name: string; public_key: string } }>(
      url,
      "select entry from log_pending order by entry ->> 'host'",
    );
    expect(told.map(({ entry: { name, public_key } }) => [name, public_key])).toEqual(
      ["host-1", "host-2"].map((name) => [name, createHash("sha256").update(name).digest("base64url")]),
    );
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

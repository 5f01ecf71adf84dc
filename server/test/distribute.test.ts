import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { distribute } from "../src/adapters/postgres/distribute.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { retireSilent } from "../src/adapters/postgres/retire-store.ts";
import { DISTRIBUTED, LOCAL, planDistribution, REFERENCE } from "../src/distribute/distribution.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { FakeAgent } from "./fake-agent.ts";
import { serverOn } from "./server-under-test.ts";

let databases: TestDatabases;
let url: string;
beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
});
afterAll(() => databases?.stop());

/** What we use of Citus, in its form; it only writes down what it was asked for. */
const FAKE_CITUS = `
  create table pg_dist_partition (logicalrelid regclass primary key, partmethod "char" not null);
  create table asked (id serial, what text);
  create function create_reference_table(table_name regclass) returns void language plpgsql as $$
  begin
    insert into pg_dist_partition values (table_name, 'n');
    insert into asked (what) values ('reference ' || table_name);
  end $$;
  create function create_distributed_table(table_name regclass, distribution_column text, distribution_type text default 'hash', colocate_with text default 'default')
  returns void language plpgsql as $$
  begin
    insert into pg_dist_partition values (table_name, 'h');
    insert into asked (what) values ('distributed ' || table_name || ' by ' || distribution_column || ' beside ' || colocate_with);
  end $$;`;

describe("truebound migrate --distribute citus", () => {
  it("says clearly that there is no Citus", async () => {
    await expect(distribute(url, quiet)).rejects.toMatchObject({ exitCode: 1, message: expect.stringContaining("no extension citus") });
  });
  it("asks for each table once, and is harmless when it is done again", async () => {
    const spread = await databases.create();
    await ask(spread, FAKE_CITUS);
    expect(await distribute(spread, quiet)).toEqual(planDistribution(new Map()));
    const asked = await ask<{ what: string }>(spread, "select what from asked order by id");
    expect(asked.map(({ what }) => what)).toEqual([
      ...REFERENCE.map((table) => `reference ${table}`),
      ...DISTRIBUTED.map((table) => `distributed ${table} by host_id beside ${table === "host_state" ? "default" : "host_state"}`),
    ]);
    expect(await ask(spread, "select from pg_trigger where tgname = 'host_changed'")).toEqual([]);
    expect(await distribute(spread, quiet)).toEqual([]);
  });
});

it("a change of a host is a change of its state, also without the trigger that a spread database cannot have", async () => {
  const spread = await databases.create();
  const server = await serverOn(spread);
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600, ephemeralHours: 1 }), "changed");
  await ask(spread, "drop trigger host_changed on host");
  const changed = async () => (await ask<{ xid: string }>(spread, "select changed_xid::text as xid from host_state"))[0]?.xid;
  const pool = openPool(spread, quiet);
  const seen = [await changed()];
  await adminStore(pool).setState(agent.id, "suspended");
  seen.push(await changed());
  await ask(spread, "update host set state = 'active', enrolled_at = enrolled_at - interval '2 hours'");
  await retireSilent(pool);
  seen.push(await changed());
  await agent.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "changed back");
  seen.push(await changed());
  expect(new Set(seen).size).toBe(4);
  await pool.end();
  await server.stop();
});

const OURS =
  "c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname not like 'pgmigrations%'";

describe("the schema, for a database that is spread by host", () => {
  it("places every table", async () => {
    const tables = await ask<{ table: string }>(url, `select c.relname as table from pg_class c where ${OURS}`);
    expect(tables.map(({ table }) => table).sort()).toEqual([...DISTRIBUTED, ...REFERENCE, ...LOCAL].sort());
  });
  it("has no key of a spread table that does not lead with the host", async () => {
    const keys = await ask<{ key: string; first: string }>(
      url,
      `select i.indexrelid::regclass::text as key, a.attname as first
       from pg_index i join pg_class c on c.oid = i.indrelid left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
       where i.indisunique and c.relname = any ($1)`,
      [DISTRIBUTED],
    );
    expect(keys.length).toBeGreaterThanOrEqual(DISTRIBUTED.length);
    for (const { key, first } of keys) expect([key, first]).toEqual([key, "host_id"]);
  });
  it("refers only to tables that lie everywhere", async () => {
    const references = await ask<{ from: string; to: string }>(
      url,
      `select distinct conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint
       where contype = 'f' and connamespace = 'public'::regnamespace`,
    );
    const besideIt = (from: string): readonly string[] => (LOCAL.some((table) => table === from) ? [...REFERENCE, ...LOCAL] : REFERENCE);
    for (const { from, to } of references) expect([from, besideIt(from)]).toEqual([from, expect.arrayContaining([to])]);
  });
});

const HOT = ["ingest/ledger", "ingest/writes", "ingest/ingest-store", "key-store", "host-event", "host-lock"];
const SQL = /`\s*((?:select|insert|update|delete|with)\b[^`]*)`|"((?:select|insert|update|delete)\b[^"]*)"/g;

const statements = HOT.flatMap((name) => {
  const text = readFileSync(new URL(`../src/adapters/postgres/${name}.ts`, import.meta.url), "utf8");
  return [...text.matchAll(SQL)].map((match) => [name, (match[1] ?? match[2] ?? "").replace(/\s+/g, " ")] as const);
});
const touched = (sql: string): string[] => DISTRIBUTED.filter((table) => new RegExp(`\\b(from|join|into|update) ${table}\\b`).test(sql));

describe("what ingest asks of the database", () => {
  it("is found at all", () => {
    expect(new Set(statements.flatMap(([, sql]) => touched(sql)))).toEqual(
      new Set(["host_state", "evidence", "host_minute", "host_event", "host_epoch", "host_key", "log_host", "log_block"]),
    );
  });
  it("names the host of every row of a spread table that it touches", () => {
    for (const [name, sql] of statements.filter(([, text]) => touched(text).length > 0)) {
      const condition = /\b(where|on|using)\b(.*)$/.exec(sql)?.[2] ?? "";
      const columns = /^insert into \w+(?: as \w+)? \(([^)]*)\)/.exec(sql)?.[1] ?? "";
      const conflict = /on conflict \(([^)]*)\)/.exec(sql)?.[1] ?? "host_id";
      const isByKeyAlone = /exists \(select from host_key where public_key = \$1\)/.test(sql);
      expect([name, sql, isByKeyAlone || /\bhost_id\b/.test(condition) || /\bhost_id\b/.test(columns)]).toEqual([name, sql, true]);
      expect(conflict).toContain("host_id");
    }
  });
});

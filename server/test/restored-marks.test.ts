import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mendRestoredMarks } from "../src/adapters/postgres/restored-marks.ts";
import { ask, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { serverOn } from "./server-under-test.ts";

let databases: TestDatabases;
beforeAll(async () => {
  databases = await testDatabases();
});
afterAll(() => databases?.stop());
const FAR = "'4000000000'::xid8";
const T0 = 1_800_000_000_000_000_000n;

it("a dump in another cluster, whose transactions have smaller numbers, is told once and not at every look", async () => {
  const url = await databases.create();
  const before = await serverOn(url);
  const agent = new FakeAgent(before.agentsUrl);
  await agent.enrol(await before.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "restored");
  const row = (index: bigint) => ({ realtime: T0 + index, lo: -5_000n, hi: 7_000n });
  expect((await agent.send(batchOf(agent.id, [row(0n)]))).status).toBe(200);
  await before.stop();
  // Two events, one that the judge had seen and one that it had not; then as they look where no transaction has such a number yet.
  const event =
    "insert into host_event (host_id, epoch, seq, ordinal, at_ns, at_marked, kind, detail, written_xid) values ($1, 1, 1, $2, $3, false, 'clock_stepped', '{}', $4::xid8)";
  await ask(url, event, [agent.id, 90, T0, "3999999999"]);
  await ask(url, event, [agent.id, 91, T0, "4000000001"]);
  await ask(url, `update host_state set changed_xid = ${FAR}`);
  await ask(url, `insert into alert_progress (mark) values (${FAR}) on conflict (one) do update set mark = excluded.mark`);

  const server = await serverOn(url);
  const ahead = (table: string, column: string) =>
    ask<{ count: bigint }>(url, `select count(*) from ${table} where ${column} >= pg_snapshot_xmax(pg_current_snapshot())`);
  for (const [table, column] of [
    ["host_event", "written_xid"],
    ["host_state", "changed_xid"],
    ["alert_progress", "mark"],
  ] as const)
    expect([table, (await ahead(table, column))[0]?.count]).toEqual([table, 0n]);
  const told = await ask<{ ordinal: number; old: boolean }>(
    url,
    "select ordinal, written_xid = '3'::xid8 as old from host_event where ordinal >= 90 order by ordinal",
  );
  expect(told.map(({ ordinal, old }) => [Number(ordinal), old])).toEqual([
    [90, true],
    [91, false],
  ]);
  await server.stop();
});

it("more events than one statement could change in its time are mended in parts", async () => {
  const url = await databases.create();
  const server = await serverOn(url);
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "many");
  await server.stop();
  const events = `insert into host_event (host_id, epoch, seq, ordinal, at_ns, at_marked, kind, detail, written_xid)
    select $1, 1, 1, one, 0, false, 'clock_stepped', '{}', '3999999999'::xid8 from generate_series(1, 8) as one`;
  await ask(url, events, [agent.id]);
  await ask(url, `insert into alert_progress (mark) values (${FAR}) on conflict (one) do update set mark = excluded.mark`);
  await ask(url, "create function slow() returns trigger language plpgsql as 'begin perform pg_sleep(0.2); return new; end'");
  await ask(url, "create trigger slow before update on host_event for each row execute function slow()");
  const pool = new pg.Pool({ connectionString: url, statement_timeout: 1_000 });
  expect(await mendRestoredMarks(pool, 2)).toBeGreaterThanOrEqual(8);
  await pool.end();
  const left = "select count(*) from host_event where kind = 'clock_stepped' and written_xid <> '3'::xid8";
  expect((await ask<{ count: bigint }>(url, left))[0]?.count).toBe(0n);
});

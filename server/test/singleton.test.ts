import { afterAll, beforeAll, expect, it } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { retireSilent } from "../src/adapters/postgres/retire-store.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { FakeAgent } from "./fake-agent.ts";
import { serverOn } from "./server-under-test.ts";

/** Work that one server of several does: who has the advisory lock does it, and the others have nothing to do. */
let databases: TestDatabases;
let url: string;
let server: RunningServer;
let pools: ReturnType<typeof openPool>[] = [];
beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  server = await serverOn(url);
  pools = [openPool(url, quiet), openPool(url, quiet)];
});
afterAll(async () => {
  for (const pool of pools) await pool.end();
  await server?.stop();
  await databases?.stop();
});

async function silentHosts(count: number, name: string): Promise<void> {
  const token = await server.createToken({ labels: {}, uses: count, ttlSeconds: 600, ephemeralHours: 1 });
  for (let index = 0; index < count; index++) await new FakeAgent(server.agentsUrl).enrol(token, `${name}-${index}`);
  await ask(url, "update host set enrolled_at = enrolled_at - interval '2 hours' where name like $1 || '-%'", [name]);
}

it("two servers that look at once retire each silent host once", async () => {
  await silentHosts(20, "silent");
  const rounds = await Promise.all(pools.flatMap((pool) => [retireSilent(pool), retireSilent(pool)]));
  expect(rounds.flat()).toHaveLength(20);
  expect(rounds.filter((retired) => retired.length > 0)).toHaveLength(1);
  const told = await ask(url, "select count(*) as events, count(distinct host_id) as hosts from host_event where kind = 'host_retired'");
  expect(told).toEqual([{ events: 20n, hosts: 20n }]);
});

it("a server does not while another one is at it, and does once that one is gone", async () => {
  await silentHosts(1, "waiting");
  const [one, other] = pools as [(typeof pools)[number], (typeof pools)[number]];
  const holder = await one.connect();
  await holder.query("begin");
  await holder.query("select pg_advisory_xact_lock(hashtext('truebound retire silent hosts'))");
  expect(await retireSilent(other)).toEqual([]);
  // Its connection breaks: the lock goes with it, whatever became of the server.
  holder.release(true);
  await expect.poll(async () => (await retireSilent(other)).length, { timeout: 20_000 }).toBe(1);
});

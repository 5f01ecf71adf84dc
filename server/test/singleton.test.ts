import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { retireSilent } from "../src/adapters/postgres/retire-store.ts";
import { asOnlyOneInTurn } from "../src/adapters/postgres/singleton.ts";
import { ask, quiet } from "./database.ts";
import { FakeAgent } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

/** Work that one server of several does: who has the advisory lock does it, and the others have nothing to do. */
let pools: ReturnType<typeof openPool>[] = [];
const tested = serverForTests();
beforeAll(() => {
  pools = [openPool(tested.url, quiet), openPool(tested.url, quiet)];
});
afterAll(async () => {
  for (const pool of pools) await pool.end();
});

async function silentHosts(count: number, name: string): Promise<void> {
  const token = await tested.server.createToken({ labels: {}, uses: count, ttlSeconds: 600, ephemeralHours: 1 });
  for (let index = 0; index < count; index++) await new FakeAgent(tested.server.agentsUrl).enrol(token, `${name}-${index}`);
  await ask(tested.url, "update host set enrolled_at = enrolled_at - interval '2 hours' where name like $1 || '-%'", [name]);
}

it("two servers that look at once retire each silent host once", async () => {
  await silentHosts(20, "silent");
  const rounds = await Promise.all(pools.flatMap((pool) => [retireSilent(pool), retireSilent(pool)]));
  expect(rounds.flat()).toHaveLength(20);
  expect(rounds.filter((retired) => retired.length > 0)).toHaveLength(1);
  const told = await ask(
    tested.url,
    "select count(*) as events, count(distinct host_id) as hosts from host_event where kind = 'host_retired'",
  );
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

const LONG_WAIT = `select count(*) as waits from pg_stat_activity
  where wait_event = 'advisory' and application_name = 'in turn' and clock_timestamp() - query_start > interval '1 s'`;

it("waits for its turn for longer than a statement may take, and then has the limit of statements again", async () => {
  const waiting = new pg.Pool({ connectionString: tested.url, statement_timeout: 500, max: 1, application_name: "in turn" });
  // Its connection may be cut with the database while it closes; nobody asks it anything any more.
  waiting.on("connect", (client) => client.on("error", () => {}));
  const holder = await (pools[0] as pg.Pool).connect();
  await holder.query("select pg_advisory_lock(hashtext('turn'))");
  const turn = asOnlyOneInTurn(waiting, "turn", async (client) => (await client.query("show statement_timeout")).rows);
  turn.catch(() => {}); // told below
  await expect.poll(async () => (await ask(tested.url, LONG_WAIT))[0], { timeout: 20_000 }).toEqual({ waits: 1n });
  holder.release(true);
  expect(await turn).toEqual([{ statement_timeout: "500ms" }]);
  await waiting.end();
});

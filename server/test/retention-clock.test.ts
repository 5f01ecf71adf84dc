import type pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { evidenceKeeper } from "../src/adapters/postgres/retention/evidence-keeper.ts";
import { makePartitions, removeOld } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { readRetentionTime } from "../src/adapters/postgres/retention/time-store.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { sealLog } from "./seal-log.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();
const T0 = 1_740_830_400_000_000_000n;
const SETTINGS = { rollupDays: 30 };
let pool: pg.Pool;
const agents: FakeAgent[] = [];
beforeAll(async () => {
  pool = openPool(tested.url, quiet);
  for (const name of ["a", "b", "c"]) {
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
    agents.push(agent);
  }
});
afterAll(() => pool?.end());

const MINUTE = `
  insert into host_minute (host_id, minute_ns, rows, status, marked, unbounded)
  select id, utc_ns(date_trunc('minute', clock_timestamp()) - make_interval(days => $1)), 60, 'unknown', true, true from host where name = 'a'`;

/** All that is stored came, and was measured, so many days ago; and what each host proves of UTC lies so many days back. */
async function stored(receivedDays: number, provenDays: readonly number[]): Promise<void> {
  for (const [index, agent] of agents.entries()) {
    await agent.send(batchOf(agent.id, [{ realtime: T0 + BigInt(agent.seq) * 1_000_000_000n, lo: -1000n, hi: 1000n }]));
    const proves =
      "update host_state set checkpointed_seq = seq, as_of_ns = utc_ns(clock_timestamp() - make_interval(days => $2)) where host_id = $1";
    await ask(tested.url, proves, [agent.id, provenDays[index] ?? 0]);
  }
  await ask(tested.url, "update evidence set received_at = received_at - make_interval(days => $1)", [receivedDays]);
  await ask(tested.url, MINUTE, [receivedDays]);
  await makePartitions(pool, quiet);
  await sealLog(tested.url);
}

const left = async (): Promise<bigint[]> =>
  (
    await ask<{ count: bigint }>(
      tested.url,
      "select count(*) from evidence union all select count(*) from host_minute where minute_ns > $1",
      [T0 + 86_400_000_000_000n],
    )
  ).map(({ count }) => count);

it("judges the clock of the database by no host whose reports were carried: what they prove is a time that is past", async () => {
  await stored(0, [9, 9, 0]);
  expect((await readRetentionTime(pool)).isHeldBack).toBe(true);
  await ask(tested.url, "update host_state set carried = true where as_of_ns < utc_ns(clock_timestamp() - interval '1 day')");
  const { ahead, isHeldBack } = await readRetentionTime(pool);
  expect([isHeldBack, ahead !== null && ahead < 3_600_000_000_000n]).toEqual([false, true]);
});

beforeEach(async () => {
  await ask(tested.url, "delete from evidence");
  await ask(tested.url, "delete from host_minute");
  await ask(tested.url, "update host_state set as_of_marked = false, status = 'proven', carried = false");
});

it("removes nothing by a clock of the database that is ahead of what the fleet proves", async () => {
  await stored(60, [60, 60, 60]);
  await removeOld(pool, SETTINGS, quiet);
  expect(await left()).toEqual([3n, 1n]);
});

it("removes what is past its age where most of the fleet proves that time, whatever one host says", async () => {
  await stored(60, [0, 0, 4000]);
  await removeOld(pool, SETTINGS, quiet);
  expect(await left()).toEqual([0n, 0n]);
});

it.each([
  ["is marked", "as_of_marked = true"],
  ["is not proven", "status = 'holdover'"],
])("goes by the database's clock where what hosts say of UTC %s", async (_, is) => {
  await stored(60, [60, 60, 60]);
  await ask(tested.url, `update host_state set ${is}`);
  expect(await readRetentionTime(pool)).toMatchObject({ ahead: null, isHeldBack: false });
  await removeOld(pool, SETTINGS, quiet);
  expect(await left()).toEqual([0n, 0n]);
});

it("says once that it is held back, and once that it no longer is", async () => {
  await stored(60, [60, 60, 60]);
  const told: string[] = [];
  const log = { ...quiet, warn: (line: string) => void told.push(line), info: (line: string) => void told.push(line) };
  const keeper = evidenceKeeper(pool, SETTINGS, log);
  await keeper.look();
  expect(told).toEqual([
    expect.stringMatching(/^The database's clock is 5184\d{3}\.\d* s ahead of what the fleet proves: what would be past/),
  ]);
  expect(keeper.samples().find(({ family }) => family === "retentionClockAhead")?.value).toBeCloseTo(60 * 86_400, -2);
  await ask(tested.url, "update host_state set as_of_ns = utc_ns(clock_timestamp())");
  vi.spyOn(performance, "now").mockReturnValue(performance.now() + 2 * 3_600_000);
  await keeper.look();
  vi.restoreAllMocks();
  expect(told.filter((line) => line.includes("clock"))).toEqual([told[0], expect.stringContaining("agree again")]);
});

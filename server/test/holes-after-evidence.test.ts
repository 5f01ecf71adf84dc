import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { serverForTests } from "./server-under-test.ts";

/** What was unknown stays so when the evidence beside it is gone. */
const tested = serverForTests();
let pool: pg.Pool;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(() => pool?.end());

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const row = (second: number) => ({ realtime: T0 + BigInt(second) * S, lo: -1000n, hi: 1000n });

/** A backlog as it comes much later: of a batch in the midst of a minute nothing can be read. */
async function backlog(name: string, breaks: (agent: FakeAgent) => Promise<unknown>): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  await agent.sendAll([batchOf(agent.id, [row(-60), row(0), row(5)])]);
  await breaks(agent);
  await agent.sendAll([batchOf(agent.id, [row(55), row(60), row(120)])]);
  return agent;
}

const drawn = async (agent: FakeAgent): Promise<[string, string, string | null][]> =>
  (
    await get(`${tested.server.peopleUrl}/api/v1/hosts/${agent.id}/series?from=2025-03-01T10:00:00Z&to=2025-03-01T14:00:00Z`)
  ).body.points.map((point: { t: string; status: string; lo_ns: string | null }) => [point.t.slice(11, 16), point.status, point.lo_ns]);

/** Of batches from `seq` on the receipt lies so many days back. */
async function age(agent: FakeAgent, days: number, seqs: readonly [number, number]): Promise<void> {
  await ask(
    tested.url,
    "update evidence set received_at = received_at - $2 * interval '1 day' where host_id = $1 and seq between $3 and $4",
    [agent.id, days, ...seqs],
  );
  await ask(tested.url, "update host_event set at_ns = at_ns - $2::bigint * 86400000000000 where host_id = $1 and seq between $3 and $4", [
    agent.id,
    days,
    ...seqs,
  ]);
  await ask(tested.url, "update host_state set checkpointed_seq = seq where host_id = $1", [agent.id]);
}

async function remove(): Promise<void> {
  await makePartitions(pool, quiet);
  await removeOld(pool, { rollupDays: 100_000 }, quiet);
}

const UNKNOWN = [
  ["10:00", "unknown", null],
  ["11:59", "proven", "-1000"],
  ["12:00", "unknown", null],
  ["12:01", "proven", "-1000"],
  ["12:02", "proven", "-1000"],
];

it.each(["a batch that cannot be read", "a new epoch"])("minutes beside %s stay unknown", async (what) => {
  const agent = await backlog(what, async (one) => (what === "a new epoch" ? one.beginEpoch() : one.send("{")));
  expect(await drawn(agent)).toEqual(UNKNOWN);
  await age(agent, 40, [1, 9]);
  await remove();
  expect(await ask(tested.url, "select seq from evidence where host_id = $1", [agent.id])).toEqual([]);
  expect(await drawn(agent)).toEqual(UNKNOWN);
});

it("and no others become so, where the evidence leaves day by day", async () => {
  const agent = await backlog("day by day", (one) => one.send("{"));
  await agent.send(batchOf(agent.id, [row(180)]));
  await age(agent, 43, [1, 1]);
  await remove();
  await age(agent, 42, [2, 2]);
  await remove();
  await age(agent, 41, [3, 3]);
  await remove();
  await age(agent, 40, [4, 4]);
  await remove();
  expect(await ask(tested.url, "select seq from evidence where host_id = $1", [agent.id])).toEqual([]);
  expect(await drawn(agent)).toEqual([...UNKNOWN, ["12:03", "proven", "-1000"]]);
});

import { utc } from "@truebound/time";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { queryStore } from "../src/adapters/postgres/query-store.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();
const S = 1_000_000_000n;
const DAY = 86_400n * S;
const T0 = 1_740_830_400n * S; // 2025-03-01T12:00:00Z
let pool: pg.Pool;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(() => pool?.end());
beforeEach(() => ask(tested.url, "delete from legal_hold"));

/** A host that slept for three days says both ends in one batch: the later one without a bound. */
async function sleeper(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  const proven = (at: bigint) => ({ realtime: at, lo: -1000n, hi: 1000n });
  const woke = { realtime: T0 + 3n * DAY, lo: null, hi: null, status: "disrupted", reason: "suspended_or_moved" } as const;
  await agent.send(batchOf(agent.id, [proven(T0), proven(T0 + 10n * S), woke]));
  await agent.send(batchOf(agent.id, [proven(T0 + 3n * DAY + 30n * S)]));
  // What has no bound lies where it was received: so the first batch ends today unless it is put back.
  await ask(tested.url, "update evidence set last_utc_ns = $2 where host_id = $1 and seq = 1", [agent.id, T0 + 3n * DAY]);
  await ask(tested.url, "update evidence set received_at = at_utc_ns(last_utc_ns) + interval '1 second' where host_id = $1", [agent.id]);
  await ask(tested.url, "update host_state set checkpointed_seq = seq where host_id = $1", [agent.id]);
  await makePartitions(pool, quiet);
  return agent;
}

const left = async ({ id }: FakeAgent): Promise<bigint[]> =>
  (await ask<{ seq: bigint }>(tested.url, "select seq from evidence where host_id = $1 order by seq", [id])).map(({ seq }) => seq);

it("a hold on the day before a suspend of three days keeps the batch that says both ends", async () => {
  const agent = await sleeper("held");
  await ask(tested.url, "insert into legal_hold (held_host, from_ns, to_ns) values ($1, $2, $3)", [agent.id, T0 - DAY / 2n, T0 + DAY / 2n]);
  await removeOld(pool, { rollupDays: 100_000 }, quiet);
  expect(await left(agent)).toContain(1n);
});

it("a series of the day before a suspend of three days has its bounds, and so has a range within it", async () => {
  const agent = await sleeper("asked");
  const found = await queryStore(pool).evidenceBetween(agent.id, utc(T0), utc(T0 + DAY / 2n), { batches: 10, bytes: 1e6 });
  expect(found?.map(({ seq }) => seq)).toEqual([1]);
  const question = `${tested.server.peopleUrl}/api/v1/hosts/asked/series?from=2025-03-01T11:59:00Z&to=2025-03-01T12:01:00Z`;
  expect((await get(question)).body.points.some(({ lo_ns }: { lo_ns: string | null }) => lo_ns !== null)).toBe(true);
});

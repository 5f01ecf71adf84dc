import { utc } from "@truebound/time";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHoles } from "../src/adapters/postgres/holes.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent, type Row } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

/** Between which readings lies what was set aside or lost. */
const tested = serverForTests();
let pool: pg.Pool;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(() => pool?.end());

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const row = (second: number, more: Partial<Row> = {}): Row => ({ realtime: T0 + BigInt(second) * S, lo: -1000n, hi: 1000n, ...more });
const BAD: Partial<Row> = { lo: 5n, hi: -5n };

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}
/** In seconds from T0. */
const holesOf = async (agent: FakeAgent) =>
  (await readHoles(pool, agent.id, utc(T0))).map(({ from, to }) => [Number((from - T0) / S), Number((to - T0) / S)]);

/** Batches that cannot be read, each with its event, behind what the agent sent. */
const UNREADABLE = `
  with added as (
    insert into evidence (host_id, epoch, seq, hash, prev_hash, body, quarantined, set_aside, received_at)
    select host_id, epoch, seq + n, hash, prev_hash, body, 'x', 0, received_at from evidence, generate_series(1, $2) n
    where host_id = $1 and seq = 1 returning host_id, epoch, seq, received_at)
  insert into host_event (host_id, epoch, seq, ordinal, at_ns, at_marked, kind, detail)
  select host_id, epoch, seq, 0, utc_ns(received_at) + seq, true, 'batch_quarantined', '{}' from added`;

describe("holes", () => {
  it("of neighbours are one, from the reading before the first to the one after the last", async () => {
    const agent = await enrolled("neighbours");
    await agent.sendAll([batchOf(agent.id, [row(0), row(5)]), "{", "{", batchOf(agent.id, [row(20), row(21, BAD)]), "{"]);
    await agent.sendAll([batchOf(agent.id, [row(40)]), batchOf(agent.id, [row(45)])]);
    expect(await holesOf(agent)).toEqual([[5, 40]]);
  });
  it("with readings between them are two", async () => {
    const agent = await enrolled("apart");
    await agent.sendAll([batchOf(agent.id, [row(0)]), "{", batchOf(agent.id, [row(10), row(15)]), "{", batchOf(agent.id, [row(20)])]);
    expect(await holesOf(agent)).toEqual([
      [0, 10],
      [15, 20],
    ]);
  });
  it("leave what the first batch of an epoch read", async () => {
    const agent = await enrolled("epochs");
    await agent.send(batchOf(agent.id, [row(0)]));
    agent.beginEpoch();
    await agent.sendAll([batchOf(agent.id, [row(10), row(15)]), "{", batchOf(agent.id, [row(20)])]);
    expect(await holesOf(agent)).toEqual([
      [0, 10],
      [15, 20],
    ]);
  });
  it("of a hundred thousand batches are found in one pass", { timeout: 20_000 }, async () => {
    const agent = await enrolled("newer");
    await agent.send(batchOf(agent.id, [row(0)]));
    await ask(tested.url, UNREADABLE, [agent.id, 100_000]);
    await ask(tested.url, "analyze evidence, host_event");
    const began = performance.now();
    expect(await readHoles(pool, agent.id, utc(T0))).toMatchObject([{ from: T0 }]);
    expect(performance.now() - began).toBeLessThan(3000);
  });
  it("have no end where none of many batches beside them has a reading", async () => {
    const agent = await enrolled("without neighbours");
    await agent.send(batchOf(agent.id, [row(0)]));
    await ask(tested.url, UNREADABLE, [agent.id, 200]);
    await ask(tested.url, "delete from host_event where host_id = $1 and seq <> 100", [agent.id]);
    expect(await readHoles(pool, agent.id, utc(T0))).toEqual([{ from: -(2n ** 63n), to: 2n ** 63n }]);
  });
});

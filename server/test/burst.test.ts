import { describe, expect, it } from "vitest";
import { ask } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

/** A host is asked to measure anew, and its reports say that they answer. */
const tested = serverForTests();

let count = 0;
async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name);
  return agent;
}

const batch = (agent: FakeAgent, burst?: string) => {
  count += 1;
  return batchOf(
    agent.id,
    [{ realtime: 1_740_830_400_000_000_000n + BigInt(count), lo: 0n, hi: 1n }],
    burst === undefined ? {} : { burst },
  );
};
const want = ({ id }: FakeAgent, word: string) => ask(tested.url, "update host_state set burst_wanted = $2 where host_id = $1", [id, word]);
const state = async ({ id }: FakeAgent) =>
  (
    await ask<{ burst_wanted: string; burst_done: string }>(
      tested.url,
      "select burst_wanted, burst_done from host_state where host_id = $1",
      [id],
    )
  )[0];

describe("a request to measure anew", () => {
  it("goes out with every receipt until a report answers it", async () => {
    const agent = await enrolled("asked");
    expect((await agent.send(batch(agent))).body.burst).toBeUndefined();
    await want(agent, "a");
    expect((await agent.send(batch(agent))).body.burst).toBe("a");
    expect((await agent.send(batch(agent))).body.burst).toBe("a");
    const answer = await agent.send(batch(agent, "a"));
    expect(answer.body).toMatchObject({ verdict: "stored" });
    expect(answer.body.burst).toBeUndefined();
    expect(await state(agent)).toEqual({ burst_wanted: null, burst_done: "a" });
    expect((await agent.send(batch(agent))).body.burst).toBeUndefined();
    expect(await state(agent)).toEqual({ burst_wanted: null, burst_done: "a" });
  });
  it("is not ended by the answer to an earlier one", async () => {
    const agent = await enrolled("twice");
    await want(agent, "b");
    expect((await agent.send(batch(agent, "a"))).body.burst).toBe("b");
    expect(await state(agent)).toEqual({ burst_wanted: "b", burst_done: "a" });
  });
  it("is answered also in the midst of a backlog, and by what is told ahead of one", async () => {
    const agent = await enrolled("late");
    await want(agent, "a");
    expect((await agent.sendAll([batch(agent), batch(agent, "a"), batch(agent)])).body.burst).toBeUndefined();
    expect(await state(agent)).toEqual({ burst_wanted: null, burst_done: "a" });
    await want(agent, "b");
    expect((await agent.sendAll([batch(agent), batch(agent)], Buffer.from(JSON.stringify(batch(agent, "b"))))).body.burst).toBeUndefined();
    expect(await state(agent)).toEqual({ burst_wanted: null, burst_done: "b" });
  });
  it("is asked again with the answer to a repeat", async () => {
    const agent = await enrolled("repeat");
    const first = batch(agent);
    await agent.send(first);
    await want(agent, "a");
    const again = Object.assign(agent.copy(agent.localAddress), { seq: agent.seq - 1, prev: genesisOf(agent) });
    expect((await again.send(first)).body).toMatchObject({ verdict: "duplicate", burst: "a" });
  });
});

const genesisOf = (agent: FakeAgent): string => {
  const fresh = agent.copy(agent.localAddress);
  fresh.epoch -= 1;
  fresh.beginEpoch();
  return fresh.prev;
};

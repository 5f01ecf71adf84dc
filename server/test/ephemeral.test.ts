import { describe, expect, it } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { retireSilent } from "../src/adapters/postgres/retire-store.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

/** Hosts that come and go: they are retired by their goodbye or their silence, and leave nothing in the way of the next. */

const tested = serverForTests();

const token = (ephemeralHours: number | null = 24, namePattern: string | null = null) =>
  tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {}, ephemeralHours, namePattern });

async function enrolled(name: string, ephemeralHours: number | null = 24): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  expect((await agent.enrol(await token(ephemeralHours), name)).status).toBe(200);
  return agent;
}

let second = 0;
function report(agent: FakeAgent) {
  second += 1;
  return agent.send(batchOf(agent.id, [{ realtime: 1_740_830_400_000_000_000n + BigInt(second), lo: 0n, hi: 1n }]));
}

interface Item {
  readonly id: string;
  readonly name: string;
  readonly liveness: string;
  readonly clone_suspected: boolean;
}
const list = async (query = "") => (await get(`${tested.server.peopleUrl}/api/v1/hosts?q=${query}`)).body.items as Item[];
const listOnceRetired = (name: string) =>
  until(`${name} is retired`, async () => (await list(`${name}&retired=1`)).some(({ liveness }) => liveness === "retired"));
const host = async (idOrName: string) => (await get(`${tested.server.peopleUrl}/api/v1/hosts/${idOrName}`)).body;

async function retireNow(): Promise<readonly { readonly name: string }[]> {
  const pool = openPool(tested.url, quiet);
  try {
    return (await Promise.all([1, 2, 3].map(() => retireSilent(pool)))).flat();
  } finally {
    await pool.end();
  }
}
/** As if it had been let in two days before that, and had reported for the last time then. */
async function silentFor(agent: FakeAgent, hours: number): Promise<void> {
  await ask(tested.url, "update host_state set received_at = clock_timestamp() - make_interval(hours => $2) where host_id = $1", [
    agent.id,
    hours,
  ]);
  await ask(tested.url, "update host set enrolled_at = clock_timestamp() - make_interval(hours => $2) - interval '2 days' where id = $1", [
    agent.id,
    hours,
  ]);
}

describe("a goodbye", () => {
  it("retires the host: it is told as an event, leaves the list and the metrics, and its name is free", async () => {
    const one = await enrolled("pod-1");
    await report(one);
    await until("pod-1 in the list", async () => (await list("pod-1")).length === 1);
    expect((await one.sayGoodbye()).body).toEqual({ version: 1, agent: one.id, state: "retired" });
    await listOnceRetired("pod-1");
    expect(await list("pod-1")).toEqual([]);
    expect(await host(one.id)).toMatchObject({
      liveness: "retired",
      events: [{ kind: "host_retired", detail: { why: "goodbye" }, words: "the host was retired: why goodbye" }],
    });
    const { body } = await get(`${tested.server.peopleUrl}/metrics`);
    expect(body).not.toContain('host="pod-1"');
    const two = await enrolled("pod-1");
    expect((await report(two)).status).toBe(200);
    expect((await host("pod-1")).id).toBe(two.id);
    expect((await one.sayGoodbye()).status).toBe(200);
  });
  it("means nothing once the host has reported since, or came back: nobody retires it by saying it again", async () => {
    const one = await enrolled("replayed");
    await report(one);
    await report(one);
    expect(await one.sayGoodbye(1)).toMatchObject({ status: 409, body: { code: "seq_gap", expected_seq: 3 } });
    expect((await one.sayGoodbye()).status).toBe(200);
    await one.enrol(await token(), "replayed");
    expect((await one.sayGoodbye(2, 1)).body.code).toBe("seq_gap");
    expect((await report(one)).status).toBe(200);
  });
  it("is refused of a host that stays, and by another key", async () => {
    const stays = await enrolled("stays", null);
    expect((await stays.sayGoodbye()).body).toMatchObject({ code: "bad_request", detail: expect.stringContaining("ephemeral") });
    const one = await enrolled("goes");
    const impostor = Object.assign(new FakeAgent(one.url), { id: one.id, receiptKey: one.receiptKey });
    expect((await impostor.sayGoodbye(0, 1)).body.code).toBe("bad_signature");
    expect((await report(one)).status).toBe(200);
  });
});

describe("silence", () => {
  it("retires an ephemeral host after its hours, once, and no other", async () => {
    const [long, short, stays, never] = [
      await enrolled("long", 48),
      await enrolled("short", 24),
      await enrolled("permanent", null),
      await enrolled("never", 1),
    ];
    for (const agent of [long, short, stays]) {
      await report(agent);
      await silentFor(agent, 25);
    }
    await ask(tested.url, "update host set enrolled_at = clock_timestamp() - interval '2 hours' where id = $1", [never.id]);
    expect((await retireNow()).map(({ name }) => name).sort()).toEqual(["never", "short"]);
    expect(await retireNow()).toEqual([]);
    expect((await host("short")).events).toMatchObject([{ kind: "host_retired", detail: { why: "silent", hours: 24 } }]);
    expect((await report(long)).status).toBe(200);
    expect(await report(short)).toMatchObject({ status: 403, body: { code: "suspended", detail: expect.stringContaining("was retired") } });
  });
  it("ends with a new token: the same host comes back in a new epoch, under its name or the next free one", async () => {
    const one = await enrolled("returning");
    await report(one);
    await silentFor(one, 25);
    await retireNow();
    const other = await enrolled("returning");
    const { body } = await one.enrol(await token(), "returning");
    expect([body.agent, body.epoch, body.ephemeral]).toEqual([one.id, 2, true]);
    expect(await retireNow()).toEqual([]);
    expect((await report(one)).status).toBe(200);
    expect([(await host(one.id)).name, (await host(other.id)).name]).toEqual(["returning-2", "returning"]);
    await one.sayGoodbye();
    expect((await one.enrol(await token(24, "x-*"), "returning")).body.code).toBe("bad_token");
  });
});

it("a group that is replaced host by host stays one row long, and suspects no clone", async () => {
  for (let generation = 0; generation < 20; generation++) {
    const pod = await enrolled("worker");
    expect((await report(pod)).status).toBe(200);
    if (generation === 19) break;
    if (generation % 2 === 0) expect((await pod.sayGoodbye()).status).toBe(200);
    else {
      await silentFor(pod, 25);
      expect(await retireNow()).toHaveLength(1);
    }
  }
  await until("all generations", async () => (await list("worker&retired=1")).length === 20);
  const rows = await until("one worker in the list", async () => {
    const found = await list("worker");
    return found.length === 1 && found;
  });
  expect(rows).toMatchObject([{ name: "worker", clone_suspected: false }]);
  expect((await get(`${tested.server.peopleUrl}/api/v1/hosts?retired=yes`)).body.code).toBe("bad_request");
});

import { expect, it } from "vitest";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { enrolStore } from "../src/adapters/postgres/enrol-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { administer } from "../src/admin/admin.ts";
import { ask } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

/** A machine was copied with its key and its state, and both report. */

const tested = serverForTests();

const T0 = 1_740_830_400_000_000_000n;
const batch = (agent: FakeAgent, second: number) =>
  batchOf(agent.id, [{ realtime: T0 + BigInt(second) * 1_000_000_000n, lo: -1000n - BigInt(second), hi: 3000n }]);

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name);
  return agent;
}

interface HostBody {
  readonly clone_suspected: boolean;
  readonly words: string;
  readonly explanation: string;
  readonly events: readonly { readonly kind: string; readonly detail: object; readonly words: string }[];
}
const host = async (name: string) => (await get(`${tested.server.peopleUrl}/api/v1/hosts/${name}`)).body as HostBody;
const clones = ({ events }: HostBody) => events.filter(({ kind }) => kind === "clone_suspected");
const sample = async (name: string) =>
  ((await get(`${tested.server.peopleUrl}/metrics`)).body as string).includes(`truebound_host_clone_suspected{host="${name}"} 1`);

async function clear(name: string): Promise<string> {
  const pool = openPool(tested.url, { info: () => undefined, warn: () => undefined, error: () => undefined });
  try {
    const store = { ...adminStore(pool), ...enrolStore(pool) };
    return (await administer({ store, crypto: nodeCrypto, server: tested.server.agentsUrl, pins: [] }, { do: "clear_clone", host: name }))
      .err;
  } finally {
    await pool.end();
  }
}

it("goes on with whoever was first; the other is refused, and both addresses are told once, until a person clears it", async () => {
  const original = await enrolled("twin");
  expect((await original.send(batch(original, 0))).status).toBe(200);
  const copy = original.copy("127.0.0.2");
  for (const second of [1, 2, 3]) {
    expect((await original.send(batch(original, second))).status).toBe(200);
    expect(await copy.send(batch(copy, 10 + second))).toMatchObject({ status: 409, body: { code: "fork" } });
  }
  const told = await host("twin");
  expect(told).toMatchObject({ clone_suspected: true, words: expect.stringContaining("somebody else reports by its key") });
  expect(told.explanation).toMatch(/from 127\.0\.0\.2, and is refused; what is shown came from 127\.0\.0\.1/);
  expect(clones(told)).toMatchObject([
    { detail: { refused_from: "127.0.0.2", reports_from: "127.0.0.1", refused_epoch: 1, refused_seq: 2 } },
  ]);
  await until("the metric of a clone", () => sample("twin"));
  expect(await ask(tested.url, "select distinct seq from evidence where host_id = $1 order by seq", [original.id])).toHaveLength(4);

  expect(await clear("twin")).toContain("is known alone again");
  expect(await clear("twin")).toContain("Nobody but twin has reported");
  expect(await host("twin")).toMatchObject({ clone_suspected: false });
  await until("no metric of a clone", async () => !(await sample("twin")));
  await copy.send(batch(copy, 20));
  expect(clones(await host("twin"))).toHaveLength(2);
});

it("is found when the copy was first, and when the state was rolled back to yesterday's", async () => {
  const original = await enrolled("rolled");
  await original.send(batch(original, 0));
  const [yesterday, copy] = [original.copy("127.0.0.1"), original.copy("127.0.0.3")];
  expect((await copy.send(batch(copy, 1))).status).toBe(200);
  expect((await original.send(batch(original, 2))).body.code).toBe("fork");
  expect((await copy.send(batch(copy, 3))).status).toBe(200);
  expect((await yesterday.send(batch(yesterday, 4))).body.code).toBe("fork");
  expect(clones(await host("rolled"))).toMatchObject([{ detail: { refused_from: "127.0.0.1", reports_from: "127.0.0.3" } }]);
});

it("is not suspected of a batch that is sent twice, out of its turn, or by who lost its spool", async () => {
  const agent = await enrolled("honest");
  const again = agent.copy("127.0.0.4");
  await agent.send(batch(agent, 0));
  expect((await again.send(batch(again, 0))).body.verdict).toBe("duplicate");
  expect((await agent.send(batch(agent, 1), { seq: 9 })).body.code).toBe("seq_gap");
  agent.beginEpoch();
  expect((await agent.send(batch(agent, 2))).status).toBe(200);
  expect(await host("honest")).toMatchObject({ clone_suspected: false });
});

it("is found when it would begin an epoch of its own, and may once the chain has been silent", async () => {
  const original = await enrolled("older");
  await original.send(batch(original, 0));
  const older = original.copy("127.0.0.5");
  await original.send(batch(original, 1));
  older.beginEpoch();
  expect((await older.send(batch(older, 2))).body.code).toBe("fork");
  expect(clones(await host("older"))).toMatchObject([
    { detail: { refused_from: "127.0.0.5", reports_from: "127.0.0.1", refused_epoch: 2 } },
  ]);
  expect((await original.send(batch(original, 3))).status).toBe(200);
  await ask(tested.url, "update host_state set received_at = received_at - interval '16 minutes' where host_id = $1", [original.id]);
  expect((await older.send(batch(older, 4))).status).toBe(200);
  expect((await original.send(batch(original, 5))).body.code).toBe("fork");
});

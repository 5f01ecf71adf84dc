import { afterAll, beforeAll, expect, it } from "vitest";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { type Answer, batchOf, FakeAgent } from "./fake-agent.ts";
import { serverOn } from "./server-under-test.ts";
import { until } from "./until.ts";

/** R40: from the commit of a revocation on, on any server of the database, nothing more of that host is stored. */
let databases: TestDatabases;
let url: string;
let servers: RunningServer[];

beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  servers = [await serverOn(url), await serverOn(url)];
});
afterAll(async () => {
  for (const server of servers ?? []) await server.stop();
  await databases?.stop();
});

let second = 0;
const send = (agent: FakeAgent): Promise<Answer> => {
  second += 1;
  return agent.send(batchOf(agent.id, [{ realtime: 1_740_830_400_000_000_000n + BigInt(second), lo: 0n, hi: 1n }]));
};

it("refuses a host that is revoked while it and seven others report as fast as they can", async () => {
  const [here, there] = servers as [RunningServer, RunningServer];
  const token = await here.createToken({ uses: 8, ttlSeconds: 600, labels: {} });
  const agents = Array.from({ length: 8 }, (_, index) => new FakeAgent((index % 2 === 0 ? here : there).agentsUrl));
  for (const [index, agent] of agents.entries()) expect((await agent.enrol(token, `loaded-${index}`)).status).toBe(200);
  const [revoked, ...others] = agents as [FakeAgent, ...FakeAgent[]];
  const count = async (agent: FakeAgent) =>
    Number((await ask<{ n: bigint }>(url, "select count(*) as n from evidence where host_id = $1", [agent.id]))[0]?.n);

  let stopped = false;
  let stored = 0;
  const load = others.map(async (agent) => {
    while (!stopped) expect((await send(agent)).status).toBe(200);
  });
  const own = (async () => {
    for (;;) {
      const answer = await send(revoked);
      if (answer.status !== 200) return answer;
      stored += 1;
    }
  })();
  await until("it has reported some", () => stored > 5);
  const pool = openPool(url, quiet);
  await adminStore(pool).setState(revoked.id, "revoked");
  await pool.end();
  const atCommit = await count(revoked);
  expect(await own).toMatchObject({ status: 403, body: { code: "revoked" } });
  for (const server of servers) {
    const again = Object.assign(revoked.copy("127.0.0.1"), { url: server.agentsUrl });
    for (let turn = 0; turn < 5; turn++) expect((await send(again)).body.code).toBe("revoked");
  }
  stopped = true;
  await Promise.all(load);
  expect(await count(revoked)).toBe(atCommit);
  expect(atCommit).toBe(stored);
});

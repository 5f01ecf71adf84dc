import { expect, it } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { ask, quiet } from "./database.ts";
import { FakeAgent } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();

it("removes records of flights that are older than minutes, and none of a host under a hold", async () => {
  const [held, other] = [new FakeAgent(tested.server.agentsUrl), new FakeAgent(tested.server.agentsUrl)];
  for (const [agent, name] of [
    [held, "held"],
    [other, "other"],
  ] as const)
    await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  const came = (agent: FakeAgent, incident: number, days: number) =>
    ask(
      tested.url,
      `insert into flight (host_id, incident_id, received_at, body, signature_base, signature)
       values ($1, $2, clock_timestamp() - make_interval(days => $3), '', '', $4)`,
      [agent.id, incident, days, Buffer.alloc(64)],
    );
  for (const agent of [held, other])
    for (const [incident, days] of [
      [1, 11],
      [2, 9],
    ] as const)
      await came(agent, incident, days);
  await ask(tested.url, "insert into legal_hold (held_host, from_ns, to_ns) values ($1, 0, utc_ns(clock_timestamp()))", [held.id]);
  const pool = openPool(tested.url, quiet);
  await removeOld(pool, { rollupDays: 10 }, quiet).finally(() => pool.end());
  const left = await ask(tested.url, "select h.name, f.incident_id from flight f join host h on h.id = f.host_id order by 1, 2");
  expect(left).toEqual([
    { name: "held", incident_id: 1n },
    { name: "held", incident_id: 2n },
    { name: "other", incident_id: 2n },
  ]);
});

import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { meshPart } from "./mesh-part.ts";
import { removeOld } from "./remove-old.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();
let pool: pg.Pool;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(async () => {
  await pool?.end();
});

const PEERS = [1, 2].map((index) => ({ peer: `00000000-0000-4000-8000-00000000000${index}`, raw: 1n }));

async function meshed(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  await agent.send(batchOf(agent.id, [{ realtime: 1_740_830_400_000_000_000n, lo: -1n, hi: 1n }], { mesh: meshPart(PEERS) }));
  return agent;
}

it("removes edges that are older than a day, and all of hosts that are gone", async () => {
  const [fresh, old, revoked, retired, suspended] = [
    await meshed("fresh"),
    await meshed("old"),
    await meshed("revoked"),
    await meshed("retired"),
    await meshed("suspended"),
  ];
  const aged = "update peer_edge set received_at = received_at - $2::interval where host_id = $1 and peer_id = $3";
  await ask(tested.url, aged, [old.id, "24 hours 1 minute", PEERS[0]?.peer]);
  await ask(tested.url, aged, [fresh.id, "23 hours 59 minutes", PEERS[0]?.peer]);
  for (const [agent, state] of [
    [revoked, "revoked"],
    [retired, "retired"],
    [suspended, "suspended"],
  ] as const)
    await ask(tested.url, "update host set state = $2, retired_at = case when $2 = 'retired' then clock_timestamp() end where id = $1", [
      agent.id,
      state,
    ]);
  await removeOld(pool, { rollupDays: 400 }, quiet);
  const left = await ask(tested.url, "select h.name, count(*) from peer_edge e join host h on h.id = e.host_id group by 1 order by 1");
  expect(left).toEqual([
    { name: "fresh", count: 2n },
    { name: "old", count: 1n },
    { name: "suspended", count: 2n },
  ]);
});

it("removes conflicts and removed targets that are older than minutes, and none of a host under a hold", async () => {
  const [held, other] = [await meshed("held"), await meshed("other")];
  const conflict = (ended: string | null, suspects: readonly string[]) =>
    ask(
      tested.url,
      `insert into peer_conflict (tier, first_seen, last_seen, ended_at, suspects, flagged, cleared, least_liars, cycles)
       values ('guaranteed', clock_timestamp() - interval '500 days', clock_timestamp() - coalesce($1, '1 hour')::interval,
         clock_timestamp() - $1::interval, $2, '{}', '{}', 1, '[]')`,
      [ended, suspects],
    );
  await conflict("11 days", [other.id]);
  await conflict("11 days", [other.id, held.id]);
  await conflict("9 days", [other.id]);
  await conflict(null, [other.id]);
  await ask(tested.url, "insert into legal_hold (held_host, from_ns, to_ns) values ($1, 0, utc_ns(clock_timestamp()))", [held.id]);
  await ask(
    tested.url,
    `insert into target (id, name, address, port, domain, labels, removed_at)
     select gen_random_uuid(), name, '192.0.2.1', 123, 'eu', '{}', clock_timestamp() - age
     from (values ('long gone', interval '11 days'), ('gone', interval '9 days'), ('there', null)) as t (name, age)`,
  );
  await removeOld(pool, { rollupDays: 10 }, quiet);
  const left = await ask(tested.url, "select cardinality(suspects) as suspects, ended_at is null as open from peer_conflict order by id");
  expect(left).toEqual([
    { suspects: 2, open: false },
    { suspects: 1, open: false },
    { suspects: 1, open: true },
  ]);
  expect(await ask(tested.url, "select name from target order by name")).toEqual([{ name: "gone" }, { name: "there" }]);
});

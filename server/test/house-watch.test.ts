import { SYSTEM_CHECKS, SystemView, validator } from "@truebound/wire";
import { afterAll, beforeAll, expect, it } from "vitest";
import { HouseWatch, readHouse } from "../src/adapters/postgres/house-watch.ts";
import { acknowledge } from "../src/adapters/postgres/log/block-store.ts";
import { SEQUENCER } from "../src/adapters/postgres/log/log-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { asOnlyOneInTurn } from "../src/adapters/postgres/singleton.ts";
import { readSystem } from "../src/adapters/postgres/system-store.ts";
import { VERSION } from "../src/adapters/software.ts";
import { ownSurroundings } from "../src/adapters/surroundings.ts";
import { runDoctor } from "../src/administer.ts";
import { readConfig } from "../src/config.ts";
import { databaseOrWhy } from "../src/wiring/system.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { sealOn } from "./seal-log.ts";
import { serverForTests, serverOn } from "./server-under-test.ts";

const tested = serverForTests();
let pool: ReturnType<typeof openPool>;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(() => pool?.end());

const T0 = 1_740_830_400_000_000_000n;

async function enrolled(name: string, labels: Record<string, string>): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}

it("names hosts whose log stops until somebody has looked, and counts what differs", async () => {
  const agent = await enrolled("flipped", { site: "nowhere" });
  await asOnlyOneInTurn(pool, SEQUENCER, async () => {
    await agent.send(batchOf(agent.id, [{ realtime: T0, lo: -1n, hi: 1n }]));
    await ask(tested.url, "update evidence set body = set_byte(body, 40, get_byte(body, 40) # 1)");
  });
  await sealOn(pool);
  expect(await readHouse(pool)).toMatchObject({ blocked: ["flipped"], blockedCount: 1, differences: 0 });
  await acknowledge(pool, "flipped", "looked");
  expect(await readHouse(pool)).toMatchObject({ blocked: [], blockedCount: 0 });
  await ask(tested.url, "insert into log_difference (place, shard, leaf, words) values ('shard 2026-01, leaf 7', '2026-01', 7, 'x')");
  expect((await readHouse(pool)).differences).toBe(1);
});

it("knows of each host the latest review that is about it, and when the first is due", async () => {
  await enrolled("f1", { site: "fra" });
  await enrolled("l1", { site: "lon" });
  const review = (selector: object, daysAgo: number) =>
    ask(
      tested.url,
      `insert into chain_review (selector, at, who, statement, documents, chain)
        values ($1, clock_timestamp() - make_interval(days => $2), 'anna', 'ok', '{}', '{}')`,
      [selector, daysAgo],
    );
  const days = async () => {
    const { now, reviews } = await readHouse(pool);
    return reviews.map(({ of, due }) => [of, Number((due - now) / 86_400_000_000_000n)]);
  };
  await review({ site: "fra" }, 500);
  await review({ site: "lon" }, 330);
  await review({ site: "gone" }, 600);
  expect(await days()).toEqual([
    [{ site: "fra" }, -135],
    [{ site: "lon" }, 34],
  ]);
  await review({ site: "fra" }, 10);
  expect(await days()).toEqual([
    [{ site: "lon" }, 34],
    [{ site: "fra" }, 354],
  ]);
  let nowMs = 0;
  const watch = new HouseWatch(pool, () => nowMs);
  expect([watch.facts, watch.samples()]).toEqual([null, []]);
  await watch.see();
  const [{ value } = { value: 0 }] = watch.samples();
  expect(Math.floor(value / 86_400)).toBe(34);
  await review({}, 0);
  nowMs = 29_000;
  await watch.see();
  expect(watch.samples()).toEqual([{ family: "reviewDue", labels: {}, value: value - 29 }]);
  nowMs = 31_000;
  await watch.see();
  expect(Math.round((watch.samples()[0]?.value ?? 0) / 86_400)).toBe(365);
});

it("is told of the whole service by one list, to people and to a command beside it", async () => {
  const { status, body } = await get(`${tested.server.peopleUrl}/api/v1/system`);
  expect(status).toBe(200);
  expect(validator(SystemView).errors(body)).toEqual([]);
  const view = body as unknown as SystemView;
  const states = new Map(view.checks.map(({ id, state }) => [id, state]));
  expect([...states.keys()].sort()).toEqual([...SYSTEM_CHECKS].sort());
  expect([states.get("database"), states.get("servers"), states.get("channels"), states.get("log_content")]).toEqual([
    "pass",
    "pass",
    "unset",
    "fail",
  ]);
  expect(view.servers).toMatchObject([{ version: VERSION }]);
  expect([view.state, view.checks[0]?.id]).toEqual(["fail", "log_content"]);
  const before = await refusedLately();
  const stranger = new FakeAgent(tested.server.agentsUrl);
  expect((await stranger.send(batchOf(stranger.id, []))).status).not.toBe(200);
  expect(await refusedLately()).toBeGreaterThan(before);
});

it("is told by truebound doctor too, who does not know what only a server does", async () => {
  const read = readConfig({ DATABASE_URL: tested.url }, { ...ownSurroundings(), home: "/nonexistent" });
  if ("problems" in read) throw new Error(read.problems.join("; "));
  const { code, out } = await runDoctor(read.config, { json: true }, quiet);
  const states = new Map((JSON.parse(out) as SystemView).checks.map(({ id, state }) => [id, state]));
  const said = (["log_content", "servers", "leap_list", "own_clock", "retention"] as const).map((id) => states.get(id));
  expect([code, ...said]).toEqual([1, "fail", "pass", "pass", "unknown", "unknown"]);
});

const refusedLately = async (): Promise<number> => {
  const { body } = await get(`${tested.server.peopleUrl}/api/v1/system`);
  const { words = "" } = (body as unknown as SystemView).checks.find(({ id }) => id === "refusals") ?? {};
  return [...words.matchAll(/\((\d+)\)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
};

it("says of a database that does not answer that it does not, and of a server that ended nothing", async () => {
  const nowhere = openPool("postgres://nobody@127.0.0.1:1/nothing", quiet);
  expect(await databaseOrWhy(nowhere)).toMatch(/ECONNREFUSED/);
  await nowhere.end();
  const servers = async () => (await readSystem(pool)).servers.length;
  const before = await servers();
  const other = await serverOn(tested.url);
  expect(await servers()).toBe(before + 1);
  await other.stop();
  expect(await servers()).toBe(before);
});

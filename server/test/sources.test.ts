import type { SourceDetail, SourceList } from "@truebound/wire";
import { SourceDetail as DetailSchema, SourceList as ListSchema, validator } from "@truebound/wire";
import { expect, it } from "vitest";
import { batchOf, FakeAgent, get, source } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

const tested = serverForTests();
const LIAR = source("liar.example:123", { address: "192.0.2.66", state: "falseticker", lo_ns: "5000000", hi_ns: "5002000" });

it("tells of every upstream who uses it, who calls it false, and why", async () => {
  for (const name of ["one", "two"]) {
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name);
    const sources = [LIAR, source("good.example:123", { address: "192.0.2.1" }), source("fine.example:123", { address: "192.0.2.2" })];
    await agent.send(batchOf(agent.id, [{ realtime: 1_740_830_400_000_000_000n, lo: -1000n, hi: 3000n }], { sources }));
  }
  const url = `${tested.server.peopleUrl}/api/v1/sources`;
  const list = async (): Promise<SourceList> => (await get(url)).body as SourceList;
  await until("both reports", async () => (await list()).totals.hosts === 2);
  const told = await list();
  expect(validator(ListSchema).errors(told)).toEqual([]);
  expect(told.items).toMatchObject([
    { id: "192.0.2.66", verdict: "false", false_by: 2, apart_ns: "4997000" },
    { id: "192.0.2.1", verdict: "agrees", agreeing: 2, sole_for: 2 },
    { id: "192.0.2.2", verdict: "agrees" },
  ]);
  const detail = (await get(`${url}/192.0.2.66`)).body as SourceDetail;
  expect(validator(DetailSchema).errors(detail)).toEqual([]);
  expect(detail.by_host.map(({ name }) => name)).toEqual(["one", "two"]);
  expect(detail.by_host[0]?.why).toContain("disagrees with the others");
  expect((await get(`${url}/nobody`)).status).toBe(404);
  expect((await get(`${url}?order=luck`)).status).toBe(400);
});

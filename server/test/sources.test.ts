import type { Batch, HostDetail, SourceDetail, SourceHistory, SourceList, SourceSeries } from "@truebound/wire";
import {
  SourceDetail as DetailSchema,
  SourceHistory as HistorySchema,
  SourceList as ListSchema,
  SourceSeries as SeriesSchema,
  validator,
} from "@truebound/wire";
import { expect, it } from "vitest";
import { batchOf, FakeAgent, get, source } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

const tested = serverForTests();
const LIAR = source("liar.example:123", {
  address: "192.0.2.66",
  state: "falseticker",
  root_delay_raw: 1,
  root_dispersion_raw: 2,
  lo_ns: "5000000",
  hi_ns: "5002000",
});

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
  const [one] = detail.by_host;
  const page = (await get(`${tested.server.peopleUrl}/api/v1/hosts/${one?.host}`)).body as HostDetail;
  expect(page.sources[0]).toMatchObject({
    id: "liar.example:123",
    source: "192.0.2.66",
    root_delay_ns: "15259",
    root_dispersion_ns: "30518",
  });
  const series = (await get(`${url}/192.0.2.66/series?from=2025-03-01T00:00:00Z&to=2025-03-02T00:00:00Z&points=24`)).body as SourceSeries;
  expect(validator(SeriesSchema).errors(series)).toEqual([]);
  expect(series).toMatchObject({
    hosts: 2,
    left_out: 0,
    step_ns: "3600000000000",
    points: [{ t: "2025-03-01T12:00:00.000000000Z", lo_ns: "-5003000", hi_ns: "-4997000", hosts: 2, false_by: 2 }],
  });
  expect((await get(`${url}/192.0.2.66/series?points=241`)).status).toBe(400);
  expect((await get(`${url}/nobody`)).status).toBe(404);
  expect((await get(`${url}?order=luck`)).status).toBe(400);
});

it("tells who called a source false, and when, and nothing that a rehearsal made up", async () => {
  const T0 = 1_740_830_400_000_000_000n;
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), "historian");
  const told = (
    second: bigint,
    from: string | null,
    to: string,
    detail: Batch["events"][number]["detail"] = {},
  ): Batch["events"][number] => {
    const raw = String(T0 + second * 1_000_000_000n - 1_700_000_000_000_000_000n);
    const realtime_ns = String(T0 + second * 1_000_000_000n);
    const places = { raw_ns: raw, realtime_ns, boottime_ns: raw };
    return { kind: "source_state_changed", ...places, source: "odd.example:123", detail: { from, to, ...detail } };
  };
  const sources = [
    source("odd.example:123", { address: "192.0.2.99", state: "falseticker" }),
    source("b.example:123"),
    source("c.example:123"),
  ];
  const events = [
    told(1n, "agrees", "falseticker"),
    told(5n, "falseticker", "agrees"),
    told(6n, "agrees", "vote_void", { rehearsal: "r1" }),
    told(9n, null, "falseticker"),
    { ...told(7n, "agrees", "falseticker"), source: "another.example:123" },
  ];
  await agent.send(
    batchOf(
      agent.id,
      [
        { realtime: T0, lo: 0n, hi: 0n },
        { realtime: T0 + 10_000_000_000n, lo: 0n, hi: 0n },
      ],
      { sources, events },
    ),
  );
  const url = `${tested.server.peopleUrl}/api/v1/sources/192.0.2.99/history`;
  await until("the report", async () => (await get(`${url}?from=2025-03-01T00:00:00Z`)).status === 200);
  const history = (await get(`${url}?from=2025-03-01T00:00:00Z&to=2025-03-02T00:00:00Z`)).body as SourceHistory;
  expect(validator(HistorySchema).errors(history)).toEqual([]);
  expect(history).toMatchObject({ is_cut: false, left_out: 0 });
  expect(history.items.map(({ name, state, began, ended }) => [name, state, began, ended])).toEqual([
    ["historian", "falseticker", "2025-03-01T12:00:09.000000000Z", null],
    ["historian", "falseticker", "2025-03-01T12:00:01.000000000Z", "2025-03-01T12:00:05.000000000Z"],
  ]);
  const later = (await get(`${url}?from=2025-03-01T12:00:03Z&to=2025-03-01T12:00:07Z`)).body as SourceHistory;
  expect(later.items).toMatchObject([{ began: null, ended: "2025-03-01T12:00:05.000000000Z" }]);
  expect((await get(`${url}?from=tomorrow`)).status).toBe(400);
  expect((await get(`${tested.server.peopleUrl}/api/v1/sources/nobody/history`)).status).toBe(404);
});

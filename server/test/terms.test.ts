import { type Batch, type DaemonFinding, HostDetail, PlanList, ServerTime, TermsSeries, validator } from "@truebound/wire";
import { expect, it } from "vitest";
import { pastPorts } from "../src/adapters/postgres/past-ports.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { tellPlan } from "../src/plan/tell-plan.ts";
import { ask as query, quiet } from "./database.ts";
import { BOOTED, batchOf, FakeAgent, get } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();
const T0 = 1_740_830_400_000_000_000n;
const S = 1_000_000_000n;
const TERMS = { root_ns: "20", precision_ns: "0", stamp_ns: "5", drift_ns: "9", slew_ns: "0" };

it("says of each part of a range what the width was made of, and which batch says so", async () => {
  const { server } = tested;
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), "terms");
  for (const second of [0, 10, 20, 30])
    await agent.send(
      batchOf(agent.id, [{ realtime: T0 + BigInt(second) * S, lo: -1000n, hi: 1000n }], {
        terms: second === 20 ? null : { path_ns: String(100 + second), ...TERMS },
        frequency: { oscillator: [-1500, 2500], daemon_slew: null },
      }),
    );
  const ask = async (points: number) =>
    (await get(`${server.peopleUrl}/api/v1/hosts/terms/terms?from=2025-03-01T11:59:55Z&to=2025-03-01T12:00:35Z&points=${points}`)).body;
  const every = await ask(240);
  expect(validator(TermsSeries).errors(every)).toEqual([]);
  expect(every).toMatchObject({ sampled: false });
  expect((every as TermsSeries).points.map(({ terms, evidence }) => [terms?.path_ns ?? null, evidence.seq])).toEqual([
    ["100", 1],
    ["110", 2],
    [null, 3],
    ["130", 4],
  ]);
  expect((every as TermsSeries).points[0]?.frequency.oscillator).toEqual([-1500, 2500]);
  const few = (await ask(2)) as TermsSeries;
  expect(few.sampled).toBe(true);
  expect(few.points.map(({ evidence }) => evidence.seq)).toEqual([1, 3]);
  expect(await ask(241)).toMatchObject({ status: 400 });
});

it("plans by what a host reported in the last ten minutes, and knows nothing of one that did not", async () => {
  const { server } = tested;
  const [agent, mute] = [new FakeAgent(server.agentsUrl), new FakeAgent(server.agentsUrl)];
  const token = await server.createToken({ uses: 2, ttlSeconds: 600, labels: { plan: "yes" } });
  await agent.enrol(token, "plan-a");
  await mute.enrol(token, "plan-b");
  const now = BigInt(Date.now()) * 1_000_000n;
  const terms = { path_ns: "40000", root_ns: "23000", precision_ns: "100", stamp_ns: "400", drift_ns: "400000", slew_ns: "0" };
  for (const back of [90n, 60n, 30n, 5n])
    await agent.send(batchOf(agent.id, [{ realtime: now - back * S, lo: -460_000n, hi: 470_000n, gap: S }], { terms }));
  const ask = async (query: string) => get(`${server.peopleUrl}/api/v1/plan?${query}`);
  const found = (await ask("profile=us-cat-member&host=plan-a")).body as PlanList;
  expect(validator(PlanList).errors(found)).toEqual([]);
  expect(found.items).toMatchObject([
    {
      name: "plan-a",
      limit_ns: "50000000",
      basis: { reports: 4, votes: 3, votes_needed: 3, slew_ppm: 500 },
      live: { verdict: "yes", ways: [] },
      report: { verdict: "yes" },
      binding: { term: "drift", ns: "6720000" },
      terms: { path_ns: "40000", offset_ns: "6500" },
    },
  ]);
  expect(((await ask("profile=us-cat-member&host=plan-b")).body as PlanList).items).toMatchObject([
    { name: "plan-b", basis: null, live: { verdict: "unknown", worst_ns: null }, report: { verdict: "unknown" }, cost: null },
  ]);
  // `truebound plan` has watched nobody: it goes by when the last report came. By then this one is silent, whatever it said.
  await query(tested.url, "update host_state set received_at = received_at - interval '5 minutes' where host_id = $1", [agent.id]);
  const pool = openPool(tested.url, quiet);
  const told = await tellPlan(pastPorts(pool, null).plan, { profile: "us-cat-member", host: "plan-a", json: false }).finally(() =>
    pool.end(),
  );
  expect(told).toMatchObject({
    code: 1,
    out: expect.stringMatching(/live +Unknown: the host is silent, last heard [56] min ago/) as unknown,
  });
  const first = (await ask("profile=eu-2017-574-hft&limit=1")).body as PlanList;
  expect([first.items.length, first.total > 1]).toEqual([1, true]);
  const second = (await ask(`profile=eu-2017-574-hft&limit=1&after=${first.next}`)).body as PlanList;
  expect(second.items[0]?.name).not.toBe(first.items[0]?.name);
  for (const [query, status] of [
    ["", 400],
    ["profile=nothing", 404],
    ["profile=us-cat-member&host=nobody", 404],
    ["profile=us-cat-member&limit=101", 400],
    ["profile=us-cat-member&after=x", 400],
    ["profil=us-cat-member", 400],
  ])
    expect({ query, status: (await ask(String(query))).status }).toEqual({ query, status });
});

it("does not claim to know the time where no agent measures this machine", async () => {
  const { body } = await get(`${tested.server.peopleUrl}/api/v1/time`);
  expect(validator(ServerTime).errors(body)).toEqual([]);
  expect(body).toMatchObject({ earliest: null, latest: null, reason: "no_agent_here" });
});

it("tells what an agent finds of its host's own daemon: of the host, for Prometheus, and as an event, until it is over", async () => {
  const { server } = tested;
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), "misled");
  const send = (second: number, findings: DaemonFinding[], more: Partial<Batch> = {}) => {
    const at = T0 + BigInt(second) * S;
    const rows = [0n, S].map((later) => ({ realtime: at + later, lo: -1000n, hi: 1000n }));
    const chronyd = { offset_ns: "9000", root_delay_ns: "0", root_dispersion_ns: "100", stratum: 3, follows: null, is_synchronised: true };
    const daemon = {
      asked_raw_ns: String(at - BOOTED),
      raw_ns: String(at + S - BOOTED),
      chronyd,
      findings,
      kernel_refused: "offset_glitch" as const,
    };
    return agent.send(batchOf(agent.id, rows, { daemon, ...more }));
  };
  const detail = async () => (await get(`${server.peopleUrl}/api/v1/hosts/misled`)).body as HostDetail;
  const metrics = async () => await (await fetch(`${server.peopleUrl}/metrics`)).text();
  const event = {
    kind: "daemon_bound_violated" as const,
    raw_ns: String(T0 - BOOTED),
    realtime_ns: String(T0),
    boottime_ns: String(T0 - BOOTED),
    source: null,
    detail: { claimant: "chronyd", apart_ns: "7900" },
  };
  await send(0, ["daemon_bound_violated"], { events: [event] });
  const found = await detail();
  expect(validator(HostDetail).errors(found)).toEqual([]);
  expect(found.daemon).toMatchObject({
    claims: [{ claimant: "chronyd", verdict: "excluded" }],
    findings: [{ finding: "daemon_bound_violated" }],
    kernel: null,
    kernel_refused: { why: "offset_glitch", words: expect.stringContaining("2^32 ns") },
  });
  expect(found.events.map(({ kind }) => kind)).toContain("daemon_bound_violated");
  const sample = 'truebound_daemon_finding_info{host="misled",finding="daemon_bound_violated"} 1';
  await expect.poll(metrics, { timeout: 20_000, interval: 250 }).toContain(sample);
  expect(await metrics()).toContain('truebound_kernel_discipline_refused_info{host="misled",why="offset_glitch"} 1');
  await send(30, []);
  expect((await detail()).daemon?.findings).toEqual([]);
  await expect.poll(metrics, { timeout: 20_000, interval: 250 }).not.toContain(sample);
});

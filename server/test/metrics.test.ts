import { promtool, promtoolPath } from "@truebound/testkit";
import { describe, expect, it } from "vitest";
import { ask } from "./database.ts";
import { batchOf, FakeAgent, get, source } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

const tested = serverForTests();
const T0 = 1_795_440_000_000_000_000n;
const page = async (accept = "*/*") => get(`${tested.server.peopleUrl}/metrics`, { accept });
const shown = (line: string | RegExp) =>
  until(`${line} at /metrics`, async () => {
    const { body } = await page();
    return typeof line === "string" ? String(body).includes(`\n${line}\n`) : line.test(String(body));
  });

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), name);
  return agent;
}

const event = (kind: "clock_stepped") => ({
  kind,
  raw_ns: "1",
  realtime_ns: T0.toString(),
  boottime_ns: "1",
  source: null,
  detail: { by_ns: "5" },
});

describe("/metrics", () => {
  it("shows the policy's limit, the sources, and an event that the host just had", async () => {
    await tested.server.setPolicy({}, { limit_ns: 1_000_000 });
    const agent = await enrolled("web-1");
    const reading = { realtime: T0, raw: 1n, lo: -1000n, hi: 3000n };
    const sources = [source("a:123"), source("b:123", { state: "falseticker" })];
    await agent.send(batchOf(agent.id, [reading]));
    await agent.send(
      batchOf(agent.id, [{ ...reading, realtime: T0 + 1_000n, raw: 1_001n }], { sources, events: [event("clock_stepped")] }),
    );
    await shown('truebound_source_state_info{host="web-1",source="b:123",state="falseticker"} 1');
    await shown('truebound_clock_limit_seconds{host="web-1"} 0.001');
    await shown(/^truebound_host_event_age_seconds\{host="web-1",kind="clock_stepped"\} \d/m);
  });
  it("says of itself what its doctor says", () => shown('truebound_system_check_status{check="database",state="pass"} 1'));
  it("does not take the step that a backlog tells of for a fresh one", async () => {
    const agent = await enrolled("web-2");
    const hour = 3_600_000_000_000n;
    await agent.send(batchOf(agent.id, [{ realtime: T0, raw: hour, lo: -1000n, hi: 3000n }]));
    const old = { ...event("clock_stepped"), realtime_ns: (T0 - hour).toString() };
    await agent.send(batchOf(agent.id, [{ realtime: T0 + 1_000n, raw: hour + 1_000n, lo: -1000n, hi: 3000n }], { events: [old] }));
    await until(
      "the event",
      async () => (await ask(tested.url, "select from host_event where host_id = $1 and kind = 'clock_stepped'", [agent.id])).length,
    );
    const looks = async () => Number(/^truebound_fleet_looks_total\{outcome="done"\} (\d+)/m.exec(String((await page()).body))?.[1]);
    const before = await looks();
    await until("two more looks", async () => (await looks()) >= before + 2);
    expect(String((await page()).body)).not.toContain('event_age_seconds{host="web-2"');
  });
  it("says who tells people of alerts, as it is set now", async () => {
    await shown('truebound_alerting_info{mode="server"} 1');
    await ask(tested.url, `insert into alert_setting (body) values ('{"alerting":"prometheus"}')`);
    await shown('truebound_alerting_info{mode="prometheus"} 1');
  });
  it("gives OpenMetrics to who asks for it, with the evidence behind a worst error", async () => {
    const agent = await enrolled("web-3");
    for (const second of [1n, 2n, 3n])
      await agent.send(batchOf(agent.id, [{ realtime: T0 + second, raw: second, lo: -1000n, hi: 700_000_000n + second }]));
    const exemplar = new RegExp(`_bucket\\{le="1"\\} \\d+ # \\{sample_id="${agent.id}/${agent.epoch}/\\d+"\\} 0\\.7`);
    const answer = await until("the exemplar", async () => {
      await agent.send(batchOf(agent.id, [{ realtime: T0 + BigInt(agent.seq), raw: BigInt(agent.seq), lo: -1000n, hi: 700_000_000n }]));
      const openMetrics = await page("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5");
      return exemplar.test(String(openMetrics.body)) && openMetrics;
    });
    expect(answer.headers["content-type"]).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    expect(String(answer.body).endsWith("\n# EOF\n")).toBe(true);
    const plain = await page();
    expect(plain.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(String(plain.body)).not.toContain("# {");
  });
  it.skipIf(promtoolPath() === null)("passes promtool's check (skipped: promtool not found)", async () => {
    expect(promtool(["check", "metrics"], String((await page()).body))).toBeNull();
  });
});

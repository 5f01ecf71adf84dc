import { beforeAll, expect, it } from "vitest";
import { ask } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { serverForTests, serverOn } from "./server-under-test.ts";
import { until } from "./until.ts";

/** Whole servers: what an agent reports is an incident, whichever of two servers judges. */
const tested = serverForTests();

const NOW = 1_795_000_000_000_000_000n;
const STEPPED = {
  kind: "clock_stepped" as const,
  source: null,
  raw_ns: (NOW - 1_700_000_000_000_000_000n).toString(),
  realtime_ns: NOW.toString(),
  boottime_ns: (NOW - 1_700_000_000_000_000_000n).toString(),
  detail: { by_ns: "250000000" },
};

async function stepped(name: string): Promise<void> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  const [{ now }] = (await ask<{ now: bigint }>(tested.url, "select utc_ns(clock_timestamp()) as now")) as [{ now: bigint }];
  const row = (realtime: bigint) => ({ realtime, raw: realtime - 1_700_000_000_000_000_000n, lo: -1_000n, hi: 1_000n });
  await agent.send(batchOf(agent.id, [row(now)]));
  await agent.send(batchOf(agent.id, [row(now + 5_000_000_000n)], { events: [{ ...STEPPED, boottime_ns: row(now).raw.toString() }] }));
}

const incidents = () =>
  ask<{ title: string; notices: number }>(tested.url, "select title, notices from incident where cause_kind = 'host' order by id");

beforeAll(async () => {
  const channel = {
    kind: "webhook",
    name: "nowhere",
    url: "http://127.0.0.1:9/",
    severities: ["warning"],
    enabled: true,
    allow_private: false,
  };
  await ask(tested.url, "insert into alert_object (kind, name, body, origin, who) values ('channel', 'nowhere', $1, 'file', 'test')", [
    channel,
  ]);
});

it("a step that an agent tells of is an incident within a look or two, once", async () => {
  await stepped("one");
  await until("the incident", async () => (await incidents()).length === 1);
  expect(await incidents()).toEqual([{ title: "one: the clock was set forward by 250 ms", notices: 1 }]);
  const metrics = await until("the gauge", async () => {
    const text = await (await fetch(`${tested.server.peopleUrl}/metrics`)).text();
    return text.includes('truebound_alerts{rule="clock_stepped",severity="warning"} 1') && text;
  });
  expect(metrics).toMatch(/^truebound_incidents_open\{severity="warning"\} 1$/m);
  expect(metrics).toMatch(/^truebound_alert_evaluation_age_seconds [0-9.e-]+$/m);
});

it("a second server judges nothing while the first does, and goes on where that stopped", async () => {
  const second = await serverOn(tested.url);
  try {
    expect(await (await fetch(`${second.peopleUrl}/metrics`)).text()).not.toMatch(/^truebound_alert_evaluation_age_seconds /m);
    await ask(
      tested.url,
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = (hashtext('truebound alerts')::bigint & 4294967295)::oid",
    );
    await stepped("two");
    await until("the second incident", async () => (await incidents()).length === 2);
    expect((await incidents()).map(({ notices }) => notices)).toEqual([1, 1]);
  } finally {
    await second.stop();
  }
});

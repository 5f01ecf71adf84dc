import { join } from "node:path";
import { freeTcpPort, type Prometheus, prometheusPath, startPrometheus } from "@truebound/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "./database.ts";
import { batchOf, FakeAgent, get, source } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

const RULES = join(import.meta.dirname, "../../deploy/prometheus/truebound.rules.yml");
const T0 = 1_795_440_000_000_000_000n;

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

describe.skipIf(prometheusPath() === null)("a real Prometheus that scrapes a real server (skipped: prometheus not found)", () => {
  const tested = serverForTests();
  let prometheus: Prometheus;
  beforeAll(async () => {
    const target = new URL(tested.server.peopleUrl).host;
    prometheus = startPrometheus({ port: await freeTcpPort(), target, rules: [RULES] });
  });
  afterAll(() => prometheus?.stop());

  const api = async <T>(path: string): Promise<T | null> => {
    const answer = await get(`${prometheus.url}/api/v1/${path}`).catch(() => null);
    return answer?.status === 200 ? (answer.body as { data: T }).data : null;
  };
  const query = async (expression: string): Promise<readonly Sample[]> =>
    (await api<{ result: Sample[] }>(`query?query=${encodeURIComponent(expression)}`))?.result ?? [];
  const values = async (expression: string) => (await query(expression)).map(({ value }) => value[1]);

  /** Its clock is proved to be 200 ms off or more. */
  async function report(agent: FakeAgent): Promise<void> {
    const at = BigInt(agent.seq) * 1_000_000n;
    const row = { realtime: T0 + at, raw: at, lo: 200_000_000n, hi: 300_000_000n, tight: [210_000_000n, 220_000_000n] as const };
    await agent.send(batchOf(agent.id, [row], { sources: [source("a:123"), source("c:123"), source("b:123", { state: "falseticker" })] }));
  }
  const alertsOf = (name: string) => query(`ALERTS{alertname="${name}"}`);

  it("takes what the server shows, evaluates our rules by it, and keeps the evidence of a report", { timeout: 120_000 }, async () => {
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), "db-1");
    const seen = async <T>(what: string, look: () => Promise<T | null | undefined | false>) =>
      until(
        what,
        async () => {
          await report(agent);
          return await look();
        },
        60_000,
      ).catch(async (error: unknown) => {
        const targets = JSON.stringify(await api("targets"));
        throw new Error(`${(error as Error).message}\n${prometheus.log()}\n${targets}`);
      });

    // The server tells people: nothing fires here, however long the rules were looked at.
    await seen("a bound that the rules have seen", async () => (await query('truebound:proved_error_seconds{host="db-1"}')).length > 0);
    const evaluated = async () =>
      Number(/^prometheus_rule_group_iterations_total\{.*\} (\d+)/m.exec(String((await get(`${prometheus.url}/metrics`)).body))?.[1]);
    const before = await evaluated();
    await seen("three more evaluations", async () => (await evaluated()) >= before + 3);
    expect(await query("ALERTS")).toEqual([]);
    expect(await values("truebound_alerting_info")).toEqual(["1"]);

    // Prometheus tells people.
    await ask(tested.url, `insert into alert_setting (body) values ('{"alerting":"prometheus"}')`);
    const [alert] = await seen("the alert", async () => {
      const found = await query('ALERTS{alertname="proved_outside_limit",alertstate="firing"}');
      return found.length > 0 && found;
    });
    expect(alert?.metric).toMatchObject({ host: "db-1", severity: "critical", finding: "proved_outside_limit" });
    expect(await alertsOf("bound_exceeds_limit")).toEqual([]);

    // OpenMetrics is what it asked for, so the evidence came along.
    const exemplar = await seen("the exemplar", async () => {
      const range = `start=${T0 / 1_000_000_000n - 10_000_000n}&end=${T0 / 1_000_000_000n + 100_000_000n}`;
      const found = await api<{ exemplars: { labels: { sample_id: string }; value: string }[] }[]>(
        `query_exemplars?query=truebound_reported_error_bound_seconds_bucket&${range}`,
      );
      return found?.flatMap(({ exemplars }) => exemplars)[0];
    });
    expect(exemplar.labels.sample_id).toMatch(new RegExp(`^${agent.id}/${agent.epoch}/\\d+$`));
    expect(Number(exemplar.value)).toBeCloseTo(0.3, 9);
    expect(await values('truebound_source_state_info{host="db-1",state="falseticker"}')).toEqual(["1"]);
    expect(await values('round(truebound_clock_offset_seconds{host="db-1"}, 0.001)')).toEqual(["0.215"]);
  });
});

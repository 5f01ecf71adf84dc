import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promtool, promtoolPath } from "@truebound/testkit";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAMILIES } from "../src/metrics/families.ts";
import { ask, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

const FOLDER = join(import.meta.dirname, "../../deploy/grafana");
const RULES = readFileSync(join(FOLDER, "../prometheus/truebound.rules.yml"), "utf8");

interface Target {
  readonly refId: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly expr?: string;
  readonly rawSql?: string;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: { readonly defaults: { readonly unit?: string } };
  readonly targets: readonly Target[];
}
interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string;
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations: { readonly list: readonly { readonly target: Target }[] };
}

const FILES = readdirSync(FOLDER).filter((name) => name.endsWith(".json"));
const dashboards = FILES.map((file) => JSON.parse(readFileSync(join(FOLDER, file), "utf8")) as Dashboard);
const NAMED = dashboards.map((dashboard) => [dashboard.title, dashboard] as const);
const targetsOf = ({ panels, annotations }: Dashboard): Target[] => [
  ...panels.flatMap(({ targets }) => targets),
  ...annotations.list.map(({ target }) => target),
];
const promql = (dashboard: Dashboard): string[] => targetsOf(dashboard).flatMap(({ expr }) => expr ?? []);
const sqlOf = (dashboard: Dashboard): string[] => [
  ...targetsOf(dashboard).flatMap(({ rawSql }) => rawSql ?? []),
  ...dashboard.templating.list.flatMap(({ type, query }) => (type === "query" ? [query] : [])),
];

/** As Grafana writes it. */
const variable = (name: string): string => `$${`{${name}}`}`;

describe("the dashboards", () => {
  it("are these five, each with an id of its own", () => {
    expect(FILES.sort()).toEqual(["compliance.json", "fleet.json", "host.json", "server.json", "sources.json"]);
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(5);
  });
  it.each(NAMED)("%s: panels have ids of their own, a unit, and a place that nobody else has", (_, { panels }) => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { title, gridPos, fieldConfig, targets } of panels) {
      expect({ title, unit: fieldConfig.defaults.unit }).toEqual({ title, unit: expect.stringMatching(/^\w+$/) });
      expect(targets.length, title).toBeGreaterThan(0);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect({ title, taken: taken.has(`${x},${y}`), inside: x < 24 }).toEqual({ title, taken: false, inside: true });
          taken.add(`${x},${y}`);
        }
    }
  });
  it.each(NAMED)("%s: what it asks comes from the data sources and variables that it has", (_, dashboard) => {
    const variables = dashboard.templating.list.map(({ name }) => name);
    const needed = dashboard.uid === "truebound-server" ? ["prometheus"] : ["prometheus", "postgres", "group"];
    expect(variables).toEqual(expect.arrayContaining(needed));
    for (const { datasource, expr, rawSql } of targetsOf(dashboard).filter(({ datasource: source }) => source !== undefined))
      expect(datasource).toEqual(
        rawSql === undefined || expr !== undefined
          ? { type: "prometheus", uid: variable("prometheus") }
          : { type: "grafana-postgresql-datasource", uid: variable("postgres") },
      );
    const used = [...promql(dashboard), ...sqlOf(dashboard)].flatMap((text) =>
      [...text.matchAll(/\$(?!__)(\w+)/g)].map(([, name]) => name),
    );
    for (const name of used) expect(variables).toContain(name);
  });
  it.each(NAMED)("%s: every metric is one that there is", (_, dashboard) => {
    const recorded = [...RULES.matchAll(/record: (\S+)/g)].map(([, name]) => name);
    const known = new Set([...FAMILIES.flatMap(({ name, kind }) => (kind === "histogram" ? [`${name}_bucket`] : [name])), ...recorded]);
    const asked = promql(dashboard).flatMap((text) => text.match(/\btruebound[_:]\w+/g) ?? []);
    expect(asked.length).toBeGreaterThan(1);
    for (const name of asked) expect({ name, known: known.has(name) }).toEqual({ name, known: true });
  });
  it.each(NAMED)("%s: every label that it selects or groups by is one of the metric's", (_, dashboard) => {
    for (const text of promql(dashboard))
      for (const [, name, selected = ""] of text.matchAll(/\b(truebound_\w+?)(?:_bucket)?\{([^}]*)\}/g)) {
        const labels: readonly string[] = FAMILIES.find((family) => family.name === name)?.labels ?? [];
        for (const [, label] of selected.matchAll(/(\w+)(?:=~|!=|!~|=)/g))
          expect({ name, labels }).toEqual({ name, labels: expect.arrayContaining([label]) });
      }
  });
  it.skipIf(promtoolPath() === null).each(NAMED)(
    "%s: every expression is one that Prometheus understands (skipped: promtool not found)",
    (_, dashboard) => {
      const folder = mkdtempSync(join(tmpdir(), "truebound-grafana-"));
      const rules = promql(dashboard).map((expr, index) => ({
        record: `panel:${index}`.replace(/\d/g, (digit) => String.fromCharCode(97 + Number(digit))),
        expr: expr.replaceAll("$__rate_interval", "1m").replaceAll("$limit", "0.001").replaceAll("$host", "web-1"),
      }));
      const file = join(folder, "panels.yml");
      writeFileSync(file, JSON.stringify({ groups: [{ name: "panels", rules }] }));
      const said = promtool(["check", "rules", file]);
      rmSync(folder, { recursive: true, force: true });
      expect(said).toBeNull();
    },
  );
});

describe("the server's own dashboard", () => {
  const tested = serverForTests();
  const own = dashboards.find(({ uid }) => uid === "truebound-server") as Dashboard;
  /** What a server says as soon as it took a report; the rest comes with its first looks, or once there is something to say. */
  const AT_ONCE = [
    /^truebound_ingest_batches_total\{verdict="stored"\} [1-9]/m,
    /^truebound_ingest_bytes_total [1-9]/m,
    /^truebound_ingest_batches_waiting 0$/m,
    /^truebound_ingest_commits_total\{outcome="committed"\} [1-9]/m,
    /^truebound_ingest_commit_batches_total [1-9]/m,
    /^truebound_ingest_commit_seconds_total 0\.\d/m,
    /^truebound_database_connections\{state="(busy|idle)"\} [1-9]/m,
    /^truebound_database_requests_waiting \d/m,
    /^truebound_process_resident_memory_bytes \d{8,}/m,
    /^truebound_process_open_fds \d\d/m,
    /^truebound_enrolments_total\{outcome="enrolled"\} 1/m,
    /^truebound_fleet_looks_total\{outcome="done"\} [1-9]/m,
  ];
  const page = async () => String((await get(`${tested.server.peopleUrl}/metrics`)).body);

  it("asks for what a server that took a report says at /metrics, by labels that stand there", async () => {
    const agent = new FakeAgent(tested.server.agentsUrl);
    await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), "web-1");
    await agent.send(batchOf(agent.id, [{ realtime: 1_795_440_000_000_000_000n, raw: 1n, lo: -1_000n, hi: 3_000n }]));
    const asked = new Set(promql(own).flatMap((text) => text.match(/\btruebound_\w+/g) ?? []));
    expect(asked.size).toBeGreaterThan(25);
    const text = await page();
    for (const name of asked) expect(text).toContain(`\n# TYPE ${name} `);
    for (const line of AT_ONCE) expect(text).toMatch(line);
  });
});

describe("the database that the dashboards ask", () => {
  let databases: TestDatabases;
  let url: string;
  let reader: pg.Client;
  beforeAll(async () => {
    databases = await testDatabases();
    url = await databases.create();
    await ask(url, readFileSync(join(FOLDER, "role.sql"), "utf8"));
    await ask(url, readFileSync(join(FOLDER, "role.sql"), "utf8"));
    await fill(url);
    reader = new pg.Client({ connectionString: url });
    await reader.connect();
    await reader.query("set role grafana_reader");
  });
  afterAll(async () => {
    await reader?.end();
    if (url !== undefined) {
      await ask(url, "drop owned by grafana_reader");
      await ask(url, "drop role grafana_reader");
    }
    await databases?.stop();
  });

  const FROM = 1_795_440_000n;
  /** As Grafana writes it: macros and variables in their place. */
  const interpolated = (sql: string): string =>
    sql
      .replace(/\$__unixEpochNanoFilter\(([\w.]+)\)/g, `$1 >= ${FROM}000000000 and $1 <= ${FROM + 86_400n}000000000`)
      .replace(/\$__timeFilter\(([\w.]+)\)/g, `$1 between to_timestamp(${FROM}) and to_timestamp(${FROM + 86_400n})`)
      .replaceAll("'$host'", "'web-1'")
      .replaceAll("'$group'", "'rack=r1'")
      .replaceAll("($host)", "('web-1','web-2')")
      .replaceAll("$limit", "0.001");

  it.each(NAMED)("%s: every question is one that the role may ask, of columns that there are", async (_, dashboard) => {
    for (const sql of sqlOf(dashboard)) {
      const text = interpolated(sql);
      expect(text).not.toContain("$");
      await expect(reader.query(text), text).resolves.toMatchObject({ fields: expect.arrayContaining([expect.anything()]) });
    }
  });
  it("every view has a time, by which Grafana can ask", async () => {
    const views = await ask<{ view: string; type: string }>(
      url,
      `select c.relname as view, format_type(a.atttypid, null) as type from pg_class c
       left join pg_attribute a on a.attrelid = c.oid and a.attname = 'time' where c.relkind = 'v' and c.relname like 'grafana%' order by 1`,
    );
    expect(views.length).toBe(8);
    for (const { view, type } of views) expect({ view, type }).toEqual({ view, type: "timestamp with time zone" });
    const role = readFileSync(join(FOLDER, "role.sql"), "utf8");
    for (const { view } of views) expect(role).toMatch(new RegExp(`\\b${view}\\b`));
  });
  it("the role reads nothing else, and changes nothing", async () => {
    for (const table of ["host", "host_state", "evidence", "host_key", "join_token", "alert_object"])
      await expect(reader.query(`select * from ${table}`)).rejects.toThrow("permission denied");
    await expect(reader.query("delete from grafana_fleet_minute")).rejects.toThrow("permission denied");
  });
  it("a host's minutes are in seconds, and without a bound where a reading had none", async () => {
    const { rows } = await reader.query(
      "select host, status, lower_bound_seconds, error_bound_seconds from grafana_host_minute order by minute_ns",
    );
    expect(rows).toEqual([
      { host: "web-1", status: "proven", lower_bound_seconds: -0.0005, error_bound_seconds: 0.0005 },
      { host: "web-1", status: "unknown", lower_bound_seconds: null, error_bound_seconds: null },
    ]);
  });
  it("hosts are in the groups of their labels; one that was retired is in none", async () => {
    const { rows } = await reader.query("select host_group, host from grafana_host_group order by 1");
    expect(rows).toEqual([
      { host_group: "all hosts", host: "web-1" },
      { host_group: "rack=r1", host: "web-1" },
    ]);
    const sources = await reader.query("select host, source, state, lower_bound_seconds, stratum from grafana_source");
    expect(sources.rows).toEqual([{ host: "web-1", source: "a:123", state: "agrees", lower_bound_seconds: -0.001, stratum: 2 }]);
  });
  it("compliance counts what is proved, and what proves nothing", async () => {
    const panel = dashboards
      .find(({ uid }) => uid === "truebound-compliance")
      ?.panels.find(({ title }) => title === "By host, the least proved first");
    const { rows } = await reader.query(interpolated(panel?.targets[0]?.rawSql ?? ""));
    expect(rows).toEqual([{ host: "web-1", "proved within": 0.5, minutes: "2", "greatest worst error": 0.0005, "without a bound": "1" }]);
  });

  async function fill(database: string): Promise<void> {
    const [kept, gone] = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];
    const sources = JSON.stringify([
      {
        id: "a:123",
        address: "192.0.2.1",
        state: "agrees",
        stratum: 2,
        lo_ns: "-1000000",
        hi_ns: "2000000",
        delay_ns: null,
        polls: 1,
        replies: 1,
      },
    ]);
    for (const [id, name, state] of [
      [kept, "web-1", "active"],
      [gone, "web-2", "retired"],
    ]) {
      await ask(
        database,
        `insert into host (id, name, labels, public_key, state, enrolled_with, retired_at)
         values ($1, $2, '{"rack":"r1"}', sha256(convert_to($2, 'utf8')), $3, sha256(''), case $3 when 'retired' then now() end)`,
        [id, name, state],
      );
      await ask(
        database,
        "insert into host_state (host_id, epoch, seq, chain_hash, status, as_of_ns, lo_ns, hi_ns, sources) values ($1, 1, 1, sha256(''), 'proven', $2, -1, 1, $3)",
        [id, FROM * 1_000_000_000n, sources],
      );
    }
    const minute = (at: bigint, status: string, unbounded: boolean) =>
      ask(
        database,
        "insert into host_minute (host_id, minute_ns, lo_ns, hi_ns, rows, status, marked, unbounded) values ($1, $2, -500000, 400000, 60, $3, false, $4)",
        [kept, at * 1_000_000_000n, status, unbounded],
      );
    await minute(FROM, "proven", false);
    await minute(FROM + 60n, "unknown", true);
  }
});

import { writeFileSync } from "node:fs";
import { get as httpGet } from "node:http";
import { join } from "node:path";
import type { Alert, Incident, IncidentDetail, Notice } from "@truebound/wire";
import * as wire from "@truebound/wire";
import { Value } from "typebox/value";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyStore } from "../src/adapters/postgres/apply-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { parseYaml } from "../src/adapters/yaml-file.ts";
import { apply } from "../src/apply/apply.ts";
import { NOTICE } from "../src/notify/notice.fixture.ts";
import { ROUTES } from "../src/query/routes.ts";
import { ask, quiet } from "./database.ts";
import { call, get } from "./fake-agent.ts";
import { folderForTests } from "./folder-for-tests.ts";
import { withoutJudge, writeIncident } from "./incident-rows.ts";
import { serverForTests, serverOn } from "./server-under-test.ts";
import { until } from "./until.ts";

const runbookDir = folderForTests("runbook");
writeFileSync(
  join(runbookDir, "host_silent.md"),
  "# host_silent\n\n## What it means\n\nNothing was **heard** of it <script>alert(1)</script>.\n",
);
const tested = serverForTests(() => ({ runbookDir }), withoutJudge);

const API = "/api/v1";
const api = (path: string) => get(`${tested.server.peopleUrl}${path}`);
const JSON_TYPE = { "content-type": "application/json" };
const post = (path: string, body: unknown, headers: Record<string, string> = JSON_TYPE) =>
  call("POST", `${tested.server.peopleUrl}${API}${path}`, headers, typeof body === "string" ? body : JSON.stringify(body));

/** Every answer is as its schema says. */
function checked(operation: (typeof ROUTES)[number]["operation"], body: unknown): void {
  const schema = ROUTES.find((route) => route.operation === operation)?.answer.schema as Parameters<typeof Value.Errors>[0];
  expect([...Value.Errors(schema, body)]).toEqual([]);
}

const rows = (sql: string, values: unknown[] = []) => ask<Record<string, unknown>>(tested.url, sql, values);
const TABLES =
  "delivery, notice, incident_entry, alert, incident, silence, alert_object, alert_rule, alert_setting, applied, alert_progress";
beforeEach(async () => {
  await rows(`truncate ${TABLES} restart identity`);
});

async function applied(text: string): Promise<void> {
  const pool = openPool(tested.url, quiet);
  try {
    const ports = { store: applyStore(pool), read: async () => `version: 1\n${text}`, parse: parseYaml };
    expect(await apply(ports, { file: "clocks.yaml", diff: false, dryRun: false, json: false })).toMatchObject({ code: 0 });
  } finally {
    await pool.end();
  }
}

describe("incidents", () => {
  it("are listed newest first, page by page, by state and by host", async () => {
    const ids: string[] = [];
    for (const given of [{}, { resolved: true }, {}, {}, { resolved: true }]) ids.push(await writeIncident(tested.url, given));
    const listed: string[] = [];
    for (let after = ""; ; ) {
      const { body } = await api(`${API}/incidents?state=all&limit=2${after}`);
      checked("listIncidents", body);
      listed.push(...(body.items as Incident[]).map(({ id }) => id));
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(listed).toEqual(ids.toReversed());
    const only = async (query: string) => ((await api(`${API}/incidents${query}`)).body.items as Incident[]).map(({ id }) => id);
    expect(await only("")).toEqual([ids[3], ids[2], ids[0]]);
    expect(await only("?state=resolved")).toEqual([ids[4], ids[1]]);
    const rack = await writeIncident(tested.url, {
      cause: ["group", "group:rack=r1", "rack=r1"],
      alerts: [{ host: "a" }, { host: "b", ended: true }],
    });
    expect([await only("?host=a"), await only("?host=b"), await only("?state=all&host=nobody")]).toEqual([[rack], [], []]);
    expect(await only("?host=0cc175b9-c0f1-b6a8-31c3-99e269772661")).toEqual([rack]);
  });
  it("say when they were judged last and who tells people", async () => {
    expect((await api(`${API}/incidents`)).body).toEqual({ items: [], next: null, evaluated_at: null, alerting: "server" });
    await rows("insert into alert_progress (mark) values ('1')");
    await applied("alerting: prometheus");
    const { body } = await api(`${API}/incidents`);
    expect(body).toMatchObject({ evaluated_at: expect.stringMatching(/^20.*Z$/), alerting: "prometheus" });
  });
  it("are shown in full: the worst alerts first, those that are over last, with their story", async () => {
    const alerts = [
      { host: "a", severity: "info" },
      { host: "b", ended: true },
      { host: "c" },
      ...Array.from({ length: 205 }, (_, n) => ({ host: `z${n}`, severity: "warning" })),
    ];
    const id = await writeIncident(tested.url, { cause: ["fleet", "fleet", "the fleet"], alerts });
    const { body } = await api(`${API}/incidents/${id}`);
    checked("getIncident", body);
    const { members, more } = body as IncidentDetail;
    expect([members.length, more, members[0]?.host?.name, members[1]?.host?.name]).toEqual([200, 8, "c", "z0"]);
    expect(members[0]).toMatchObject({
      limit_ns: "100000000",
      guaranteed: { lo_ns: "200000000", hi_ns: "300000000" },
      evidence: { epoch: 1, seq: 7 },
    });
  });
  it.each([
    ["/incidents?state=closed", 400, /did you mean/],
    ["/incidents?limit=0", 400, /limit is a number from 1 to 1000/],
    ["/incidents?after=zzz", 400, /none that this list gave/],
    ["/incidents?sate=open", 400, /did you mean state\?/],
    ["/incidents/999999", 404, /There is no incident "999999"/],
    ["/incidents/1%20or", 404, /There is no incident/],
    ["/incidents/99999999999999999999", 404, /There is no incident/],
    ["/alerts?state=open", 400, /It is firing, ended, all/],
    ["/rules?state=open", 400, /takes none/],
  ])("refuse %s", async (path, status, words) => {
    expect(await api(`${API}${path}`)).toMatchObject({ status, body: { detail: expect.stringMatching(words) } });
  });
});

describe("alerts", () => {
  it("are listed by state and host, and counted by their rule", async () => {
    await writeIncident(tested.url, {
      alerts: [{ host: "a" }, { host: "a", rule: "host_late", ended: true }, { host: "b", rule: "mine" }],
    });
    const list = async (query: string) => {
      const { body } = await api(`${API}/alerts${query}`);
      checked("listAlerts", body);
      return (body.items as Alert[]).map(({ host, rule }) => `${host?.name} ${rule}`);
    };
    expect(await list("")).toEqual(["b mine", "a host_silent"]);
    expect(await list("?state=all&host=a")).toEqual(["a host_late", "a host_silent"]);
    expect(await list("?state=ended")).toEqual(["a host_late"]);
    await applied("rules: [{ name: mine, finding: near_limit, limit: 100us, enabled: false }]");
    const { body } = await api(`${API}/rules`);
    checked("listRules", body);
    const rule = (name: string) => (body.items as { name: string }[]).find((one) => one.name === name);
    expect(rule("host_silent")).toMatchObject({ origin: "shipped", firing: 1, words: "A ticket when a host is silent, for 10 s" });
    expect(rule("mine")).toMatchObject({
      origin: "file",
      firing: 1,
      words: "Switched off: A note when a host's worst error is more than 80 % of 100 µs, for 10 min",
    });
  });
});

describe("acknowledging", () => {
  const CHANNELS = `channels:
  - { name: pager, kind: webhook, url: "https://a.example", severities: [critical] }
  - { name: racks, kind: webhook, url: "https://b.example", severities: [critical], hosts: { labels: { rack: r1 } } }
  - { name: tickets, kind: webhook, url: "https://c.example", severities: [warning] }
  - { name: off, kind: webhook, url: "https://d.example", severities: [critical], enabled: false }
`;
  const deliveries = () => rows("select channel, ordinal, state from delivery order by channel");
  it("is kept, told to the channels that it is for, and said once", async () => {
    await applied(`page_url: https://clocks.example/\n${CHANNELS}`);
    const id = await writeIncident(tested.url, {
      told: true,
      notices: 3,
      channels: ["pager"],
      alerts: [{ host: "a", hostLabels: { rack: "r2" } }],
    });
    const { status, body } = await post(`/incidents/${id}/acknowledge`, { who: "Ada" });
    expect(status).toBe(200);
    checked("acknowledgeIncident", body);
    expect(body).toMatchObject({
      acknowledged: { who: "Ada" },
      timeline: [{ kind: "acknowledged", who: "Ada", words: "Ada looks after it" }],
      deliveries: expect.arrayContaining([
        expect.objectContaining({
          key: expect.stringMatching(new RegExp(`^truebound-[0-9a-f]{8}-${id}-4$`)),
          channel: "pager",
          kind: "acknowledged",
          state: "due",
        }),
      ]),
    });
    const [{ content } = { content: null }] = await rows("select content from notice where kind = 'acknowledged'");
    expect([...Value.Errors(wire.Notice, content)]).toEqual([]);
    expect(content as Notice).toMatchObject({
      ordinal: 4,
      incident: { id, acknowledged: { who: "Ada" } },
      alerts: [{ host: { name: "a" } }],
      url: `https://clocks.example/incidents/${id}`,
    });
    const again = await post(`/incidents/${id}/acknowledge`, { who: "Bob" });
    expect(again).toMatchObject({ status: 200, body: { acknowledged: { who: "Ada" } } });
    expect(await rows("select notices, told from incident")).toEqual([{ notices: 4, told: true }]);
    expect(await deliveries()).toHaveLength(2);
  });
  it("is told where the incident was told before and nowhere else: to all others it would be news of nothing", async () => {
    await applied(CHANNELS);
    const id = await writeIncident(tested.url, { told: true, notices: 1, severity: "critical" });
    await rows("insert into notice (incident_id, ordinal, kind, content) values ($1, 1, 'opened', $2)", [id, NOTICE]);
    await rows(
      "insert into delivery (notice_id, channel, incident_id, ordinal) select id, unnest(array['tickets', 'off', 'gone']), $1, 1 from notice",
      [id],
    );
    await post(`/incidents/${id}/acknowledge`, { who: "Ada" });
    expect((await deliveries()).filter(({ ordinal }) => ordinal === 2).map(({ channel }) => channel)).toEqual(["tickets"]);
  });
  it("says which alerts ended since any channel was told, for it was told that they go on", async () => {
    await applied(CHANNELS);
    const alerts = [{ host: "a", ended: true }, { host: "b" }];
    const id = await writeIncident(tested.url, { told: true, notices: 1, channels: ["tickets"], alerts });
    await rows("update alert set ended_at = clock_timestamp() where host_name = 'b'");
    await rows(
      `with named as (update incident set notices = 2 where id = $1 returning id),
        later as (insert into notice (incident_id, ordinal, kind, content) select id, 2, 'changed', $2 from named returning id)
       insert into delivery (notice_id, channel, incident_id, ordinal) select id, 'late', $1, 2 from later`,
      [id, NOTICE],
    );
    await post(`/incidents/${id}/acknowledge`, { who: "Ada" });
    const [{ content } = { content: null }] = await rows("select content from notice where ordinal = 3");
    expect((content as Notice).ended.map(({ host }) => host?.name)).toEqual(["b"]);
  });
  it.each([
    ["nobody was told of", { told: false }],
    ["is silenced", { told: true, silencedBy: "7" }],
  ])("of what %s tells nobody", async (_, given) => {
    await applied(CHANNELS);
    const id = await writeIncident(tested.url, given);
    expect((await post(`/incidents/${id}/acknowledge`, { who: "Ada" })).status).toBe(200);
    expect([await rows("select from notice"), await rows("select acknowledged_by from incident")]).toEqual([
      [],
      [{ acknowledged_by: "Ada" }],
    ]);
  });
  it("in the mode of Prometheus is told to no channel, and the story says so", async () => {
    await applied(`alerting: prometheus\n${CHANNELS}`);
    const id = await writeIncident(tested.url, { told: true, notices: 1 });
    const { body } = await post(`/incidents/${id}/acknowledge`, { who: "Ada" });
    expect([body.deliveries, body.timeline.at(-1)]).toMatchObject([
      [],
      { kind: "not_notified", who: null, words: expect.stringContaining("Prometheus") },
    ]);
  });
  it("of what is over, or is not there, is refused", async () => {
    const id = await writeIncident(tested.url, { resolved: true });
    expect(await post(`/incidents/${id}/acknowledge`, { who: "Ada" })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining("it is over") },
    });
    expect(await post("/incidents/77777/acknowledge", { who: "Ada" })).toMatchObject({ status: 404, body: { code: "not_found" } });
  });
  it("by twenty at once is one of them's", async () => {
    await applied(CHANNELS);
    const id = await writeIncident(tested.url, { told: true, notices: 1, channels: ["pager"] });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => post(`/incidents/${id}/acknowledge`, { who: `p${n}` })));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.acknowledged?.who}`)).size).toBe(1);
    expect(await rows("select from incident_entry")).toHaveLength(1);
    expect(await deliveries()).toHaveLength(2);
  });
});

describe("comments", () => {
  it("join the story, also of what is over", async () => {
    const id = await writeIncident(tested.url, { resolved: true });
    await post(`/incidents/${id}/comments`, { who: "Ada", words: "The GPS antenna was iced over" });
    const { body } = await post(`/incidents/${id}/comments`, { who: "Bob", words: "Thawed" });
    checked("commentIncident", body);
    expect((body as IncidentDetail).timeline.map(({ kind, who, words }) => [kind, who, words])).toEqual([
      ["commented", "Ada", "The GPS antenna was iced over"],
      ["commented", "Bob", "Thawed"],
    ]);
  });
  const wrong: [string, unknown, Record<string, string>, number, string][] = [
    ["of another type", "who=Ada", { "content-type": "application/x-www-form-urlencoded" }, 400, "bad_request"],
    ["without a type", '{"who":"Ada","words":"x"}', {}, 400, "bad_request"],
    ["that is no JSON", '{"who"', JSON_TYPE, 422, "malformed"],
    ["without words", { who: "Ada" }, JSON_TYPE, 422, "malformed"],
    ["with a field too many", { who: "Ada", words: "x", as: "admin" }, JSON_TYPE, 422, "malformed"],
    ["with a NUL", { who: "Ada", words: "a\u0000b" }, JSON_TYPE, 422, "malformed"],
    ["that is a list", [], JSON_TYPE, 422, "malformed"],
    ["that is too long", { who: "Ada", words: "x".repeat(20_000) }, JSON_TYPE, 413, "too_large"],
    ["by nobody", "", JSON_TYPE, 422, "malformed"],
    ["from another origin", { who: "Ada", words: "x" }, { ...JSON_TYPE, origin: "http://evil.example" }, 403, "forbidden_origin"],
  ];
  it.each(wrong)("%s are refused", async (_, body, headers, status, code) => {
    const id = await writeIncident(tested.url);
    expect(await post(`/incidents/${id}/comments`, body as object, headers)).toMatchObject({ status, body: { code } });
    expect(await rows("select from incident_entry")).toEqual([]);
  });
});

describe("silences", () => {
  const wish = (matchers: Record<string, string>) => ({ matchers, for_s: 3600, who: "Ada", comment: "the rack moves" });
  it("are committed before the reply, and say how many open incidents they keep quiet now", async () => {
    await writeIncident(tested.url, { alerts: [{ host: "web-1" }] });
    await writeIncident(tested.url, {
      cause: ["group", "group:rack=r1", "rack=r1"],
      alerts: [
        { host: "web-1", rule: "x" },
        { host: "web-2", rule: "x" },
      ],
    });
    await writeIncident(tested.url, { alerts: [{ host: "web-1", rule: "y" }], resolved: true });
    const { status, body } = await post("/silences", wish({ host: "web-1" }));
    checked("addSilence", body);
    expect([status, body]).toMatchObject([
      200,
      { silences_now: 1, active: true, origin: "person", who: "Ada", matchers: { host: "web-1" } },
    ]);
    expect(await rows("select to_at - from_at = interval '1 hour' as hour from silence")).toEqual([{ hour: true }]);
    expect((await post("/silences", wish({ group: "rack=r1" }))).body.silences_now).toBe(1);
    const listed = await api(`${API}/silences`);
    checked("listSilences", listed.body);
    expect(listed.body.items).toHaveLength(2);
  });
  it("are ended by people, at once and for good", async () => {
    const { id } = (await post("/silences", wish({ host: "a" }))).body;
    const ended = await post(`/silences/${id}/end`, {});
    checked("endSilence", ended.body);
    expect(ended).toMatchObject({ status: 200, body: { id, active: false } });
    expect((await post(`/silences/${id}/end`, "", {})).body).toEqual(ended.body);
    expect(await post("/silences/4711/end", {})).toMatchObject({ status: 404 });
    expect(await post(`/silences/${id}/end`, { now: true })).toMatchObject({ status: 422 });
  });
  it("of a file are ended by that file alone", async () => {
    await applied("silences: [{ name: dc-move, matchers: { host: a }, to: 2099-01-01T00:00:00Z, comment: c }]");
    const [{ id } = { id: "" }] = (await api(`${API}/silences`)).body.items;
    expect(await post(`/silences/${id}/end`, {})).toMatchObject({
      status: 409,
      body: {
        code: "read_only",
        detail: `Cannot end silence ${id}: the file clocks.yaml sets it (silences, name: dc-move); take it out there and run truebound apply`,
      },
    });
    expect((await api(`${API}/silences`)).body.items[0]).toMatchObject({ active: true, origin: "file" });
    await applied("");
    expect((await post(`/silences/${id}/end`, {})).body).toMatchObject({ active: false });
  });
  it.each([
    [{ ...wish({}), matchers: {} }],
    [{ ...wish({ host: "a" }), for_s: 59 }],
    [{ ...wish({ host: "a" }), for_s: 1e12 }],
    [{ ...wish({ "bad name": "a" }) }],
    [{ ...wish({ host: "a" }), origin: "file" }],
  ])("%j is refused", async (body) => {
    expect(await post("/silences", body)).toMatchObject({ status: 422, body: { code: "malformed" } });
  });
});

describe("channels and windows", () => {
  it("are shown without secrets, with what waits and how the latest went", async () => {
    await applied(`channels:
  - { name: hook, kind: webhook, url: "https://a.example/secret?token=secret" }
  - { name: mail, kind: email, host: mail.example, port: 25, from: a@b.example, to: [c@d.example] }`);
    const id = await writeIncident(tested.url);
    await rows("insert into notice (incident_id, ordinal, kind, content) values ($1, 1, 'opened', $2), ($1, 2, 'changed', $2)", [
      id,
      NOTICE,
    ]);
    await rows(
      "insert into delivery (notice_id, channel, incident_id, ordinal, state, attempts, delivered_at, error) select id, 'hook', $1, ordinal, case ordinal when 1 then 'delivered' else 'due' end, 1, case ordinal when 1 then clock_timestamp() end, case ordinal when 2 then 'it answers 500' end from notice",
      [id],
    );
    const { body, bytes } = await api(`${API}/channels`);
    checked("listChannels", body);
    expect(bytes.toString()).not.toContain("secret");
    expect(body.items).toMatchObject([
      { name: "hook", to: "https://a.example", origin: "file", waiting: 1, last: { delivered: false, error: "it answers 500" } },
      { name: "mail", to: "c@d.example by mail.example:25", waiting: 0, last: null },
    ]);
  });
  it("are tested by name, where the process can tell a channel anything", async () => {
    await applied('channels: [{ name: hook, kind: webhook, url: "https://a.example" }]');
    expect(await post("/channels/hoook/test", {})).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining("did you mean hook?") },
    });
  });
  it("windows say for whom and when they hold", async () => {
    await applied(`maintenance:
  - { name: a, comment: c, hosts: { labels: { rack: r1 } }, weekly: { days: [mon, tue, wed, thu, fri, sat, sun], at: "00:00", for: 7d, timezone: UTC } }
  - { name: b, comment: c, once: { from: 2001-01-01T00:00:00Z, to: 2001-01-01T01:30:00Z } }`);
    const { body } = await api(`${API}/maintenance`);
    checked("listMaintenance", body);
    expect(body.items).toMatchObject([
      { name: "a", hosts: "hosts with rack=r1", active: true, when: "every mon, tue, wed, thu, fri, sat, sun at 00:00 (UTC) for 7 d" },
      { name: "b", hosts: "all hosts", active: false, when: "from 2001-01-01T00:00Z to 2001-01-01T01:30Z" },
    ]);
  });
});

describe("a maintenance window", () => {
  const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const declared = { labels: {}, to: soon(60), who: "ada", comment: "kernel" };
  const leaves = async (name: unknown) =>
    (
      await rows(`select entry->>'who' as who, entry->'body' as body from log_pending where entry->>'what' = $1 order by id`, [
        `maintenance ${name}`,
      ])
    ).map(({ who, body }) => [who, body !== null]);
  beforeEach(async () => {
    await rows("delete from log_pending");
  });

  it("is declared, counts at once, is a leaf of the log, and is ended", async () => {
    await writeIncident(tested.url, { cause: ["host", "host:1", "web-1"], alerts: [{ host: "web-1" }] });
    const { status, body } = await post("/maintenance", declared);
    expect(status).toBe(200);
    checked("addMaintenance", body);
    expect(body).toMatchObject({ state: "running", active: true, hosts: "all hosts", who: "ada", origin: "person" });
    const listed = await api(`${API}/maintenance`);
    checked("listMaintenance", listed.body);
    expect(listed.body.items).toMatchObject([{ name: body.name, comment: "kernel", state: "running" }]);
    const ended = await post(`/maintenance/${body.name}/end`, { who: "bob" });
    checked("endMaintenance", ended.body);
    expect(ended.body).toMatchObject({ name: body.name, state: "past", active: false });
    expect(await leaves(body.name)).toEqual([
      ["ada", true],
      ["bob", true],
    ]);
    expect(await post(`/maintenance/${body.name}/end`, { who: "bob" })).toMatchObject({ status: 400 });
  });
  it("that has not begun is taken back whole", async () => {
    const { body } = await post("/maintenance", { ...declared, from: soon(30) });
    expect(body).toMatchObject({ state: "coming", active: false });
    expect((await post(`/maintenance/${body.name}/end`, { who: "ada" })).body).toMatchObject({ state: "past" });
    expect((await api(`${API}/maintenance`)).body.items).toEqual([]);
    expect(await leaves(body.name)).toEqual([
      ["ada", true],
      ["ada", false],
    ]);
  });
  it("of every week says when it comes next, before it is declared too, and is taken back for good", async () => {
    const weekly = { days: ["sun"], at: "02:00", for_s: 3600, timezone: "Europe/Berlin" };
    const next = await api(`${API}/maintenance/next?days=sun&at=02:00&for_s=3600&timezone=Europe/Berlin`);
    checked("listWindowTimes", next.body);
    expect(next.body.items).toHaveLength(3);
    const { body } = await post("/maintenance", { labels: {}, weekly, who: "ada", comment: "patches" });
    checked("addMaintenance", body);
    expect(body).toMatchObject({ when: "every sun at 02:00 (Europe/Berlin) for 1 h", from: null, to: null, next: next.body.items[0] });
    expect((await post(`/maintenance/${body.name}/end`, { who: "ada" })).body).toMatchObject({ state: "past", next: null });
    expect((await api(`${API}/maintenance`)).body.items).toEqual([]);
    expect((await api(`${API}/maintenance/next?days=sun&at=2&for_s=1&timezone=UTC`)).status).toBe(400);
  });
  it.each([
    [{ weekly: { days: ["sun"], at: "02:00", for_s: 3600, timezone: "UTC" } }, 400, /either these, or its days/],
    [{ names: ["nobody-1"] }, 400, /no host that may report has the name or id/],
    [{ to: soon(-1) }, 400, /over already/],
    [{ comment: undefined }, 422, /comment/],
    [{ for_s: 60 }, 422, /for_s/],
  ])("is refused: %j", async (more, status, why) => {
    const answer = await post("/maintenance", { ...declared, ...more });
    expect({ status: answer.status, said: JSON.stringify(answer.body) }).toEqual({ status, said: expect.stringMatching(why) });
  });
  it("of a file is ended by that file alone, and apply leaves a person's alone while it is not over", async () => {
    const { body } = await post("/maintenance", declared);
    await applied(
      "maintenance: [{ name: move, comment: c, names: [db-1], once: { from: 2001-01-01T00:00:00Z, to: 2099-01-01T01:00:00Z } }]",
    );
    expect(await post("/maintenance/move/end", { who: "ada" })).toMatchObject({
      status: 409,
      body: { code: "read_only", detail: expect.stringContaining("clocks.yaml") },
    });
    expect((await api(`${API}/maintenance`)).body.items).toMatchObject([
      { name: body.name, state: "running" },
      { name: "move", hosts: "db-1", who: "clocks.yaml", state: "running" },
    ]);
    expect(await post("/maintenance/nothing/end", { who: "ada" })).toMatchObject({ status: 404 });
  });
});

describe("a runbook", () => {
  it("is served as a page in which nothing runs that its text brings", async () => {
    const { status, body, headers } = await api("/runbook/host_silent");
    expect([status, headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    expect(body).toContain("<h1>host_silent</h1>");
    expect(body).toContain("<strong>heard</strong> of it &lt;script&gt;");
    expect(await api("/api/v1/runbooks/host_silent")).toMatchObject({
      status: 200,
      body: { finding: "host_silent", means: "Nothing was heard of it <script>alert(1)</script>.", mend: [], more: 0 },
    });
    expect(await api("/api/v1/runbooks/host_silnt")).toMatchObject({ status: 404 });
  });
  it("that is missing is said to be, and what is no finding has none", async () => {
    expect(await api("/runbook/host_late")).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining("docs/alerts/host_late.md is missing") },
    });
    expect(await api("/runbook/host_silnt")).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining("did you mean host_silent?") },
    });
    expect(await api("/runbook/..%2f..%2fREADME")).toMatchObject({ status: 404 });
  });
});

describe("the stream", () => {
  const streams: { destroy(): void }[] = [];
  afterEach(() => {
    for (const stream of streams.splice(0)) stream.destroy();
  });
  function listen(url: string): Incident[] {
    const heard: Incident[] = [];
    const request = httpGet(`${url}${API}/events`, (res) => {
      let text = "";
      res.on("data", (part: Buffer) => {
        text += part.toString();
        const events = text.split("\n\n");
        text = events.pop() ?? "";
        for (const event of events) {
          const [, data] = /^event: incident\ndata: (.*)$/.exec(event) ?? [];
          if (data !== undefined) heard.push(JSON.parse(data) as Incident);
        }
      });
      res.on("error", () => {});
    });
    request.on("error", () => {});
    streams.push(request);
    return heard;
  }
  it("tells each change of an incident once, on every server of the database", async () => {
    const other = await serverOn(tested.url);
    try {
      const heard = [tested.server, other].map(({ peopleUrl }) => listen(peopleUrl));
      const id = await writeIncident(tested.url);
      for (const list of heard) await until("the incident", () => list.some((one) => one.id === id));
      await post(`/incidents/${id}/acknowledge`, { who: "Ada" });
      for (const list of heard) await until("its change", () => list.at(-1)?.acknowledged?.who === "Ada");
      const next = await writeIncident(tested.url);
      for (const list of heard) await until("the next", () => list.some((one) => one.id === next));
      for (const list of heard) expect(list.map((one) => one.id)).toEqual([id, id, next]);
      expect([...Value.Errors(wire.Incident, heard[0]?.[0])]).toEqual([]);
    } finally {
      await other.stop();
    }
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Channel } from "@truebound/wire";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask, type TestDatabases, testDatabases } from "./database.ts";
import { channelHead, deliveriesOf, openIncident, setChannel, setSettings, storyOf, tell } from "./notices.ts";
import { type NotifierUnderTest, notifierOn } from "./notifier-under-test.ts";
import { type Recorded, type Recorder, startRecorder } from "./recorder.ts";
import { until } from "./until.ts";

let databases: TestDatabases;
let url = "";
let receiver: Recorder;
const folder = mkdtempSync(join(tmpdir(), "truebound-webhook-"));
const secretFile = join(folder, "secret");
const running: NotifierUnderTest[] = [];

beforeAll(async () => {
  databases = await testDatabases();
  writeFileSync(secretFile, "correct horse\n");
});
beforeEach(async () => {
  url = await databases.create();
  receiver = await startRecorder();
  await setChannel(url, hook());
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
  await receiver.close();
});
afterAll(async () => {
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const hook = (more: Partial<Extract<Channel, { kind: "webhook" }>> = {}): Channel => ({
  ...channelHead("hook"),
  kind: "webhook",
  url: receiver.url,
  secret_file: secretFile,
  ...more,
});
const idle = (): NotifierUnderTest => {
  const made = notifierOn(url);
  running.push(made);
  return made;
};
const start = (): NotifierUnderTest => {
  const made = idle();
  made.start();
  return made;
};
const keys = () => receiver.requests.map(({ headers }) => String(headers["idempotency-key"]));
/** As if the pause before the next try were over. */
const hurry = () => ask(url, "update delivery set next_at = clock_timestamp() where state = 'due'");
const settled = (incident: Parameters<typeof deliveriesOf>[1], count: number) =>
  until("the deliveries", async () => {
    const rows = await deliveriesOf(url, incident);
    return rows.length === count && rows.every(({ state }) => state !== "due") && rows;
  });

describe("a webhook", () => {
  it("gets what an Alertmanager would post, and the notice", async () => {
    await setSettings(url, { page_url: "https://page.example" });
    start();
    const incident = await openIncident(url, "db-1");
    await tell(url, incident, "opened", ["hook"]);
    await settled(incident, 1);
    const [{ method, headers, body } = { body: "" } as Recorded] = receiver.requests;
    expect([method, headers["content-type"], headers["idempotency-key"]]).toEqual([
      "POST",
      "application/json",
      `truebound-${incident.id}-1`,
    ]);
    const said = JSON.parse(body);
    expect(said).toMatchObject({
      version: "4",
      status: "firing",
      receiver: "hook",
      truncatedAlerts: 0,
      groupKey: `{}:{incident="${incident.id}"}`,
      groupLabels: { incident: incident.id },
      commonLabels: { alertname: "proved_outside_limit", host: "db-1", severity: "critical", team: "db" },
      externalURL: "https://page.example",
      alerts: [{ status: "firing", startsAt: "2026-11-26T10:00:00.000000000Z", endsAt: "0001-01-01T00:00:00Z" }],
      truebound: { kind: "opened", ordinal: 1, incident: { id: incident.id } },
    });
    expect(said.alerts[0].fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(await storyOf(url, incident)).toEqual(["notified: Told hook that it began"]);
  });

  it("can check who sent it as docs/channels.md says", async () => {
    start();
    await tell(url, await openIncident(url, "db-1"), "opened", ["hook"]);
    const { headers, body } = await until("the request", () => receiver.requests[0]);
    const text = readFileSync(new URL("../../docs/channels.md", import.meta.url), "utf8");
    const file = join(folder, "verify.mjs");
    writeFileSync(file, /```js verify\n([\s\S]*?)```/.exec(text)?.[1] ?? "");
    const { isFromTruebound } = await import(pathToFileURL(file).href);
    const now = Number(headers["truebound-timestamp"]);
    expect(isFromTruebound("correct horse", headers, body, now)).toBe(true);
    expect(isFromTruebound("another", headers, body, now)).toBe(false);
    expect(isFromTruebound("correct horse", headers, body.replace("critical", "info"), now)).toBe(false);
    expect(isFromTruebound("correct horse", { ...headers, "truebound-timestamp": String(now + 1) }, body, now)).toBe(false);
    expect(isFromTruebound("correct horse", headers, body, now + 301)).toBe(false);
    const [{ age } = { age: 999 }] = await ask<{ age: number }>(
      url,
      "select abs(extract(epoch from clock_timestamp())::float8 - $1) as age",
      [now],
    );
    expect(age).toBeLessThan(60);
  });

  it("is told again with the same key and the same words until it takes it; the story says it once", async () => {
    receiver.reply = (_, index) => ({ status: index < 2 ? 503 : 200, text: "not now" });
    const made = start();
    const incident = await openIncident(url, "db-1");
    await tell(url, incident, "opened", ["hook"]);
    await until("the first failure", async () => (await deliveriesOf(url, incident))[0]?.error);
    expect((await deliveriesOf(url, incident))[0]).toMatchObject({
      state: "due",
      error: "it answers 503 (not now); see what its own log says; it is tried again",
    });
    await until("the last try", async () => {
      await hurry();
      return receiver.requests.length === 3;
    });
    await settled(incident, 1);
    expect(new Set(keys()).size).toBe(1);
    expect(new Set(receiver.requests.map(({ body }) => body)).size).toBe(1);
    expect(made.counted).toEqual(["hook failed", "hook failed", "hook delivered"]);
    expect(await storyOf(url, incident)).toEqual(["notified: Told hook that it began"]);
  });

  it("is told of one incident in order, while others pass what it does not take", async () => {
    const stuck = await openIncident(url, "stuck");
    receiver.reply = ({ body }) => ({ status: body.includes('"host":"stuck"') ? 500 : 200 });
    start();
    for (const kind of ["opened", "changed", "resolved"] as const) await tell(url, stuck, kind, ["hook"]);
    const free = await openIncident(url, "free");
    await tell(url, free, "opened", ["hook"]);
    await settled(free, 1);
    await until("some tries", async () => {
      await hurry();
      return receiver.requests.length > 4;
    });
    expect(new Set(keys())).toEqual(new Set([`truebound-${stuck.id}-1`, `truebound-${free.id}-1`]));
    receiver.reply = () => ({ status: 200 });
    await hurry();
    await settled(stuck, 3);
    const taken = keys().filter((key) => key.startsWith(`truebound-${stuck.id}-`));
    expect(taken.slice(-3)).toEqual([1, 2, 3].map((ordinal) => `truebound-${stuck.id}-${ordinal}`));
  });

  it("is told of the next incident of a cause once it was told of the end of the one before", async () => {
    receiver.reply = ({ body }) => ({ status: body.includes('"status":"resolved"') ? 503 : 200 });
    start();
    const before = await openIncident(url, "flaps");
    for (const kind of ["opened", "resolved"] as const) await tell(url, before, kind, ["hook"]);
    await until("the end was refused", async () => (await deliveriesOf(url, before))[1]?.error);
    const next = await openIncident(url, "flaps");
    await tell(url, next, "opened", ["hook"]);
    const passes = await openIncident(url, "another");
    await tell(url, passes, "opened", ["hook"]);
    await settled(passes, 1);
    expect((await deliveriesOf(url, next))[0]).toMatchObject({ state: "due", attempts: 0 });
    receiver.reply = () => ({ status: 200 });
    await hurry();
    await settled(next, 1);
    expect(keys().slice(-2)).toEqual([`truebound-${before.id}-2`, `truebound-${next.id}-1`]);
  });

  it("is told once by two servers that look at once", async () => {
    const incidents = await Promise.all(Array.from({ length: 30 }, (_, index) => openIncident(url, `db-${index}`)));
    for (const incident of incidents) await tell(url, incident, "opened", ["hook"]);
    const pair = [idle(), idle()];
    await until("all", async () => {
      await Promise.all(pair.map((one) => one.look()));
      return receiver.requests.length >= 30;
    });
    await Promise.all(incidents.map((incident) => settled(incident, 1)));
    expect(keys().sort()).toEqual(incidents.map(({ id }) => `truebound-${id}-1`).sort());
  });

  it("that nobody reaches for a day is given up, and what follows is told", async () => {
    receiver.reply = (_, index) => ({ status: index === 0 ? 500 : 200 });
    const incident = await openIncident(url, "db-1");
    await tell(url, incident, "opened", ["hook"]);
    await tell(url, incident, "resolved", ["hook"]);
    await ask(url, "alter table notice disable trigger notice_stays");
    await ask(url, "update notice set created_at = created_at - interval '25 hours'");
    await ask(url, "update delivery set attempts = 150 where ordinal = 1");
    const made = start();
    expect(await settled(incident, 2)).toMatchObject([{ state: "given_up", attempts: 151 }, { state: "delivered" }]);
    expect(await storyOf(url, incident)).toEqual([
      "not_notified: Could not tell hook that it began, given up after 151 tries: it answers 500; see what its own log says; it is tried again",
      "notified: Told hook that it is over",
    ]);
    expect(made.counted).toEqual(["hook given_up", "hook delivered"]);
  });

  it("that was removed or switched off is not waited for", async () => {
    await setChannel(url, { ...hook(), name: "off", enabled: false });
    start();
    const incident = await openIncident(url, "db-1");
    await tell(url, incident, "opened", ["gone", "off"]);
    const rows = await settled(incident, 2);
    expect(rows.map(({ channel, state, error }) => [channel, state, error])).toEqual([
      ["gone", "given_up", "there is no such channel any more"],
      ["off", "given_up", "the channel is switched off"],
    ]);
    expect(receiver.requests).toEqual([]);
  });

  it("is told although the clock of the database was set back by hours since it was put off", async () => {
    start();
    const incident = await openIncident(url, "db-1");
    await ask(url, "alter table delivery alter next_at set default clock_timestamp() + interval '3 hours'");
    await tell(url, incident, "opened", ["hook"]);
    await settled(incident, 1);
  });

  it("whose secret cannot be read is told when it can, and no error says a secret", async () => {
    const missing = join(folder, "later");
    await setChannel(url, hook({ secret_file: missing }));
    const made = start();
    const incident = await openIncident(url, "db-1");
    await tell(url, incident, "opened", ["hook"]);
    await until("the failure", async () => (await deliveriesOf(url, incident))[0]?.error);
    expect((await deliveriesOf(url, incident))[0]?.error).toBe(
      `Cannot read secret_file ${missing}: ENOENT; let the server's user read that file`,
    );
    writeFileSync(missing, "s3cr3t-word");
    receiver.reply = (_, index) => ({ status: index === 0 ? 401 : 200, text: "you are no s3cr3t-word" });
    await hurry();
    await until("the refusal", async () => (await deliveriesOf(url, incident))[0]?.error?.startsWith("it answers 401"));
    expect((await deliveriesOf(url, incident))[0]?.error).toContain("you are no ***");
    await hurry();
    await settled(incident, 1);
    expect(made.said.join("\n")).not.toContain("s3cr3t-word");
  });

  it("whose path is its secret shows it in no error", async () => {
    receiver.reply = ({ path }) => ({ status: 404, text: `Cannot POST ${path}` });
    const { error } = await idle().test(hook({ url: `${new URL(receiver.url).origin}/hooks/T0SECRET?key=s3cr3t-word` }));
    expect(error).toBe("it answers 404 (Cannot POST ***); see whether the address of this channel is right and still there");
  });

  it("does not follow a redirect", async () => {
    const elsewhere = await startRecorder();
    receiver.reply = () => ({ status: 302, headers: { location: elsewhere.url } });
    const result = await idle().test(hook());
    expect(result).toMatchObject({
      delivered: false,
      error: "it answers 302; redirects are not followed: set the address to which it leads",
    });
    expect(elsewhere.connections).toBe(0);
    await elsewhere.close();
  });

  it("is tested straight, without the outbox, by a notice that says that nothing is wrong", async () => {
    const result = await idle().test(hook());
    expect(result).toMatchObject({ delivered: true, error: null });
    expect(JSON.parse(receiver.requests[0]?.body ?? "")).toMatchObject({
      status: "firing",
      alerts: [
        { labels: { alertname: "truebound_test", severity: "info" }, annotations: { summary: expect.stringMatching(/nothing is wrong/) } },
      ],
    });
    expect(await ask(url, "select from delivery")).toEqual([]);
  });
});

it("a line of the story that somebody else writes at the same moment is not lost, nor is this one", async () => {
  const incident = await openIncident(url, "db-1");
  await tell(url, incident, "opened", ["hook"]);
  const judge = new pg.Client({ connectionString: url });
  await judge.connect();
  await judge.query("begin");
  await judge.query("update incident set changed_at = clock_timestamp() where id = $1", [incident.id]);
  await judge.query("insert into incident_entry (incident_id, ordinal, kind, words) values ($1, 1, 'opened', 'it began')", [incident.id]);
  start();
  await until("the one who waits", async () => (await ask(url, "select from pg_locks where not granted")).length > 0);
  await judge.query("commit");
  await judge.end();
  await settled(incident, 1);
  expect(await storyOf(url, incident)).toEqual(["opened: it began", "notified: Told hook that it began"]);
  expect(receiver.requests).toHaveLength(1);
});

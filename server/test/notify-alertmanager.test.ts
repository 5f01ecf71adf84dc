import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { toldAlerts } from "../src/notify/told-alerts.ts";
import { type Alertmanager, noAlertmanager, startAlertmanager } from "./alertmanager.ts";
import { type TestDatabases, testDatabases } from "./database.ts";
import { alertOf, channelHead, deliveriesOf, HOST, noticeOf, openIncident, setChannel, storyOf, tell } from "./notices.ts";
import { type NotifierUnderTest, notifierOn } from "./notifier-under-test.ts";
import { type Recorder, startRecorder } from "./recorder.ts";
import { until } from "./until.ts";

interface Told {
  readonly status: string;
  readonly alerts: readonly { status: string; labels: Record<string, string>; startsAt: string; endsAt: string; fingerprint: string }[];
}

describe.skipIf(noAlertmanager)("a real Alertmanager (skipped: prometheus-alertmanager not found)", () => {
  const folder = mkdtempSync(join(tmpdir(), "truebound-alertmanager-"));
  let databases: TestDatabases;
  let receiver: Recorder;
  let real: Alertmanager;
  let url = "";
  const running: NotifierUnderTest[] = [];

  beforeAll(async () => {
    databases = await testDatabases();
    url = await databases.create();
    receiver = await startRecorder();
    real = await startAlertmanager(folder, receiver.url);
    await setChannel(url, { ...channelHead("am"), kind: "alertmanager", urls: [real.url] });
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  afterAll(async () => {
    await real?.stop();
    await receiver?.close();
    await databases?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (): NotifierUnderTest => {
    const made = notifierOn(url);
    running.push(made);
    made.start();
    return made;
  };
  const toldOf = (host: string): Told[] =>
    receiver.requests.map(({ body }) => JSON.parse(body) as Told).filter(({ alerts }) => alerts.some(({ labels }) => labels.host === host));
  const delivered = (incident: Parameters<typeof deliveriesOf>[1], count: number) =>
    until("the deliveries", async () => {
      const states = await deliveriesOf(url, incident);
      return states.length === count && states.every(({ state }) => state === "delivered");
    });

  it("tells its receiver that an alert began, by its own clock, and that it is over", async () => {
    start();
    const incident = await openIncident(url, "told-1");
    await tell(url, incident, "opened", ["am"]);
    const [began] = await until("the firing", () => toldOf("told-1").length > 0 && toldOf("told-1"));
    expect(began).toMatchObject({ status: "firing" });
    expect(began?.alerts[0]?.labels).toEqual({
      alertname: "proved_outside_limit",
      severity: "critical",
      finding: "proved_outside_limit",
      host: "told-1",
      team: "db",
    });
    // Not what the notice says: the clock of the database may be any.
    expect(began?.alerts[0]?.startsAt).not.toContain("2026-11-26T10:00:00");
    await tell(url, incident, "resolved", ["am"]);
    const over = await until("the end", () => toldOf("told-1").find(({ status }) => status === "resolved"));
    // Its answers say the time in whole seconds: one that is over within its first second begins with that second.
    const second = began?.alerts[0]?.startsAt.slice(0, 19);
    expect(over.alerts.map(({ status, startsAt }) => [status, startsAt.slice(0, 19)])).toEqual([["resolved", second]]);
    await delivered(incident, 2);
  });

  it("knows an alert by the fingerprint that our webhooks say", async () => {
    start();
    const incident = await openIncident(url, "prints");
    await tell(url, incident, "opened", ["am"]);
    const [{ alerts } = { alerts: [] }] = await until("the firing", () => toldOf("prints").length > 0 && toldOf("prints"));
    const host = { ...HOST, name: "prints" };
    const ours = toldAlerts(noticeOf("opened", incident, 1, { alerts: [alertOf(incident.id, { host })] }));
    expect(ours.firing.map(({ fingerprint }) => fingerprint)).toEqual(alerts.map(({ fingerprint }) => fingerprint));
  });

  it("is reminded, goes on firing through a restart of the worker, and tells nobody again", async () => {
    const incident = await openIncident(url, "kept");
    await tell(url, incident, "opened", ["am"]);
    const first = start();
    await until("the firing", () => toldOf("kept").length > 0);
    const endOf = async () => (await real.alerts()).find(({ labels }) => labels.host === "kept")?.endsAt ?? "";
    const before = await until("the alert", endOf);
    await first.remind();
    const reminded = await until("a later end", async () => (await endOf()) > before && (await endOf()));
    await running.splice(0)[0]?.stop();
    // The next process reminds at its start.
    start();
    await until("a still later end", async () => (await endOf()) > reminded);
    // Whatever comes after it has been through the same queue.
    const after = await openIncident(url, "after-kept");
    await tell(url, after, "opened", ["am"]);
    await until("the next one", () => toldOf("after-kept").length > 0);
    expect(toldOf("kept").map(({ status }) => status)).toEqual(["firing"]);
  });

  it("is not reminded of what is over", async () => {
    const made = start();
    const incident = await openIncident(url, "done");
    await tell(url, incident, "opened", ["am"]);
    await until("the firing", () => toldOf("done").length > 0);
    await tell(url, incident, "resolved", ["am"]);
    await until("the end", () => toldOf("done").some(({ status }) => status === "resolved"));
    await delivered(incident, 2);
    await made.remind();
    expect((await real.alerts()).filter(({ labels }) => labels.host === "done")).toEqual([]);
  });

  it("is told of the end of one rule while the incident goes on by another", async () => {
    start();
    const incident = await openIncident(url, "partly", { rules: ["proved_outside_limit", "clock_stepped"] });
    const host = { ...HOST, name: "partly" };
    const [outside, stepped] = [
      alertOf(incident.id, { host }),
      alertOf(incident.id, { host, rule: "clock_stepped", finding: "clock_stepped", severity: "warning" }),
    ];
    await tell(url, incident, "opened", ["am"], { alerts: [outside, stepped] });
    await until("both", () => toldOf("partly").length === 2);
    await tell(url, incident, "changed", ["am"], {
      alerts: [outside],
      ended: [{ ...stepped, ended_at: "2026-11-26T10:00:05.000000000Z" }],
    });
    const overNow = () => toldOf("partly").filter(({ status }) => status === "resolved");
    await until("the end of one", () => overNow().length > 0);
    expect(overNow().flatMap(({ alerts }) => alerts.map(({ labels }) => labels.alertname))).toEqual(["clock_stepped"]);
    const open = (await real.alerts()).filter(({ labels }) => labels.host === "partly");
    expect(open.map(({ labels }) => labels.alertname)).toEqual(["proved_outside_limit"]);
  });

  it("keeps what another incident goes on with when one is over that was called the same", async () => {
    start();
    const first = await openIncident(url, "shared");
    const cause = { kind: "host", key: "host:shared:again", name: "shared" } as const;
    const second = await openIncident(url, "shared", { cause });
    for (const incident of [first, second]) await tell(url, incident, "opened", ["am"]);
    await Promise.all([first, second].map((incident) => delivered(incident, 1)));
    await tell(url, first, "resolved", ["am"]);
    await delivered(first, 2);
    expect((await real.alerts()).filter(({ labels }) => labels.host === "shared")).toHaveLength(1);
    await tell(url, second, "resolved", ["am"]);
    await until("the end", () => toldOf("shared").some(({ status }) => status === "resolved"));
  });

  it("is one of two, and the other is down: delivered, and it says so", async () => {
    await setChannel(url, { ...channelHead("pair"), kind: "alertmanager", urls: ["http://127.0.0.1:1", real.url] });
    start();
    const incident = await openIncident(url, "paired");
    await tell(url, incident, "opened", ["pair"]);
    await delivered(incident, 1);
    await until("the firing", () => toldOf("paired").length > 0);
    expect(await storyOf(url, incident)).toEqual([
      "notified: Told pair that it began (but not all of them: 127.0.0.1:1 cannot be reached (ECONNREFUSED))",
    ]);
  });

  it("is tested: the receiver gets a notice that says that nothing is wrong", async () => {
    const result = await start().test({ ...channelHead("am"), kind: "alertmanager", urls: [real.url] });
    expect(result).toMatchObject({ delivered: true, error: null });
    const told = await until("the test", () =>
      receiver.requests.map(({ body }) => JSON.parse(body) as Told).find(({ alerts }) => alerts[0]?.labels.alertname === "truebound_test"),
    );
    expect(told).toMatchObject({ status: "firing", alerts: [{ labels: { severity: "info", group: "test" } }] });
  });
});

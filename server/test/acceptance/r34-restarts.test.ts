import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noAlertmanager, startAlertmanager } from "../alertmanager.ts";
import { ask, type TestDatabases, testDatabases } from "../database.ts";
import { channelHead, deliveriesOf, openIncident, setChannel, tell } from "../notices.ts";
import { notifierOn } from "../notifier-under-test.ts";
import { startRecorder } from "../recorder.ts";
import { until } from "../until.ts";

const RESTARTS = 50;
let databases: TestDatabases;
const folder = mkdtempSync(join(tmpdir(), "truebound-restarts-"));
beforeAll(async () => {
  databases = await testDatabases();
});
afterAll(async () => {
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const AGES = ["notice set created_at = created_at", "delivery set next_at = next_at", "incident set opened_at = opened_at"];

/** As if it had been told six days ago. */
async function sixDaysLater(url: string): Promise<void> {
  await ask(url, "alter table notice disable trigger notice_stays");
  for (const age of AGES) await ask(url, `update ${age} - interval '6 days'`);
  await ask(url, "update delivery set delivered_at = delivered_at - interval '6 days'");
}

const told = (url: string) =>
  until("all that is due", async () => (await ask(url, "select from delivery where state = 'due'")).length === 0);

describe("R34 an incident that goes on for six days, through fifty restarts", () => {
  it("is told nobody again, and a change while the server was down is told once", async () => {
    const url = await databases.create();
    const receiver = await startRecorder();
    await setChannel(url, { ...channelHead("hook"), kind: "webhook", url: receiver.url });
    const incident = await openIncident(url, "db-1");
    await tell(url, incident, "opened", ["hook"]);
    for (let restart = 0; restart <= RESTARTS; restart++) {
      const server = notifierOn(url);
      const stop = server.start();
      await server.look();
      await told(url);
      await stop();
      await server.stop();
      if (restart === 0) await sixDaysLater(url);
    }
    expect(receiver.requests).toHaveLength(1);
    await tell(url, incident, "changed", ["hook"]);
    for (let restart = 0; restart < 3; restart++) {
      const server = notifierOn(url);
      server.start();
      await told(url);
      await server.stop();
    }
    expect(receiver.requests.map(({ headers }) => headers["idempotency-key"])).toEqual(
      [1, 2].map((ordinal) => `truebound-${incident.id}-${ordinal}`),
    );
    await receiver.close();
  });

  it.skipIf(noAlertmanager)(
    "nor does a real Alertmanager that is reminded each time (skipped: prometheus-alertmanager not found)",
    async () => {
      const url = await databases.create();
      const receiver = await startRecorder();
      const real = await startAlertmanager(folder, receiver.url);
      await setChannel(url, { ...channelHead("am"), kind: "alertmanager", urls: [real.url] });
      const incident = await openIncident(url, "db-1");
      await tell(url, incident, "opened", ["am"]);
      const endOf = async () => (await real.alerts())[0]?.endsAt ?? "";
      let end = "";
      for (let restart = 0; restart <= RESTARTS; restart++) {
        const server = notifierOn(url);
        const stop = server.start();
        await told(url);
        await stop();
        await server.stop();
        expect((await endOf()) > end).toBe(true);
        end = await endOf();
        if (restart === 0) await sixDaysLater(url);
      }
      await until("the notification", () => receiver.requests.length > 0);
      const ending = notifierOn(url);
      ending.start();
      await tell(url, incident, "resolved", ["am"]);
      await until("the end", () => receiver.requests.some(({ body }) => JSON.parse(body).status === "resolved"));
      await told(url);
      await ending.stop();
      expect(receiver.requests.map(({ body }) => JSON.parse(body).status)).toEqual(["firing", "resolved"]);
      expect((await deliveriesOf(url, incident)).map(({ state }) => state)).toEqual(["delivered", "delivered"]);
      await real.stop();
      await receiver.close();
    },
  );
});

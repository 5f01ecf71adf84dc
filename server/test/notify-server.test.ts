import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "./database.ts";
import { withoutJudge } from "./incident-rows.ts";
import { channelHead, deliveriesOf, openIncident, setChannel, setSettings, storyOf, tell } from "./notices.ts";
import { type Recorder, startRecorder } from "./recorder.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

let receiver: Recorder;
// Nothing holds of what is written here: the judge would end it.
const tested = serverForTests(undefined, withoutJudge);
beforeAll(async () => {
  receiver = await startRecorder();
  await setChannel(tested.url, { ...channelHead("hook"), kind: "webhook", url: receiver.url });
});
afterAll(() => receiver?.close());

const metrics = async () => (await fetch(`${tested.server.peopleUrl}/metrics`)).text();

describe("a whole server", () => {
  it("tells what is due, and its metrics say how it went and what waits", async () => {
    receiver.reply = ({ body }) => ({ status: body.includes('"host":"stuck"') ? 503 : 200 });
    const [told, stuck] = [await openIncident(tested.url, "told"), await openIncident(tested.url, "stuck")];
    await tell(tested.url, told, "opened", ["hook"]);
    await tell(tested.url, stuck, "opened", ["hook"]);
    await until("the delivery", async () => (await deliveriesOf(tested.url, told))[0]?.state === "delivered");
    expect(await storyOf(tested.url, told)).toEqual(["notified: Told hook that it began"]);
    const page = await until("the counts", async () => {
      const text = await metrics();
      return text.includes('truebound_notifications_waiting{channel="hook"} 1') && text;
    });
    expect(page).toContain('truebound_notifications_total{channel="hook",outcome="delivered"} 1');
    expect(page).toMatch(/truebound_notifications_total\{channel="hook",outcome="failed"\} [1-9]/);
    expect(page).toMatch(/truebound_notification_oldest_seconds (?!0$)[0-9.]+/m);
    expect(page).not.toMatch(/^truebound_heartbeat_age_seconds /m);
  });

  it("beats while somebody judges", async () => {
    await setSettings(tested.url, { heartbeat: { url: `${receiver.url}/beat`, every_s: 5, allow_private: true } });
    const judging = "insert into alert_progress (mark) values ('1') on conflict (one) do update set judged_at = clock_timestamp()";
    await until("a beat", async () => {
      await ask(tested.url, judging);
      return receiver.requests.some(({ path }) => path === "/beat");
    });
    expect(await until("its age", async () => /^truebound_heartbeat_age_seconds [0-9.]+$/m.exec(await metrics()))).toHaveLength(1);
  });
});

import { setTimeout as pause } from "node:timers/promises";
import { SeededRandom } from "@truebound/testkit";
import type { Incident } from "@truebound/wire";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { times } from "../../../agent/test/acceptance/scale.ts";
import { ask, type TestDatabases, testDatabases } from "../database.ts";
import { channelHead, openIncident, setChannel, tell } from "../notices.ts";
import { startNotifierChild } from "../notifier-child.ts";
import { type Recorder, startRecorder } from "../recorder.ts";
import { until } from "../until.ts";

const KILLS = times(30, 200);
const FAILING = 0.3;
const MOST_LIFE_MS = 700;

let databases: TestDatabases;
let receiver: Recorder;
let url = "";
const random = new SeededRandom(33);
/** Keys and bodies of what the receiver took, in order. */
const taken: { readonly key: string; readonly body: string }[] = [];
let refused = 0;

beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  receiver = await startRecorder();
  receiver.reply = ({ headers, body }) => {
    if (random.next() < FAILING) {
      refused++;
      return { status: 503 };
    }
    taken.push({ key: String(headers["idempotency-key"]), body });
    return { status: 200 };
  };
  await setChannel(url, { ...channelHead("hook"), kind: "webhook", url: receiver.url });
});
afterAll(async () => {
  await receiver?.close();
  await databases?.stop();
});

const SILENCED = "select from silence where matchers->>'host' = $1 and to_at > clock_timestamp()";
const SILENCE = `insert into silence (matchers, from_at, to_at, who, comment, origin)
  values (jsonb_build_object('host', $1::text), clock_timestamp(), clock_timestamp() + interval '1 hour', 'test', 'R33', 'person')`;

/** As the judge does: of what is silenced no notice is written. */
async function judge(incident: Incident, kind: "opened" | "changed" | "resolved"): Promise<string[]> {
  if ((await ask(url, SILENCED, [incident.cause.name])).length > 0) return [];
  await tell(url, incident, kind, ["hook"]);
  const [row] = await ask<{ notices: number }>(url, "select notices from incident where id = $1", [incident.id]);
  return [`truebound-${incident.id}-${row?.notices}`];
}

/** Nobody lives who holds a lease, so the minute that it lasts need not be waited for; nor any pause. */
const minuteLater = () => ask(url, "update delivery set next_at = clock_timestamp() where state = 'due'");

describe("R33 a notifier that is killed at random, before a receiver that fails three times in ten", () => {
  it("has told each transition at least once, in order, by the same key, and silences hold", {
    timeout: 120_000 + KILLS * 10_000,
  }, async () => {
    const expected: string[] = [];
    const silenced: Incident[] = [];
    let open: Incident[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const child = await startNotifierChild(url);
      const begun = await Promise.all(["a", "b", "c"].map((name) => openIncident(url, `host-${kill}-${name}`)));
      for (const incident of open) expected.push(...(await judge(incident, random.next() < 0.5 ? "changed" : "resolved")));
      for (const incident of begun) expected.push(...(await judge(incident, "opened")));
      const muted = await openIncident(url, `muted-${kill}`);
      await pause(random.next() * MOST_LIFE_MS);
      await ask(url, SILENCE, [muted.cause.name]);
      await child.kill();
      silenced.push(muted);
      expected.push(...(await judge(muted, "opened")));
      open = await stillOpen([...open, ...begun]);
      await minuteLater();
    }
    const last = await startNotifierChild(url);
    await until(
      "all that is due",
      async () => {
        await minuteLater();
        return (await ask(url, "select from delivery where state = 'due'")).length === 0;
      },
      120_000,
    );
    await last.kill();

    const first = [...new Set(taken.map(({ key }) => key))];
    expect(first.length).toBeGreaterThanOrEqual(5 * KILLS);
    expect([...first].sort()).toEqual([...expected].sort());
    for (const incident of new Set(first.map(incidentIn)))
      expect(first.filter((key) => incidentIn(key) === incident).map(ordinalIn)).toEqual(
        expected.filter((key) => incidentIn(key) === incident).map(ordinalIn),
      );
    expect(new Set(taken.map(({ key, body }) => `${key} ${body}`)).size).toBe(first.length);
    expect(first.filter((key) => silenced.some(({ id }) => id === incidentIn(key)))).toEqual([]);
    const repeats = taken.length - first.length;
    expect(repeats / first.length).toBeLessThanOrEqual(0.02);
    expect(refused).toBeGreaterThan(KILLS / 4);
    console.log(`R33: ${KILLS} kills, ${first.length} transitions, 0 missed, ${repeats} repeats, ${refused} refusals`);
  });
});

const incidentIn = (key: string): string => key.split("-")[1] ?? "";
const ordinalIn = (key: string): number => Number(key.split("-")[2]);

async function stillOpen(incidents: readonly Incident[]): Promise<Incident[]> {
  const rows = await ask<{ id: bigint }>(url, "select id from incident where resolved_at is null");
  const ids = new Set(rows.map(({ id }) => String(id)));
  return incidents.filter(({ id }) => ids.has(id));
}

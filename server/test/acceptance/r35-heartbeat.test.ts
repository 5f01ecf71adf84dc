import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask, type TestDatabases, testDatabases } from "../database.ts";
import { setSettings } from "../notices.ts";
import { notifierOn } from "../notifier-under-test.ts";
import { type Recorder, startRecorder } from "../recorder.ts";

const EVERY_S = 5;
let databases: TestDatabases;
let listener: Recorder;
beforeAll(async () => {
  databases = await testDatabases();
});
beforeEach(async () => {
  listener = await startRecorder();
});
afterAll(() => databases?.stop());

const JUDGE = "insert into alert_progress (mark) values ('1') on conflict (one) do update set judged_at = clock_timestamp()";

/** A server on a real database; its monotonic clock is the test's, so that the periods take no time. */
async function world() {
  const url = await databases.create();
  await setSettings(url, { heartbeat: { url: `${listener.url}/ping/abc`, every_s: EVERY_S, allow_private: true } });
  let now = 0;
  const server = notifierOn(url, {}, () => now);
  const runs = { evaluator: true, notifier: true, database: true, server: true };
  const second = async () => {
    now += 1000;
    if (runs.evaluator && runs.server && runs.database) await ask(url, JUDGE);
    if (runs.notifier && runs.server) await server.look();
    if (runs.server) await server.beat();
  };
  const pass = async (seconds: number) => {
    for (let count = 0; count < seconds; count++) await second();
  };
  const name = new URL(url).pathname.slice(1);
  const admin = new URL(url);
  admin.pathname = "/postgres";
  /** It answers nobody: nobody new comes in, and who was in is thrown out. */
  const setDatabase = async (answers: boolean) => {
    await ask(admin.href, `alter database ${name} allow_connections ${answers}`);
    if (!answers) await ask(admin.href, "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [name]);
  };
  return { runs, pass, setDatabase, server, close: () => server.stop() };
}

describe("R35 the heartbeat ends within two periods when this stops:", () => {
  it.each(["evaluator", "notifier", "database", "server"] as const)("%s", async (what) => {
    const { runs, pass, setDatabase, close, server } = await world();
    await pass(4 * EVERY_S);
    expect(listener.requests.length).toBeGreaterThanOrEqual(2);
    expect(listener.requests[0]).toMatchObject({ method: "GET", path: "/ping/abc" });

    runs[what] = false;
    if (what === "database") await setDatabase(false);
    await pass(2 * EVERY_S);
    const before = listener.requests.length;
    await pass(6 * EVERY_S);
    expect(listener.requests.length).toBe(before);

    runs[what] = true;
    if (what === "database") await setDatabase(true);
    await pass(3 * EVERY_S);
    expect(listener.requests.length).toBeGreaterThan(before);
    expect(server.said.join("\n")).not.toContain("/ping/abc");
    await close();
    await listener.close();
  });
});

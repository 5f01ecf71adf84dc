import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Serving, startServing, Writers } from "@truebound/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FAKETIME, withClockOffAs } from "../../../agent/test/false-clock.ts";
import { ask, type TestDatabases, testDatabases } from "../database.ts";
import { get } from "../fake-agent.ts";
import { until } from "../until.ts";
import { wholeChain } from "./whole-chain.ts";

const AGENTS = 20;
const HOUR = 3_600;
const STEPS = [HOUR, -HOUR, 0, 3_652 * 24 * HOUR, 0] as const;

const folder = mkdtempSync(join(tmpdir(), "truebound-server-clock-"));
const clock = join(folder, "clock");
const set = (seconds: number) => writeFileSync(clock, `${seconds < 0 ? "" : "+"}${seconds}\n`);
let databases: TestDatabases;
let url: string;
let server: Serving;

beforeAll(async () => {
  if (FAKETIME === undefined) return;
  databases = await testDatabases();
  url = await databases.create();
  set(0);
  server = await startServing(url, folder, { env: withClockOffAs(clock) });
});
afterAll(async () => {
  await server?.stop();
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Seen {
  readonly name: string;
  readonly liveness: string;
}

/** What the server's process takes for the time, less this one's, s. */
async function offBy(): Promise<number> {
  const { headers } = await get(`${server.peopleUrl}/api/v1/hosts`);
  return (Date.parse(String(headers.date)) - Date.now()) / 1000;
}

const hosts = async () => (await get(`${server.peopleUrl}/api/v1/hosts?limit=100`)).body.items as Seen[];

describe.skipIf(FAKETIME === undefined)("R32 a server whose own clock is stepped (skipped: libfaketime not found)", () => {
  it("locks nobody out, calls nobody silent, and marks evidence by the database's clock", { timeout: 180_000 }, async () => {
    const token = await server.token(AGENTS + STEPS.length);
    const writers = await Writers.start({ url: server.agentsUrl, token, writers: AGENTS, name: "steady-", seed: 32, everyMs: 250 });
    const isReporting = ({ name, liveness }: Seen) => name.startsWith("steady-") && liveness === "reporting";
    await until("all are seen to report", async () => (await hosts()).filter(isReporting).length === AGENTS);
    const odd: Seen[] = [];
    for (const [turn, step] of STEPS.entries()) {
      set(step);
      await until(`a server that is ${step} s off`, async () => Math.abs((await offBy()) - step) < 5);
      const before = writers.all.map(({ acked }) => acked);
      await until("three reports of each", async () => {
        odd.push(...(await hosts()).filter(({ name, liveness }) => name.startsWith("steady-") && liveness !== "reporting"));
        return writers.all.every(({ acked }, index) => acked >= (before[index] as number) + 3);
      });
      const late = await Writers.start({ url: server.agentsUrl, token, writers: 1, name: `late-${turn}-`, seed: 320 + turn, everyMs: 50 });
      await until("one that came in meanwhile", () => late.acked > 0);
      await late.stop();
    }
    await writers.stop();
    expect(odd).toEqual([]);
    expect([writers.refused, writers.broken]).toEqual([0, 0]);
    for (const { agent, acked } of writers.all) expect(await wholeChain(url, agent.id)).toEqual({ batches: acked, trouble: [] });
    const [marked] = await ask<{ off: bigint; disorder: bigint }>(
      url,
      `select count(*) filter (where received_at not between clock_timestamp() - interval '10 minutes' and clock_timestamp()) as off,
         count(*) filter (where received_at < before) as disorder
       from (select received_at, lag(received_at) over (partition by host_id order by epoch, seq) as before from evidence) as e`,
    );
    expect(marked).toEqual({ off: 0n, disorder: 0n });
    console.log(`R32: ${STEPS.length} steps, ${writers.acked} reports of ${AGENTS} agents: none refused, none silent`);
  });
});

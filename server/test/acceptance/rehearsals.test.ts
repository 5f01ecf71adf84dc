import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { RehearsalReport } from "@truebound/wire";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { openPool } from "../../src/adapters/postgres/pool.ts";
import { rehearsalStore } from "../../src/adapters/postgres/rehearsal-store.ts";
import { SHIPPED_RULES } from "../../src/alert/shipped-rules.ts";
import { rehearse } from "../../src/rehearse/rehearse.ts";
import { parseRehearse, type RehearseRequest } from "../../src/rehearse/rehearse-request.ts";
import { ask, quiet } from "../database.ts";
import { serverForTests } from "../server-under-test.ts";
import { type SimulatedHost, simulatedHost } from "../simulated-host.ts";
import { until } from "../until.ts";

/** The whole way: the command asks, a real agent takes it up, the server judges what it reports, and a channel is told. */
const tested = serverForTests();
const folder = mkdtempSync(join(tmpdir(), "truebound-rehearsal-"));
const told: { readonly status: string; readonly body: string }[] = [];
let receiver: Server;
let host: SimulatedHost;

beforeAll(async () => {
  receiver = createServer((req, res) => {
    const parts: Buffer[] = [];
    req.on("data", (part: Buffer) => parts.push(part));
    req.on("end", () => {
      const body = Buffer.concat(parts).toString();
      told.push({ status: String((JSON.parse(body) as { status?: unknown }).status), body });
      res.end("ok");
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as AddressInfo;
  const channel = {
    kind: "webhook",
    name: "pager",
    url: `http://127.0.0.1:${port}/`,
    severities: ["critical", "warning", "info"],
    enabled: true,
    allow_private: true,
  };
  await ask(tested.url, "insert into alert_object (kind, name, body, origin, who) values ('channel', 'pager', $1, 'person', 'test')", [
    channel,
  ]);
  host = await simulatedHost(tested.server, { folder, name: "rehearsing", net: 62, rehearsals: true });
  await until("a proven host", () => host.running.agent.monitor.current?.status === "proven");
  await until("its first reports", async () => (await ask(tested.url, "select from host_state where seq > 2")).length === 1);
});
afterAll(() => {
  for (const source of host?.sources ?? []) source.close();
  receiver?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(words: string): Promise<RehearsalReport> {
  const pool = openPool(tested.url, quiet);
  try {
    const ports = {
      store: rehearsalStore(pool),
      newId: randomUUID,
      who: "A. Tester",
      now: () => performance.now(),
      pause: () => pause(50),
      tell: () => {},
    };
    const { out, err } = await rehearse(ports, parseRehearse(words.split(" ")) as RehearseRequest);
    expect(err).toBe("");
    return JSON.parse(out) as RehearsalReport;
  } finally {
    await pool.end();
  }
}

/** Rules as they come, but for their patience: nobody waits here for five minutes. */
const IMPATIENT = ["source_lost", "falseticker", "host_silent", "no_majority", "drift_assumption_broken", "bound_exceeds_limit"] as const;
const hurry = async (): Promise<void> => {
  for (const rule of SHIPPED_RULES.filter(({ name }) => IMPATIENT.some((one) => one === name)))
    await ask(tested.url, "insert into alert_rule (name, body, origin, who) values ($1, $2, 'person', 'test') on conflict do nothing", [
      rule.name,
      JSON.stringify({ ...rule, hold_s: 0, grace_s: 0, clear_s: 1 }),
    ]);
};

/** The step below is tried each time; all of them in the long run. */
const WORDS = [
  "drift --host rehearsing --ppb 40000000 --for 40s --channel pager --timeout 90s --json",
  "lost-source --host rehearsing --for 40s --channel pager --timeout 90s --json",
  "lying-source --host rehearsing --by 400ms --for 40s --channel pager --timeout 90s --json",
  "silent --host rehearsing --for 60s --channel pager --timeout 90s --json",
];

it.each(inject("long") === true ? WORDS : WORDS.slice(-1))(
  "of %s: the pager is told, and that it is rehearsed",
  { timeout: 240_000 },
  async (words) => {
    await hurry();
    const report = await run(words);
    expect(report, words).toMatchObject({ passed: true, refused: null, incident: expect.any(String) });
    await until(
      "the end of it, and of what it led to",
      async () =>
        (await ask(tested.url, "select from host_state where rehearsal is null and rehearsal_wanted is null")).length === 1 &&
        (await ask(tested.url, "select from incident where resolved_at is null and rehearsal")).length === 0,
      120_000,
    );
  },
);

it("of a step: the pager is told of a clock proved outside its limit, and that it is rehearsed", { timeout: 90_000 }, async () => {
  const report = await run("step --host rehearsing --by 250ms --for 30s --channel pager --timeout 60s --json");
  expect(report).toMatchObject({ passed: true, refused: null, taken_at: expect.any(String), incident: expect.any(String) });
  console.log(`a rehearsed step was alerted after ${report.alerted_after_ms} ms and told after ${report.delivered_after_ms} ms`);
  expect(told.some(({ body }) => body.includes("Rehearsal: "))).toBe(true);
  const incidents = await ask<{ title: string; rehearsal: boolean }>(
    tested.url,
    "select title, rehearsal from incident where cause_kind = 'host' order by id",
  );
  expect(incidents.every(({ rehearsal, title }) => rehearsal && title.startsWith("Rehearsal: "))).toBe(true);
  expect(host.running.agent.monitor.current?.status).toBe("proven");
  // It ends by itself, and the host is judged by what it measures again.
  await until(
    "the end of it on the host",
    async () => (await ask(tested.url, "select from host_state where rehearsal is null")).length === 1,
    60_000,
  );
  expect(await ask(tested.url, "select from flight")).toEqual([]);
  // What the host recorded of it comes when it stops, at the latest.
  await host.running.stop();
  expect((await ask<{ n: bigint }>(tested.url, "select count(*) as n from flight"))[0]?.n).toBeGreaterThan(0n);
});

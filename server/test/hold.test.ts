import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { enrolStore } from "../src/adapters/postgres/enrol-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { administer } from "../src/admin/admin.ts";
import { parseHold } from "../src/admin/hold-requests.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { serverOn } from "./server-under-test.ts";

let databases: TestDatabases;
let server: RunningServer;
let pool: pg.Pool;
let url: string;
const agents: Record<string, FakeAgent> = {};
const T0 = 1_740_830_400_000_000_000n;

beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  server = await serverOn(url);
  pool = openPool(url, quiet);
  for (const [name, site] of [
    ["a", "fra"],
    ["b", "fra"],
    ["c", "ams"],
  ] as const) {
    const agent = new FakeAgent(server.agentsUrl);
    await agent.enrol(await server.createToken({ labels: { site }, uses: 1, ttlSeconds: 600 }), name);
    await agent.send(batchOf(agent.id, [{ realtime: T0, lo: -1n, hi: 1n }]));
    agents[name] = agent;
  }
  await ask(url, "update evidence set received_at = received_at - interval '60 days'");
  await ask(url, "update host_state set checkpointed_seq = seq");
  await makePartitions(pool, quiet);
});
afterAll(async () => {
  await pool?.end();
  await server?.stop();
  await databases?.stop();
});

const hold = async (...args: string[]) => {
  const request = parseHold(args);
  if (typeof request === "string") throw new Error(request);
  const store = { ...adminStore(pool), ...enrolStore(pool) };
  return administer({ store, crypto: nodeCrypto, server: "", pins: [] }, request);
};
const SPAN = ["--from", "2025-03-01T00:00:00Z", "--to", "2025-03-02T00:00:00Z"];
const SAID = ["--reason", "case 17", "--who", "A. Counsel"];

const left = async (): Promise<string[]> => {
  await removeOld(pool, { rollupDays: 100_000 }, quiet);
  const rows = await ask<{ name: string }>(url, "select distinct h.name from evidence e join host h on h.id = e.host_id order by 1");
  return rows.map(({ name }) => name);
};

describe("truebound hold", () => {
  it("keeps what it covers past its age, of a host by its name and of hosts by their labels, until it is released", async () => {
    expect(await hold("add", "c", ...SPAN, ...SAID)).toMatchObject({
      code: 0,
      out: "1\n",
      err: expect.stringContaining("in force on c ("),
    });
    expect((await hold("add", "--label", "site=fra", ...SPAN, ...SAID)).out).toBe("2\n");
    expect(await left()).toEqual(["a", "b", "c"]);
    expect((await hold("list")).out).toMatch(/^1 {2}c {2}from 2025-03-01T00.*case 17 \(A\. Counsel, .*\n2 {2}hosts with site=fra {2}from /);
    const listed = JSON.parse((await hold("list", "--json")).out);
    expect(listed.items.map(({ id, host, selector }: { id: number; host: string; selector: object }) => [id, host, selector])).toEqual([
      [1, agents.c?.id, null],
      [2, null, { site: "fra" }],
    ]);
    expect((await hold("release", "2", ...SAID)).code).toBe(0);
    expect(await left()).toEqual(["c"]);
    expect((await hold("release", "1", ...SAID)).code).toBe(0);
    expect(await left()).toEqual([]);
  });
  it("keeps for good who changed what and why", async () => {
    const changes = await ask(url, "select hold, change, who, reason, terms->>'from_ns' as from from legal_hold_change order by id");
    expect(changes).toEqual(
      [
        [1n, "added"],
        [2n, "added"],
        [2n, "released"],
        [1n, "released"],
      ].map(([hold, change]) => ({ hold, change, who: "A. Counsel", reason: "case 17", from: "1740787200000000000" })),
    );
    for (const statement of ["update legal_hold_change set who = 'x'", "delete from legal_hold_change", "truncate legal_hold_change"])
      await expect(ask(url, statement)).rejects.toThrow("Rows of legal_hold_change are never changed");
  });
  it("lists what was released, too: who added it and why, who released it, when and why", async () => {
    expect((await hold("list")).err).toBe("No hold is in force\n");
    expect((await hold("list", "--all")).out.split("\n")).toEqual([
      expect.stringMatching(
        /^1 {2}c {2}from 2025-03-01T00.* {2}case 17 \(A\. Counsel, \S+\) {2}released: case 17 \(A\. Counsel, 20\S+Z\)$/,
      ),
      expect.stringMatching(/^2 {2}hosts with site=fra .* {2}released: case 17 \(/),
      "",
    ]);
    await hold("add", "a", ...SPAN, ...SAID);
    const { items } = JSON.parse((await hold("list", "--all", "--json")).out);
    expect(items.map(({ id, released }: { id: number; released: { who: string } | null }) => [id, released?.who ?? null])).toEqual([
      [1, "A. Counsel"],
      [2, "A. Counsel"],
      [3, null],
    ]);
    expect((await hold("list", "--json")).out).toContain('"released": null');
    await hold("release", "3", ...SAID);
  });
  it("refuses labels that no host carries, unless hosts are meant that will", async () => {
    const typed = ["add", "--label", "site=frankfurt", ...SPAN, ...SAID];
    const { code, err } = await hold(...typed);
    expect([code, err]).toEqual([
      1,
      "Cannot hold hosts with site=frankfurt: none carries these labels; say --future for hosts that will\n",
    ]);
    expect((await hold("list")).err).toBe("No hold is in force\n");
    expect(await hold(...typed, "--future")).toMatchObject({
      code: 0,
      err: "Hold 4 is in force on all hosts with site=frankfurt, 0 now\n",
    });
    await hold("release", "4", ...SAID);
  });
  it("says what it cannot do", async () => {
    expect(await hold("add", "nobody", ...SPAN, ...SAID)).toMatchObject({
      code: 1,
      err: expect.stringContaining("no host has this id or name"),
    });
    expect(await hold("release", "99", ...SAID)).toMatchObject({ code: 1, err: expect.stringContaining("none of this number") });
    expect((await hold("list")).err).toBe("No hold is in force\n");
  });
});

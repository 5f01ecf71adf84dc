import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { enrolStore } from "../src/adapters/postgres/enrol-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { administer } from "../src/admin/admin.ts";
import { parseEvidence } from "../src/admin/evidence-requests.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { serverOn } from "./server-under-test.ts";

let databases: TestDatabases;
let server: RunningServer;
let pool: pg.Pool;
let url: string;
const T0 = 1_740_830_400_000_000_000n;

beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  server = await serverOn(url);
  pool = openPool(url, quiet);
  for (const [name, labels] of [
    ["a", { site: "fra", desk: "equities" }],
    ["b", { site: "fra" }],
    ["c", { site: "ams" }],
  ] as const) {
    const agent = new FakeAgent(server.agentsUrl);
    await agent.enrol(await server.createToken({ labels, uses: 1, ttlSeconds: 600 }), name);
    await agent.send(batchOf(agent.id, [{ realtime: T0, lo: -1n, hi: 1n }]));
  }
  await ask(url, "update evidence set received_at = received_at - interval '20 days'");
  await ask(url, "update host_state set checkpointed_seq = seq");
  await makePartitions(pool, quiet);
});
afterAll(async () => {
  await pool?.end();
  await server?.stop();
  await databases?.stop();
});

const evidence = async (...args: string[]) => {
  const request = parseEvidence(args);
  if (typeof request === "string") throw new Error(request);
  return administer({ store: { ...adminStore(pool), ...enrolStore(pool) }, crypto: nodeCrypto, server: "", pins: [] }, request);
};
const SAID = ["--reason", "case 17", "--who", "A. Counsel"];
const left = async (): Promise<string[]> => {
  await removeOld(pool, { rollupDays: 100_000 }, quiet);
  const rows = await ask<{ name: string }>(url, "select distinct h.name from evidence e join host h on h.id = e.host_id order by 1");
  return rows.map(({ name }) => name);
};

it("says whom a rule concerns, and only with a change does anything go", async () => {
  expect((await evidence("list")).out).toBe(
    "everyone  full: batches for 30 days; what moves to an archive stays there for ever  (3 hosts)\n",
  );
  const desk = ["set", "--label", "desk=equities", "--class", "audit", "--days", "1830", ...SAID];
  expect((await evidence(...desk)).err).toBe(
    "1 host now keeps audit: signed minutes for 1830 days, batches until those vouch for them; what moves to an archive stays there for ever\n",
  );
  const shorter = ["set", "--label", "site=fra", "--class", "full", "--days", "10", "--archive-days", "90", ...SAID];
  const kept = "full: batches for 10 days; what moves to an archive stays there for 90 days in all";
  // Of two rules that name as many labels full keeps more than audit.
  expect((await evidence(...shorter, "--dry-run")).err).toBe(`2 hosts would keep ${kept}\n`);
  expect(await ask(url, "select from evidence_rule")).toHaveLength(2);
  expect(await left()).toEqual(["b", "c"]);
  expect((await evidence(...shorter)).err).toBe(`2 hosts now keep ${kept}\n`);
  expect(await left()).toEqual(["c"]);
  const both = ["set", "--label", "site=fra", "--label", "desk=equities", "--class", "none", ...SAID];
  expect((await evidence(...both)).err).toBe("1 host now keeps none: batches until they are checkpointed\n");
  expect((await evidence(...shorter)).err).toBe(`1 host now keeps ${kept}; for 1 host with these labels another rule counts\n`);
  expect((await evidence("set", "--label", "site=paris", "--class", "none", ...SAID)).err).toMatch(
    /^0 hosts .*; no host carries these labels so far\n$/,
  );
  expect(
    JSON.parse((await evidence("list", "--json")).out).items.map(({ selector, hosts }: { selector: object; hosts: number }) => [
      selector,
      hosts,
    ]),
  ).toEqual(
    expect.arrayContaining([
      [{}, 1],
      [{ desk: "equities" }, 0],
      [{ site: "fra" }, 1],
      [{ site: "fra", desk: "equities" }, 1],
      [{ site: "paris" }, 0],
    ]),
  );
});

it("takes a rule away, and says what counts then", async () => {
  const fra = ["remove", "--label", "site=fra", ...SAID];
  const then = "1 host XX full: batches for 30 days; what moves to an archive stays there for ever\n";
  expect((await evidence(...fra, "--dry-run")).err).toBe(`Would remove the rule for site=fra; ${then.replace("XX", "would keep")}`);
  expect((await evidence(...fra)).err).toBe(`Removed the rule for site=fra; ${then.replace("XX", "now keeps")}`);
  expect(await evidence(...fra)).toMatchObject({
    code: 1,
    err: expect.stringContaining("there is none; truebound evidence list shows them all"),
  });
  expect((await evidence("remove", "--label", "site=paris", ...SAID)).err).toBe(
    "Removed the rule for site=paris; it counted for no host\n",
  );
  expect((await evidence("remove", "--everyone", ...SAID)).err).toContain(
    "Removed the rule for everyone; 2 hosts now keep full: batches for 30 days",
  );
  expect((await evidence("list")).out).toContain("everyone  full: batches for 30 days");
});

it("keeps for good who changed which rule, from what to what and why", async () => {
  const changes = await ask<{ selector: object }>(url, "select selector, before, after, who, reason from evidence_rule_change order by id");
  const fra = changes.filter(({ selector }) => JSON.stringify(selector) === '{"site":"fra"}');
  const rule = { class: "full", days: 10, archive_days: 90 };
  expect(fra).toEqual(
    [
      [null, rule],
      [rule, rule],
      [rule, null],
    ].map(([before, after]) => ({ selector: { site: "fra" }, before, after, who: "A. Counsel", reason: "case 17" })),
  );
  await expect(ask(url, "update evidence_rule_change set who = 'x'")).rejects.toThrow("Rows of evidence_rule_change are never changed");
});

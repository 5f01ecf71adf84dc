import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utc } from "@truebound/time";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openArchive } from "../src/adapters/archive.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { queryStore } from "../src/adapters/postgres/query-store.ts";
import type { Archive } from "../src/adapters/postgres/retention/archive-writer.ts";
import { makePartitions, removeOldFiles, seeOldFiles } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { administerArchive } from "../src/admin/archive.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { serverOn } from "./server-under-test.ts";

let databases: TestDatabases;
let server: RunningServer;
let pool: pg.Pool;
let url: string;
let folder: string;
let archive: Archive;
beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  folder = mkdtempSync(join(tmpdir(), "truebound-archive-age-"));
  const place = { kind: "directory", directory: join(folder, "evidence") } as const;
  server = await serverOn(url, { archive: place });
  pool = openPool(url, quiet);
  archive = openArchive(place, { counted: () => {}, closed: new AbortController().signal }) as Archive;
});
afterAll(async () => {
  await pool?.end();
  await server?.stop();
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => ask(url, "delete from legal_hold"));

const T0 = 1_740_830_400_000_000_000n;
const pass = (of: Archive = archive) => removeOld(pool, { rollupDays: 100_000, archive: of }, quiet);
const command = (dryRun: boolean, json = false) =>
  administerArchive({ oldFiles: () => seeOldFiles(pool), removeOld: () => removeOldFiles(pool, archive) }, { dryRun, json });
const setRule = (labels: object, days: number, archiveDays: number | null) =>
  ask(
    url,
    `insert into evidence_rule (selector, class, days, archive_days) values ($1, 'full', $2, $3)
     on conflict (selector) do update set days = $2, archive_days = $3`,
    [JSON.stringify(labels), days, archiveDays],
  );

/** A host whose only batch but one came so many days ago. */
async function reported(name: string, labels: Record<string, string>, days: number): Promise<FakeAgent> {
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ labels, uses: 1, ttlSeconds: 600 }), name);
  const at = (seconds: bigint) => ({ realtime: T0 + seconds * 1_000_000_000n, lo: -1000n, hi: 1000n });
  await agent.send(batchOf(agent.id, [at(0n), at(10n)]));
  await ask(url, "update evidence set received_at = received_at - make_interval(days => $2) where host_id = $1", [agent.id, days]);
  await ask(url, "update host_state set checkpointed_seq = seq where host_id = $1", [agent.id]);
  await makePartitions(pool, quiet);
  return agent;
}

const inArchive = async (...agents: FakeAgent[]): Promise<boolean[]> =>
  Promise.all(agents.map(async ({ id }) => (await ask(url, "select from archive_host where host_id = $1", [id])).length > 0));
const files = () => readdirSync(join(folder, "evidence")).filter((name) => name.endsWith(".tba"));

it("keeps for ever unless a rule says otherwise, and lets the files of each age go by themselves", async () => {
  await setRule({ keep: "long" }, 30, 365);
  const [always, long] = [await reported("always", {}, 100), await reported("long", { keep: "long" }, 100)];
  await pass();
  expect([await inArchive(always, long), files().length]).toEqual([[true, true], 2]);
  await setRule({ keep: "long" }, 30, 90);
  expect((await command(true)).out).toMatch(/^evidence-\S+\.tba {2}\d+ bytes of one host {2}would go\n$/);
  expect([await inArchive(always, long), files().length]).toEqual([[true, true], 2]);
  await pass();
  expect([await inArchive(always, long), files().length]).toEqual([[true, false], 1]);
  expect((await get(`${server.peopleUrl}/api/v1/hosts/${long.id}/interval?at=2025-03-01T12:00:05Z`)).body.status).toBe("unknown");
  expect((await get(`${server.peopleUrl}/api/v1/hosts/${always.id}/interval?at=2025-03-01T12:00:05Z`)).body.status).toBe("proven");
  const removals = await ask<{ file: string; hosts: object }>(url, "select file, hosts, bytes > 0 as some from archive_removal");
  expect(removals).toEqual([
    { file: expect.stringContaining("evidence-"), hosts: [{ host: long.id, rows: 1, class: "full", archive_days: 90 }], some: true },
  ]);
  await expect(ask(url, "delete from archive_removal")).rejects.toThrow("Rows of archive_removal are never changed");
});

it("never lets go what is under a hold, says which one, and does when it is released", async () => {
  await setRule({ keep: "held" }, 30, 90);
  const [held, beside] = [await reported("held", { keep: "held" }, 100), await reported("beside", { keep: "held" }, 100)];
  await setRule({ keep: "held" }, 30, 365);
  await pass();
  await setRule({ keep: "held" }, 30, 90);
  await ask(url, "insert into legal_hold (held_host, from_ns, to_ns) values ($1, $2, $2)", [held.id, T0]);
  await pass();
  expect(await inArchive(held, beside)).toEqual([true, true]);
  expect((await command(false)).out).toMatch(/of 2 hosts {2}stays: hold \d+\n$/);
  const listed = JSON.parse((await command(true, true)).out);
  expect(listed.items).toMatchObject([{ fate: "held", hosts: [{ rows: 1 }, { rows: 1 }] }]);
  await ask(url, "delete from legal_hold");
  expect((await command(false)).err).toBe("One file of the archive went; holds keep 0\n");
  expect(await inArchive(held, beside)).toEqual([false, false]);
});

it("goes on where it was cut off: what was said to be gone is read no more, and its file goes with the next pass", async () => {
  await setRule({ keep: "cut" }, 30, 365);
  const agent = await reported("cut", { keep: "cut" }, 100);
  await pass();
  const before = files().length;
  expect((await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}/interval?at=2025-03-01T12:00:05Z`)).body.status).toBe("proven");
  await setRule({ keep: "cut" }, 30, 90);
  const { store, coding } = archive;
  const removing = { ...store, remove: () => Promise.reject(new Error("the store says no")) };
  await expect(pass({ store: removing, coding })).rejects.toThrow("the store says no");
  expect([await inArchive(agent), files().length]).toEqual([[false], before]);
  expect((await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}/interval?at=2025-03-01T12:00:05Z`)).body.status).toBe("unknown");
  await pass();
  expect(files().length).toBe(before - 1);
  expect(await ask(url, "select from archive_part where going")).toEqual([]);
  expect(
    await ask(url, "select from archive_removal where hosts @> jsonb_build_array(jsonb_build_object('host', $1::text))", [agent.id]),
  ).toHaveLength(1);
});

it("answers a question that looked a file up just before it was removed", async () => {
  await setRule({ keep: "race" }, 30, 365);
  const agent = await reported("race", { keep: "race" }, 100);
  await pass();
  await setRule({ keep: "race" }, 30, 90);
  const { store, coding } = archive;
  const late = {
    ...store,
    get: async (name: string, range?: { readonly start: number; readonly length: number }) => {
      await pass();
      return store.get(name, range);
    },
  };
  expect(await queryStore(pool, { store: late, coding }).evidenceAround(agent.id, utc(T0), utc(T0))).toEqual([]);
});

it("takes nothing in that would go at once", async () => {
  await setRule({ keep: "short" }, 30, 20);
  const agent = await reported("short", { keep: "short" }, 40);
  const before = files().length;
  await pass();
  expect(await ask(url, "select from evidence where host_id = $1", [agent.id])).toEqual([]);
  expect([await inArchive(agent), files().length]).toEqual([[false], before]);
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { archiveCoding, archiveDirectory } from "../src/adapters/archive-directory.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { makePartitions, removeOld } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { readBlock } from "../src/retention/archive.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { serverOn } from "./server-under-test.ts";

let databases: TestDatabases;
let server: RunningServer;
let pool: pg.Pool;
let url: string;
let directory: string;
beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  directory = join(mkdtempSync(join(tmpdir(), "truebound-archive-")), "evidence");
  server = await serverOn(url, { archiveDir: directory });
  pool = openPool(url, quiet);
});
afterAll(async () => {
  await pool?.end();
  await server?.stop();
  await databases?.stop();
  if (directory) rmSync(join(directory, ".."), { recursive: true, force: true });
});

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const settings = () => ({ rollupDays: 100_000, archive: { store: archiveDirectory(directory), coding: archiveCoding } });

/** A host that reported every ten seconds for five minutes, forty days ago, and once yesterday. */
async function aged(name: string, labels: Record<string, string> = {}): Promise<FakeAgent> {
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ labels, uses: 1, ttlSeconds: 600 }), name);
  const batch = (second: number) => batchOf(agent.id, [{ realtime: T0 + BigInt(second) * S, lo: -1000n - BigInt(second), hi: 1000n }]);
  await agent.sendAll(Array.from({ length: 30 }, (_, n) => batch(10 * n)));
  await ask(url, "update evidence set received_at = received_at - interval '40 days' where host_id = $1", [agent.id]);
  await agent.send("{");
  await agent.send(batch(400));
  await ask(url, "update evidence set received_at = received_at - interval '40 days' where host_id = $1 and seq = 31", [agent.id]);
  await ask(url, "update host_state set checkpointed_seq = seq where host_id = $1", [agent.id]);
  await makePartitions(pool, quiet);
  return agent;
}

const QUESTIONS = [
  "interval?at=2025-03-01T12:00:00Z",
  "interval?at=2025-03-01T12:02:05Z",
  "interval?at=2025-03-01T12:05:30Z",
  "interval?at=2025-03-01T12:06:39Z",
  "interval?at=2025-03-01T11:00:00Z",
  "series?from=2025-03-01T12:00:00Z&to=2025-03-01T12:10:00Z",
];
const answers = (agent: FakeAgent) =>
  Promise.all(QUESTIONS.map(async (question) => (await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}/${question}`)).body));
const left = async (agent: FakeAgent): Promise<number> => (await ask(url, "select from evidence where host_id = $1", [agent.id])).length;

describe("the archive", () => {
  it("takes what is past its age, and whoever asks for it gets the same answers as before", async () => {
    const agent = await aged("moves");
    const before = await answers(agent);
    expect(before.map(({ status, resolution }) => status ?? resolution)).toContain("evidence");
    expect(await left(agent)).toBe(32);
    await removeOld(pool, settings(), quiet);
    expect(await left(agent)).toBe(1);
    expect(await answers(agent)).toEqual(before);
  });

  it("holds every column and byte of what was moved: rows made of it again are those that were", async () => {
    const agent = await aged("again");
    const old = "select * from evidence where host_id = $1 and seq <= 31 order by seq";
    const rows = await ask(url, old, [agent.id]);
    await removeOld(pool, settings(), quiet);
    expect(await ask(url, old, [agent.id])).toEqual([]);
    const [place] = await ask<{ file: string; start: bigint; length: number }>(
      url,
      "select file, start, length from archive_host h join archive_part p on (p.day, p.part) = (h.day, h.part) where host_id = $1",
      [agent.id],
    );
    const { file = "", start = 0n, length = 0 } = place ?? {};
    const manifest = JSON.parse(readFileSync(join(directory, `${file}.json`), "utf8"));
    expect([manifest.format, manifest.sha256]).toEqual(["truebound-archive/1", archiveCoding.sha256(readFileSync(join(directory, file)))]);
    const block = readBlock(readFileSync(join(directory, file)).subarray(Number(start), Number(start) + length), archiveCoding);
    for (const { head, body } of block ?? [])
      await ask(
        url,
        "insert into evidence select (jsonb_populate_record(null::evidence, $1::jsonb || jsonb_build_object('body', $2::text))).*",
        [head, `\\x${Buffer.from(body).toString("hex")}`],
      );
    expect(await ask(url, old, [agent.id])).toEqual(rows);
    await removeOld(pool, settings(), quiet);
  });

  it("that does not give back what was written lets nothing go, and a later pass does it", async () => {
    const agent = await aged("bad disk");
    const { store, coding } = settings().archive;
    const spoiling = {
      ...store,
      get: async (name: string) =>
        Buffer.from(await store.get(name)).map((byte, at) => (at === 5 && name.endsWith(".tba") ? byte ^ 1 : byte)),
    };
    await expect(removeOld(pool, { ...settings(), archive: { store: spoiling, coding } }, quiet)).rejects.toThrow("nothing was removed");
    expect(await left(agent)).toBe(32);
    await removeOld(pool, settings(), quiet);
    expect(await left(agent)).toBe(1);
    expect(readdirSync(directory).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("gets nothing of the class none, and nothing under a hold", async () => {
    await ask(url, `insert into evidence_rule (selector, class, days) values ('{"keep":"none"}', 'none', 0)`);
    const [none, held] = [await aged("nothing", { keep: "none" }), await aged("held")];
    await ask(url, "insert into legal_hold (held_host, from_ns, to_ns) values ($1, $2, $2)", [held.id, T0]);
    await removeOld(pool, settings(), quiet);
    expect(await ask(url, "select from archive_host where host_id = any($1)", [[none.id, held.id]])).toEqual([]);
    expect([await left(none), await left(held)]).toEqual([1, 32]);
  });

  it("whose file was damaged since says so, and gives no half answer", async () => {
    const agent = await aged("rots");
    await removeOld(pool, settings(), quiet);
    const [{ file } = { file: "" }] = await ask<{ file: string }>(
      url,
      "select file from archive_host h join archive_part p on (p.day, p.part) = (h.day, h.part) where host_id = $1",
      [agent.id],
    );
    writeFileSync(join(directory, file), Buffer.alloc(4000, 0xff));
    expect((await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}/interval?at=2025-03-01T12:02:05Z`)).status).toBe(500);
  });
});

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openArchive } from "../src/adapters/archive.ts";
import { archiveCoding } from "../src/adapters/archive-directory.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import type { Archive } from "../src/adapters/postgres/retention/archive-writer.ts";
import { evidenceKeeper } from "../src/adapters/postgres/retention/evidence-keeper.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import type { ArchivePlace } from "../src/archive-place.ts";
import { type ArchiveStore, readBlock } from "../src/retention/archive.ts";
import type { RunningServer } from "../src/server.ts";
import { type TestBucket, testBucket } from "./bucket.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { serverOn } from "./server-under-test.ts";

let databases: TestDatabases;
let server: RunningServer;
let pool: pg.Pool;
let url: string;
let directory: string;
let bucket: TestBucket;
let archive: Archive;
beforeAll(async () => {
  databases = await testDatabases();
  directory = join(mkdtempSync(join(tmpdir(), "truebound-archive-")), "evidence");
  bucket = await testBucket();
});
afterAll(async () => {
  await bucket?.stop();
  await databases?.stop();
  if (directory) rmSync(join(directory, ".."), { recursive: true, force: true });
});

async function start(place: ArchivePlace): Promise<void> {
  url = await databases.create();
  server = await serverOn(url, { archive: place });
  pool = openPool(url, quiet);
  archive = openArchive(place, { counted: () => {}, closed: new AbortController().signal }) as Archive;
}
async function stop(): Promise<void> {
  await pool?.end();
  await server?.stop();
}

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const settings = () => ({ rollupDays: 100_000, archive });

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

/** Where a host's batches are. */
async function placeOf(agent: FakeAgent): Promise<{ file: string; start: number; length: number }> {
  const [place] = await ask<{ file: string; start: bigint; length: number }>(
    url,
    "select file, start, length from archive_host h join archive_part p on (p.day, p.part) = (h.day, h.part) where host_id = $1",
    [agent.id],
  );
  return { file: place?.file ?? "", start: Number(place?.start ?? 0), length: place?.length ?? 0 };
}

/** A block with one bit flipped that still reads as so many rows: only its checksum tells. */
function quietlyFlipped(bytes: Uint8Array, start: number, length: number): Buffer {
  const rows = readBlock(bytes.subarray(start, start + length), archiveCoding)?.length;
  for (let bit = 0; bit < 8 * length; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[start + (bit >> 3)] = (flipped[start + (bit >> 3)] ?? 0) ^ (1 << (bit & 7));
    if (readBlock(flipped.subarray(start, start + length), archiveCoding)?.length === rows) return flipped;
  }
  throw new Error("No bit flips without a trace");
}

const PLACES: [string, () => ArchivePlace][] = [
  ["a directory", () => ({ kind: "directory", directory })],
  ["a bucket", () => bucket.place],
];

describe.each(PLACES)("the archive in %s", (where, place) => {
  beforeAll(() => start(place()));
  afterAll(stop);

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
    const { file, start, length } = await placeOf(agent);
    const manifest = JSON.parse(Buffer.from(await archive.store.get(`${file}.json`)).toString());
    const bytes = await archive.store.get(file);
    expect([manifest.format, manifest.sha256]).toEqual(["truebound-archive/1", archiveCoding.sha256(bytes)]);
    const block = readBlock(bytes.subarray(start, start + length), archiveCoding);
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
    const { store, coding } = archive;
    const spoiling = {
      ...store,
      get: async (name: string) =>
        Buffer.from(await store.get(name)).map((byte, at) => (at === 5 && name.endsWith(".tba") ? byte ^ 1 : byte)),
    };
    await expect(removeOld(pool, { ...settings(), archive: { store: spoiling, coding } }, quiet)).rejects.toThrow("nothing was removed");
    expect(await left(agent)).toBe(32);
    await removeOld(pool, settings(), quiet);
    expect(await left(agent)).toBe(1);
    if (where === "a directory") expect(readdirSync(directory).filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("loses nothing wherever it is cut off", async () => {
    const agent = await aged("cut off");
    const before = await answers(agent);
    const { store, coding } = archive;
    for (let calls = 0, cut = true; cut; calls++) {
      const cutting = cutAfter(store, calls);
      cut = await removeOld(pool, { ...settings(), archive: { store: cutting, coding } }, quiet).then(
        () => false,
        () => true,
      );
      expect(await left(agent)).toBe(cut ? 32 : 1);
      expect(await answers(agent)).toEqual(before);
      if (!cut) expect(calls).toBe(4);
    }
  });

  it("is not changed by a server that lost its place and writes late", async () => {
    const [one, other] = [await aged("one"), await aged("other")];
    const { store, coding } = archive;
    let write = async (): Promise<void> => {};
    const late: ArchiveStore = {
      ...store,
      put: async (name, bytes) => {
        if (!name.endsWith(".tba")) return store.put(name, bytes);
        write = () => store.put(name, bytes);
        throw new Error("cut off, and yet on its way");
      },
    };
    await ask(url, "insert into legal_hold (held_host, from_ns, to_ns) values ($1, 0, $2)", [other.id, 2n * T0]);
    await expect(removeOld(pool, { ...settings(), archive: { store: late, coding } }, quiet)).rejects.toThrow("on its way");
    await ask(url, "delete from legal_hold");
    const before = await answers(other);
    await removeOld(pool, settings(), quiet);
    await write();
    expect([await left(one), await left(other)]).toEqual([1, 1]);
    expect(await answers(other)).toEqual(before);
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
    const { file, start, length } = await placeOf(agent);
    const whole = await archive.store.get(file);
    for (const damaged of [Buffer.alloc(4000, 0xff), quietlyFlipped(whole, start, length)]) {
      await archive.store.put(file, damaged);
      expect((await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}/interval?at=2025-03-01T12:02:05Z`)).status).toBe(500);
    }
    await ask(url, "update archive_host set sha256 = null where host_id = $1", [agent.id]);
    expect((await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}/interval?at=2025-03-01T12:02:05Z`)).status).toBe(500);
    await archive.store.put(file, whole);
    expect((await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}/interval?at=2025-03-01T12:02:05Z`)).status).toBe(200);
  });

  it("whose file is gone says so, and gives no half answer", async () => {
    const agent = await aged("is gone");
    await removeOld(pool, settings(), quiet);
    await archive.store.remove((await placeOf(agent)).file);
    expect((await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}/interval?at=2025-03-01T12:02:05Z`)).status).toBeGreaterThanOrEqual(500);
  });
});

/** As if the process ended at that call of the store. */
function cutAfter(store: ArchiveStore, calls: number): ArchiveStore {
  let left = calls;
  const counted = <T>(work: () => Promise<T>): Promise<T> => (left-- > 0 ? work() : Promise.reject(new Error("cut off")));
  return {
    put: (name, bytes) => counted(() => store.put(name, bytes)),
    get: (name, range) => counted(() => store.get(name, range)),
    remove: (name) => counted(() => store.remove(name)),
  };
}

describe("a bucket that does not answer", () => {
  beforeAll(() => start(bucket.place));
  afterAll(stop);
  afterEach(() => bucket.befall(() => null));

  it("says so to whoever asks for what is in it, lets nothing go, and keeps nothing else from going", async () => {
    const [moved, waits] = [await aged("moved"), await aged("waits")];
    await ask(url, "insert into legal_hold (held_host, from_ns, to_ns) values ($1, 0, $2)", [waits.id, 2n * T0]);
    await removeOld(pool, settings(), quiet);
    await ask(url, "delete from legal_hold");
    expect([await left(moved), await left(waits)]).toEqual([1, 32]);
    bucket.befall(() => ({ answers: 403, code: "AccessDenied" }));
    const { status, body } = await get(`${server.peopleUrl}/api/v1/hosts/${moved.id}/interval?at=2025-03-01T12:02:05Z`);
    expect([status, body.code]).toEqual([503, "unavailable"]);
    expect(await ask(url, "select from host_minute where host_id = $1", [moved.id])).not.toEqual([]);
    await expect(removeOld(pool, { ...settings(), rollupDays: 1 }, quiet)).rejects.toThrow("403 AccessDenied");
    expect(await left(waits)).toBe(32);
    expect(await ask(url, "select from host_minute where host_id = $1", [moved.id])).toEqual([]);
    const told = await (await fetch(`${server.peopleUrl}/metrics`)).text();
    expect(told).toContain('truebound_archive_requests_total{operation="get",outcome="failed"} 1');
  });

  it("is told of before anything comes of age", async () => {
    bucket.befall(() => ({ answers: 500 }));
    const warnings: string[] = [];
    const keeper = evidenceKeeper(pool, settings(), { ...quiet, warn: (message) => void warnings.push(message) });
    await keeper.look();
    expect(warnings.join()).toContain("Cannot use the archive: Cannot write truebound-archive.json in the archive s3://");
    bucket.befall(() => null);
    warnings.length = 0;
    await keeper.look();
    expect([warnings, keeper.samples().map(({ family }) => family)]).toEqual([
      [],
      ["defaultRows", "retentionAge", "retentionFailures", "retentionClockAhead"],
    ]);
  });
});

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chainText } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openArchive } from "../src/adapters/archive.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import type { Archive } from "../src/adapters/postgres/retention/archive-writer.ts";
import { evidenceKeeper } from "../src/adapters/postgres/retention/evidence-keeper.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { ArchiveUnreachable } from "../src/retention/archive.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { sealLog } from "./seal-log.ts";
import { serverForTests } from "./server-under-test.ts";
import { evidenceOf } from "./stored-evidence.ts";

const directory = mkdtempSync(join(tmpdir(), "truebound-archive-trouble-"));
const place = { kind: "directory", directory } as const;
const tested = serverForTests(() => ({ archive: place }));
const archive = openArchive(place, { counted: () => {}, closed: new AbortController().signal }) as Archive;
const T0 = 1_740_830_400_000_000_000n;
let pool: pg.Pool;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(async () => {
  await pool?.end();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(() => ask(tested.url, "delete from evidence_rule"));

/** A host whose only batch came so many days ago. */
async function reported(name: string, days: number, labels: Record<string, string> = {}): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels, uses: 1, ttlSeconds: 600 }), name);
  await agent.send(
    batchOf(
      agent.id,
      [T0, T0 + 10_000_000_000n].map((realtime) => ({ realtime, lo: -1000n, hi: 1000n })),
    ),
  );
  await ask(tested.url, "update evidence set received_at = received_at - make_interval(days => $2) where host_id = $1", [agent.id, days]);
  await ask(tested.url, "update host_state set seq = 100000, checkpointed_seq = 100000 where host_id = $1", [agent.id]);
  await makePartitions(pool, quiet);
  await sealLog(tested.url);
  return agent;
}

const MORE = `
  insert into evidence (host_id, epoch, seq, hash, prev_hash, body, set_aside, quarantined, received_at)
  select host_id, epoch, n.seq, n.hash, n.prev_hash, convert_to(repeat('x', $2), 'UTF8'), 0, 'junk', received_at
  from evidence, unnest($3::bigint[], $4::bytea[], $5::bytea[]) n (seq, hash, prev_hash) where host_id = $1 and evidence.seq = 1`;

/** Batches that follow the first one in its chain, as anything else would stop the host's log. */
async function more(agent: FakeAgent, rows: number, bytes: number): Promise<void> {
  const [first] = await evidenceOf(tested.url, agent.id);
  const contentDigest = digestOf(bytes);
  const hashes = [first?.hash as Buffer];
  for (let seq = 2; seq <= rows + 1; seq += 1) {
    const prev = (hashes.at(-1) as Buffer).toString("hex");
    hashes.push(sha256(chainText({ agent: agent.id, epoch: 1, seq, prev, contentDigest })));
  }
  const seqs = hashes.slice(1).map((_, index) => index + 2);
  await ask(tested.url, MORE, [agent.id, bytes, seqs, hashes.slice(1), hashes.slice(0, -1)]);
}
const sha256 = (data: string): Buffer => createHash("sha256").update(data).digest();
const digestOf = (bytes: number): string => `sha-256=:${sha256("x".repeat(bytes)).toString("base64")}:`;

const count = async (what: string, agent: FakeAgent): Promise<bigint> =>
  (await ask<{ count: bigint }>(tested.url, `select count(*) from ${what} where host_id = $1`, [agent.id]))[0]?.count ?? -1n;
const inArchive = async (agent: FakeAgent): Promise<bigint[]> =>
  (await ask<{ rows: bigint }>(tested.url, "select rows from archive_host where host_id = $1 order by part", [agent.id])).map(
    ({ rows }) => rows,
  );
const pass = (store: Partial<Archive["store"]> = {}, coding: Partial<Archive["coding"]> = {}, log = quiet, on: pg.Pool = pool) =>
  removeOld(on, { rollupDays: 100_000, archive: { store: { ...archive.store, ...store }, coding: { ...archive.coding, ...coding } } }, log);
const sum = (rows: readonly bigint[]): bigint => rows.reduce((all, some) => all + some, 0n);

/** A pass on a connection that does something of the test's before each statement. */
async function passBefore(work: (sql: string) => Promise<void>): Promise<null> {
  const own = openPool(tested.url, quiet);
  own.on("connect", (client) => {
    const query = client.query.bind(client) as (sql: string, ...rest: unknown[]) => Promise<unknown>;
    const spied = async (sql: string, ...rest: unknown[]) => {
      await work(sql);
      return query(sql, ...rest);
    };
    Object.assign(client, { query: spied });
  });
  try {
    return await pass({}, {}, quiet, own);
  } finally {
    await own.end();
  }
}

it("a host's day that one file does not take lies in several, and is found in them", { timeout: 30_000 }, async () => {
  const [wild, calm] = [await reported("wild", 40), await reported("calm", 40)];
  await more(wild, 70, 1024 * 1024);
  let most = 0;
  const deflate = (bytes: Uint8Array) => {
    most = Math.max(most, bytes.length);
    return archive.coding.deflate(bytes);
  };
  await pass({}, { deflate });
  expect(most).toBeLessThan(34 * 1024 * 1024);
  expect([await count("evidence", wild), await count("evidence", calm)]).toEqual([0n, 0n]);
  expect([(await inArchive(wild)).length, sum(await inArchive(wild)), await inArchive(calm)]).toEqual([3, 71n, [1n]]);
  const { body } = await get(`${tested.server.peopleUrl}/api/v1/hosts/wild/interval?at=2025-03-01T12:00:05Z`);
  expect(body.status).toBe("proven");
});

it("half of such a day is not in the archive: cut off between its files, nothing goes", { timeout: 30_000 }, async () => {
  const agent = await reported("halved", 41);
  await more(agent, 40, 1024 * 1024);
  let files = 0;
  const put = (name: string, bytes: Uint8Array) =>
    name.endsWith(".tba") && ++files === 2 ? Promise.reject(new Error("the disk is full")) : archive.store.put(name, bytes);
  await expect(pass({ put })).rejects.toThrow("the disk is full");
  expect([await count("evidence", agent), await inArchive(agent)]).toEqual([41n, []]);
  await pass();
  expect([await count("evidence", agent), sum(await inArchive(agent))]).toEqual([0n, 41n]);
});

it("what cannot be written of one host keeps nobody else's of that day, and is told", async () => {
  const [good, bad, other] = [await reported("good", 42), await reported("bad", 42), await reported("other", 42)];
  const deflate = (bytes: Uint8Array) => {
    if (Buffer.from(bytes).includes(bad.id)) throw new Error("a bad block");
    return archive.coding.deflate(bytes);
  };
  const told: string[] = [];
  await expect(pass({}, { deflate }, { ...quiet, warn: (line) => void told.push(line) })).rejects.toThrow("a bad block");
  expect(told).toEqual([expect.stringMatching(/^Some evidence of \d{4}-\d\d-\d\d stays in the database: a bad block$/)]);
  expect([await count("evidence", good), await count("evidence", bad), await count("evidence", other)]).toEqual([0n, 1n, 0n]);
  await pass();
  expect(await count("evidence", bad)).toBe(0n);
});

it("a day that the archive does not take keeps no other day, and counts in a metric", async () => {
  const [late, early] = [await reported("late", 43), await reported("early", 45)];
  const put = async (name: string, bytes: Uint8Array) => {
    const { manifest } = { manifest: name.endsWith(".json") ? Buffer.from(bytes).toString() : "" };
    if (manifest.includes(early.id)) throw new ArchiveUnreachable("it does not take that");
    await archive.store.put(name, bytes);
  };
  await ask(tested.url, "update host_state set as_of_ns = utc_ns(clock_timestamp())");
  const keeper = evidenceKeeper(pool, { rollupDays: 100_000, archive: { ...archive, store: { ...archive.store, put } } }, quiet);
  await keeper.look();
  expect([await count("evidence", late), await count("evidence", early)]).toEqual([0n, 1n]);
  expect(keeper.samples()).toContainEqual({ family: "retentionFailures", labels: {}, value: 1 });
  await pass();
  expect(await count("evidence", early)).toBe(0n);
});

it("a rule that is set while a day goes by row counts: what is to be in the archive stays until it is", async () => {
  const [none, stays] = [await reported("none", 50, { keep: "none" }), await reported("stays", 50, { keep: "long" })];
  const rules = `insert into evidence_rule (selector, class, days) values ('{"keep":"none"}', 'none', 0), ('{"keep":"long"}', 'full', 4000)`;
  await ask(tested.url, rules);
  let locks = 0;
  // The first time it is the whole partition that is judged, the second time the rows of the one host.
  await passBefore(async (sql) => {
    if (sql.includes("truebound legal hold") && ++locks === 2)
      await ask(tested.url, `update evidence_rule set class = 'full', days = 30 where selector = '{"keep":"none"}'`);
  });
  expect([await count("evidence", none), await inArchive(none)]).toEqual([1n, []]);
  await pass();
  expect([await count("evidence", none), await inArchive(none), await count("evidence", stays)]).toEqual([0n, [1n], 1n]);
});

it("a removal that is cut off between its steps archives nothing a second time", { timeout: 30_000 }, async () => {
  const [agent, stays] = [await reported("cut off", 46), await reported("stays too", 46, { keep: "long" })];
  await more(agent, 6000, 10);
  await ask(tested.url, `insert into evidence_rule (selector, class, days) values ('{"keep":"long"}', 'full', 4000)`);
  let deletes = 0;
  const dying = passBefore(async (sql) => {
    if (/delete from evidence_\d/.test(sql) && ++deletes === 2) throw new Error("the server is killed here");
  });
  await expect(dying).rejects.toThrow("killed here");
  expect(await count("evidence", agent)).toBe(1001n);
  await pass();
  expect([await count("evidence", agent), await inArchive(agent), await count("evidence", stays)]).toEqual([0n, [6001n], 1n]);
});

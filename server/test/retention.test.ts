import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { partitionOf } from "../src/retention/days.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { serverOn } from "./server-under-test.ts";

let databases: TestDatabases;
beforeAll(async () => {
  databases = await testDatabases();
});
afterAll(() => databases?.stop());

const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const SETTINGS = { rollupDays: 400 };

interface Place {
  readonly url: string;
  readonly server: RunningServer;
  readonly pool: pg.Pool;
  readonly today: number;
}

async function withServer(work: (place: Place) => Promise<void>): Promise<void> {
  const url = await databases.create();
  const server = await serverOn(url);
  const pool = openPool(url, quiet);
  const [{ today } = { today: 0 }] = await ask<{ today: number }>(url, "select current_date - date '1970-01-01' as today");
  try {
    await work({ url, server, pool, today });
  } finally {
    await pool.end();
    await server.stop();
  }
}

async function enrolled({ server }: Place, name: string, labels: Record<string, string> = {}): Promise<FakeAgent> {
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ labels, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}

const batch = (agent: FakeAgent, second = 0) => batchOf(agent.id, [{ realtime: T0 + BigInt(second) * S, lo: -1000n, hi: 1000n }]);

const partitions = async (url: string): Promise<string[]> =>
  (await ask<{ name: string }>(url, "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'evidence'::regclass")).map(
    ({ name }) => name,
  );

const count = async (url: string, what: string): Promise<bigint> =>
  (await ask<{ count: bigint }>(url, `select count(*) from ${what}`))[0]?.count ?? -1n;

/** As if it had come so many days ago. */
const age = async (url: string, agent: FakeAgent, days: number): Promise<void> =>
  void (await ask(url, "update evidence set received_at = received_at - make_interval(days => $2) where host_id = $1", [agent.id, days]));
const confirm = async (url: string, agent: FakeAgent): Promise<void> =>
  void (await ask(url, "update host_state set checkpointed_seq = seq where host_id = $1", [agent.id]));

/** Undoes what the start of a server made. */
async function withoutPartition(url: string, day: number): Promise<void> {
  await ask(url, `drop table ${partitionOf(day)}`);
}

describe("partitions of evidence", () => {
  it("are there for today and a week ahead before the first report, and take what comes", () =>
    withServer(async (place) => {
      const { url, today } = place;
      for (const day of [today, today + 7]) expect(await partitions(url)).toContain(partitionOf(day));
      const agent = await enrolled(place, "one");
      await agent.send(batch(agent));
      expect([await count(url, "evidence"), await count(url, "evidence_default")]).toEqual([1n, 0n]);
      expect((await get(`${place.server.peopleUrl}/metrics`)).bytes.toString()).toMatch(/^truebound_evidence_default_rows 0$/m);
    }));

  it("are made once by several servers, who do not wait for each other", () =>
    withServer(async ({ url, pool, today }) => {
      await withoutPartition(url, today + 7);
      await Promise.all([1, 2, 3].map(() => makePartitions(pool, quiet)));
      expect((await partitions(url)).filter((name) => name === partitionOf(today + 7))).toHaveLength(1);
    }));

  it("take over what lies in DEFAULT, byte for byte, while reports and questions go on: none is lost, refused or out of sight", () =>
    withServer(async (place) => {
      const { url, pool, today } = place;
      await withoutPartition(url, today);
      const agents = await Promise.all([1, 2, 3].map((n) => enrolled(place, `busy-${n}`)));
      for (const agent of agents) await agent.send(batch(agent));
      expect(await count(url, "evidence_default")).toBe(3n);
      let moved = false;
      const seen: bigint[] = [];
      const reporting = agents.map(async (agent) => {
        for (let n = 1; n <= 20 || !moved; n++) {
          const answer = await agent.send(batch(agent, n));
          expect([answer.status, answer.body.verdict]).toEqual([200, "stored"]);
        }
      });
      const asking = (async () => {
        while (!moved) seen.push(await count(url, "evidence"));
      })();
      await makePartitions(pool, quiet);
      moved = true;
      await Promise.all([...reporting, asking]);
      const sent = agents.reduce((sum, { seq }) => sum + BigInt(seq) - 1n, 0n);
      expect(await count(url, "evidence")).toBe(sent);
      expect(await count(url, partitionOf(today))).toBe(sent);
      expect(await count(url, "evidence_default")).toBe(0n);
      expect(seen.every((rows, index) => rows >= (seen[index - 1] ?? 3n))).toBe(true);
      for (const agent of agents) expect((await agent.send(batch(agent, 99))).status).toBe(200);
    }));

  it("give way to reports: whoever holds the table lets the move fail, and the next pass does it", () =>
    withServer(async (place) => {
      const { url, pool, today } = place;
      await withoutPartition(url, today);
      const agent = await enrolled(place, "held up");
      await agent.send(batch(agent));
      const other = new pg.Client({ connectionString: url });
      await other.connect();
      await other.query("begin; lock table evidence in row exclusive mode");
      await expect(makePartitions(pool, quiet)).rejects.toMatchObject({ code: "55P03" });
      expect([await count(url, "evidence"), await count(url, "evidence_default")]).toEqual([1n, 1n]);
      await other.query("rollback");
      await other.end();
      expect(await makePartitions(pool, quiet)).toBe(0);
      expect(await count(url, partitionOf(today))).toBe(1n);
    }));

  it("leave rows of a day that is out of all measure in DEFAULT, and say so", () =>
    withServer(async (place) => {
      const agent = await enrolled(place, "stray");
      await agent.send(batch(agent));
      await age(place.url, agent, 5000);
      const told: string[] = [];
      expect(await makePartitions(place.pool, { ...quiet, warn: (message) => told.push(message) })).toBe(1);
      expect(told).toEqual([expect.stringContaining("The DEFAULT partition holds 1 batches")]);
      await confirm(place.url, agent);
      await removeOld(place.pool, SETTINGS, quiet);
      expect(await count(place.url, "evidence")).toBe(0n);
    }));
});

describe("evidence past its age", () => {
  const aged = async (place: Place, name: string, days: number, labels = {}): Promise<FakeAgent> => {
    const agent = await enrolled(place, name, labels);
    for (let n = 0; n < 3; n++) await agent.send(batch(agent, n));
    await age(place.url, agent, days);
    await confirm(place.url, agent);
    return agent;
  };

  it("goes with the partition of its day", () =>
    withServer(async (place) => {
      const { url, pool, today } = place;
      await aged(place, "old", 40);
      const young = await aged(place, "young", 10);
      await makePartitions(pool, quiet);
      expect(await partitions(url)).toContain(partitionOf(today - 40));
      await removeOld(pool, SETTINGS, quiet);
      expect(await partitions(url)).not.toContain(partitionOf(today - 40));
      expect(await count(url, `evidence where host_id = '${young.id}'`)).toBe(3n);
      expect(await count(url, "evidence")).toBe(3n);
    }));

  it("goes by row where something of its day must stay: not checkpointed, or under a hold", () =>
    withServer(async (place) => {
      const { url, pool } = place;
      const free = await aged(place, "free", 40);
      const behind = await aged(place, "behind", 40);
      await ask(url, "update host_state set checkpointed_seq = 2 where host_id = $1", [behind.id]);
      const held = await aged(place, "held", 40, { case: "17" });
      await ask(url, `insert into legal_hold (selector, from_ns, to_ns) values ('{"case":"17"}', $1, $1)`, [T0]);
      await makePartitions(pool, quiet);
      await removeOld(pool, SETTINGS, quiet);
      const left = await ask(url, "select host_id as id, count(*) as rows from evidence group by 1");
      expect(left).toEqual(expect.arrayContaining([behind, held].map(({ id }) => ({ id, rows: 3n }))));
      expect(left.map(({ id }) => id)).not.toContain(free.id);
      await ask(url, "delete from legal_hold");
      await confirm(url, behind);
      await removeOld(pool, SETTINGS, quiet);
      expect(await count(url, "evidence")).toBe(0n);
    }));

  it("is not asked for again: a repeat of what was removed is told where the chain stands", () =>
    withServer(async (place) => {
      const agent = await aged(place, "repeats", 40);
      await makePartitions(place.pool, quiet);
      await removeOld(place.pool, SETTINGS, quiet);
      const answer = await agent.send(batch(agent, 1), { seq: 2 });
      expect(answer.body).toMatchObject({ code: "seq_gap", expected_seq: 4 });
      expect((await agent.send(batch(agent, 4))).body).toMatchObject({ verdict: "stored" });
    }));

  it("leaves minutes and events, which go by an age of their own, hosts under a hold excepted", () =>
    withServer(async (place) => {
      const { url, pool } = place;
      const [free, held] = [await aged(place, "free", 1), await aged(place, "held", 1)];
      await ask(url, "insert into legal_hold (held_host, from_ns, to_ns) values ($1, $2, $2)", [held.id, T0]);
      await removeOld(pool, { rollupDays: 100_000 }, quiet);
      expect(await count(url, "host_minute")).toBe(2n);
      await removeOld(pool, { rollupDays: 1 }, quiet);
      expect(await ask(url, "select host_id from host_minute")).toEqual([{ host_id: held.id }]);
      expect(await count(url, `evidence where host_id = '${free.id}'`)).toBe(3n);
    }));
});

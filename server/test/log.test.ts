import { createHash, createHmac } from "node:crypto";
import {
  consistencyProof,
  headText,
  inclusionProof,
  leafHash,
  rootOf,
  tilesFrom,
  verifyConsistency,
  verifyInclusion,
} from "@truebound/audit";
import type pg from "pg";
import { describe, expect, it } from "vitest";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { openReceiptKey } from "../src/adapters/crypto/receipt-key.ts";
import { headsAfter } from "../src/adapters/postgres/log/head-store.ts";
import { SEQUENCER, seal, sealNow } from "../src/adapters/postgres/log/log-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { ask, quiet, receiptKeyFile } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { sealLog } from "./seal-log.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

const tested = serverForTests();
const S = 1_000_000_000n;
const T0 = 1_740_830_400n * S;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();

async function withHost(name: string, batches: number): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
  await report(agent, batches);
  return agent;
}

async function report(agent: FakeAgent, batches: number): Promise<void> {
  for (let n = 0; n < batches; n++)
    expect((await agent.send(batchOf(agent.id, [{ realtime: T0 + BigInt(agent.seq) * S, lo: -1000n, hi: 1000n }]))).status).toBe(200);
}

/** The log as somebody without our code would read it from the tables: every leaf opened, in order. */
async function openLog(url: string) {
  const shards = await ask<{ shard: string; secret: Buffer }>(url, "select shard, secret from log_shard order by shard");
  const opened = [];
  for (const { shard, secret } of shards) {
    const tiles = await ask<{ level: number; tile: bigint; hashes: Buffer }>(url, "select * from log_tile where shard = $1 order by 2, 3", [
      shard,
    ]);
    const level0 = Buffer.concat(tiles.filter(({ level }) => level === 0).map(({ hashes }) => hashes));
    const hashes = Array.from({ length: level0.length / 32 }, (_, at) => level0.subarray(32 * at, 32 * at + 32));
    opened.push({
      shard,
      secret,
      hashes,
      tiles: tilesFrom(tiles.map(({ level, tile, hashes: of }) => ({ level, tile: Number(tile), hashes: of }))),
    });
  }
  return opened;
}

const saltAt = (secret: Buffer, leaf: number): Buffer => {
  const index = Buffer.alloc(8);
  index.writeBigUInt64BE(BigInt(leaf));
  return createHmac("sha256", secret).update(index).digest().subarray(0, 16);
};

const leafOf = (secret: Buffer, leaf: number, text: string): Uint8Array =>
  leafHash(Buffer.concat([saltAt(secret, leaf), Buffer.from(text)]), sha256);

async function allHeads(url: string) {
  const pool = openPool(url, quiet);
  try {
    return await headsAfter(pool, 0, 10_000);
  } finally {
    await pool.end();
  }
}

const count = async (url: string, what: string): Promise<number> =>
  Number((await ask<{ count: bigint }>(url, `select count(*) from ${what}`))[0]?.count);
const indexes = async (url: string) =>
  (
    await ask<{ shard: string; leaf: bigint; leaves: number }>(
      url,
      `select shard, leaf, batches + cardinality(stated) as leaves from log_run where not mismatch
       union all select shard, leaf, 1 from log_entry order by shard, leaf`,
    )
  ).flatMap(({ shard, leaf, leaves }) => Array.from({ length: leaves }, (_, at) => `${shard}/${Number(leaf) + at}`));

describe("the log", () => {
  it("has a leaf for each batch as it is stored, and a signed head over them that whoever knows the key can check", async () => {
    const agent = await withHost("logged", 5);
    const { head, leaves } = await sealLog(tested.url);
    expect(leaves).toBeGreaterThanOrEqual(5);
    const [log] = await openLog(tested.url);
    if (log === undefined || head === null) throw new Error("There is no log");
    expect(head.head.size).toBe(log.hashes.length);
    expect(Buffer.from(rootOf(log.hashes.length, log.tiles, sha256)).toString("hex")).toBe(head.head.root);
    expect(nodeCrypto.verifyEd25519(openReceiptKey(receiptKeyFile).publicKey, headText(head.head), head.signature)).toBe(true);
    const rows = await ask<{ epoch: number; seq: bigint; hash: Buffer; ns: bigint }>(
      tested.url,
      "select epoch, seq, hash, utc_ns(received_at) as ns from evidence where host_id = $1 order by seq",
      [agent.id],
    );
    const [run] = await ask<{ leaf: bigint; batches: number }>(tested.url, "select leaf, batches from log_run where of_host = $1", [
      agent.id,
    ]);
    expect(run?.batches).toBe(5);
    for (const [at, { epoch, seq, hash, ns }] of rows.entries()) {
      const index = Number(run?.leaf) + at;
      const text = `{"epoch":${epoch},"hash":"${hash.toString("hex")}","host":"${agent.id}","kind":"batch","received_at_ns":"${ns}","seq":${seq}}`;
      const leaf = leafOf(log.secret, index, text);
      const size = head.head.size;
      const proof = inclusionProof(index, size, log.tiles, sha256);
      expect(verifyInclusion({ index, size, leaf, root: Buffer.from(head.head.root, "hex"), proof }, sha256)).toBe(true);
    }
  });

  it("has heads that each name the one before, and is consistent from one to the next", async () => {
    const agent = await withHost("chained", 1);
    for (let n = 0; n < 4; n++) {
      await report(agent, 3);
      await sealLog(tested.url);
    }
    const heads = await allHeads(tested.url);
    expect(heads.length).toBeGreaterThan(4);
    const [log] = await openLog(tested.url);
    if (log === undefined) throw new Error("There is no log");
    for (const [at, { head, number }] of heads.entries()) {
      const before = heads[at - 1];
      expect(number).toBe(at + 1);
      expect(head.previous).toBe(before === undefined ? "0".repeat(64) : createHash("sha256").update(headText(before.head)).digest("hex"));
      if (before === undefined) continue;
      const [from, to] = [before.head.size, head.size];
      const proof = consistencyProof(from, to, log.tiles, sha256);
      const [fromRoot, toRoot] = [Buffer.from(before.head.root, "hex"), Buffer.from(head.root, "hex")];
      expect(verifyConsistency({ from, to, fromRoot, toRoot, proof }, sha256)).toBe(true);
    }
  });

  it("says nothing where nothing is new", async () => {
    await sealLog(tested.url);
    const before = await count(tested.url, "log_head");
    expect((await sealLog(tested.url)).leaves).toBe(0);
    expect(await count(tested.url, "log_head")).toBe(before);
  });

  it("gives each batch and each index exactly one leaf, however many sequencers are at it while reports come", async () => {
    const agents = await Promise.all([1, 2, 3].map((n) => withHost(`busy-${n}`, 1)));
    const pools = [openPool(tested.url, quiet), openPool(tested.url, quiet)];
    const key = openReceiptKey(receiptKeyFile);
    let isDone = false;
    const sealing = pools.map(async (pool, at) => {
      while (!isDone) await (at === 0 ? seal(pool, key) : sealNow(pool, key));
    });
    await Promise.all(agents.map((agent) => report(agent, 40)));
    isDone = true;
    await Promise.all(sealing);
    await seal(pools[0] as pg.Pool, key);
    for (const pool of pools) await pool.end();
    await expectWhole(agents);
  });

  it("loses nothing and doubles nothing when the sequencer's connection breaks at any statement", async () => {
    const agent = await withHost("cut-off", 0);
    let statement = 0;
    for (let isBroken = true; isBroken; ) {
      await report(agent, 2);
      isBroken = await sealBroken(++statement);
      expect(await count(tested.url, "log_head")).toBe((await allHeads(tested.url)).at(-1)?.number);
      if (statement % 3 === 0) await sealLog(tested.url);
    }
    expect(statement).toBeGreaterThan(15);
    await sealLog(tested.url);
    await expectWhole([agent]);
  });

  it("refuses to be changed, by whom it may be", async () => {
    await sealLog(tested.url);
    for (const table of ["log_shard", "log_run", "log_entry", "log_head", "log_anchor", "log_tile"]) {
      await expect(ask(tested.url, `delete from ${table}`)).rejects.toThrow(/are never changed/);
      await expect(ask(tested.url, `truncate ${table} cascade`)).rejects.toThrow(/are never changed/);
    }
    await expect(ask(tested.url, "update log_head set size = size")).rejects.toThrow(/are never changed/);
    await expect(ask(tested.url, "update log_tile set hashes = hashes")).rejects.toThrow("Hashes of log_tile are never changed");
    await expect(ask(tested.url, "update log_tile set hashes = sha256('') || hashes where octet_length(hashes) < 8192")).rejects.toThrow(
      "Hashes of log_tile are never changed",
    );
  });
});

/** Every stored batch of these hosts is in exactly one run, and no index is used twice or left out. */
async function expectWhole(agents: readonly FakeAgent[]): Promise<void> {
  for (const { id } of agents) {
    const [row] = await ask<{ stored: bigint; logged: bigint; seqs: bigint }>(
      tested.url,
      `select (select count(*) from evidence where host_id = $1) as stored,
         (select count(*) from log_run r cross join generate_series(0, r.batches - 1) where of_host = $1 and not mismatch) as logged,
         (select count(distinct (epoch, first_seq + n)) from log_run r cross join generate_series(0, r.batches - 1) n where of_host = $1) as seqs`,
      [id],
    );
    expect(row).toEqual({ stored: row?.stored, logged: row?.stored, seqs: row?.stored });
  }
  const used = await indexes(tested.url);
  expect(new Set(used).size).toBe(used.length);
  const logs = await openLog(tested.url);
  expect(used).toHaveLength(logs.reduce((sum, { hashes }) => sum + hashes.length, 0));
  const heads = await allHeads(tested.url);
  for (const log of logs) {
    const last = heads.findLast(({ head }) => head.shard === log.shard);
    expect(Buffer.from(rootOf(log.hashes.length, log.tiles, sha256)).toString("hex")).toBe(last?.head.root);
  }
}

/** Breaks the connection before the given statement; false = there were fewer. */
async function sealBroken(statement: number): Promise<boolean> {
  const pool = openPool(tested.url, quiet);
  let [seen, isBroken] = [0, false];
  const connect = pool.connect.bind(pool);
  const breaking = {
    connect: async () => {
      const client = await connect();
      const query = client.query.bind(client);
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      const wrapped = async (...args: Parameters<typeof query>) => {
        if (++seen === statement) {
          isBroken = true;
          await ask(tested.url, "select pg_terminate_backend($1)", [rows[0]?.pid]);
        }
        return query(...args);
      };
      return Object.assign(Object.create(client), { query: wrapped, release: client.release.bind(client) });
    },
  } as unknown as pg.Pool;
  try {
    await seal(breaking, openReceiptKey(receiptKeyFile));
  } catch (error) {
    if (!isBroken) throw error;
  } finally {
    await pool.end();
  }
  const lock = "select count(*) from pg_locks where locktype = 'advisory' and objid = hashtext($1)::bigint & 4294967295";
  await until(
    "the broken sequencer's lock to go",
    async () => (await ask<{ count: bigint }>(tested.url, lock, [SEQUENCER]))[0]?.count === 0n,
  );
  return isBroken;
}

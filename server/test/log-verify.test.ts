import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { appendLeaves, headText, leafHash, rootOf, tilesFrom } from "@truebound/audit";
import { chainText } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openReceiptKey } from "../src/adapters/crypto/receipt-key.ts";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { lastHead } from "../src/adapters/postgres/log/head-store.ts";
import { logPorts } from "../src/adapters/postgres/log/log-ports.ts";
import { SEQUENCER } from "../src/adapters/postgres/log/log-store.ts";
import { scrubStep } from "../src/adapters/postgres/log/scrub-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { administerLog } from "../src/log-book/administer-log.ts";
import { parseLog } from "../src/log-book/log-requests.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, receiptKeyFile, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { folderForTests } from "./folder-for-tests.ts";
import { removeOld } from "./remove-old.ts";
import { acknowledgeLog, scrubLog, sealLog } from "./seal-log.ts";
import { serverOn } from "./server-under-test.ts";

let databases: TestDatabases;
let template: string;
let url: string;
let pool: pg.Pool;
let witness: string;
let agents: FakeAgent[];

/** Two hosts, 300 batches, several heads, one batch that was missing, one deletion, and a witness that took two heads. */
beforeAll(async () => {
  databases = await testDatabases();
  template = await databases.create();
  const server = await serverOn(template);
  await fill(server);
  await server.stop();
});
afterAll(async () => {
  await pool?.end();
  await databases?.stop();
});

const T0 = 1_740_830_400_000_000_000n;
const report = async (agent: FakeAgent, batches: number) => {
  for (let n = 0; n < batches; n++)
    expect((await agent.send(batchOf(agent.id, [{ realtime: T0 + BigInt(agent.seq) * 1_000_000_000n, lo: -1n, hi: 1n }]))).status).toBe(
      200,
    );
};

/** While somebody else has the sequencer's lock, the server's own look seals nothing. */
async function unsealed(work: () => Promise<void>): Promise<void> {
  const holder = await pool.connect();
  await holder.query("select pg_advisory_lock(hashtext($1))", [SEQUENCER]);
  try {
    await work();
  } finally {
    holder.release(true);
  }
}

let keptWitness = "";
async function fill(server: RunningServer): Promise<void> {
  url = template;
  pool = openPool(url, quiet);
  witness = join(folderForTests("witness"), "heads.ndjson");
  agents = [];
  await unsealed(async () => {
    for (const name of ["old", "a", "b"]) {
      const agent = new FakeAgent(server.agentsUrl);
      await agent.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), name);
      agents.push(agent);
    }
    const [old] = agents as [FakeAgent];
    await report(old, 3);
    await ask(url, "update evidence set received_at = received_at - interval '60 days' where host_id = $1", [old.id]);
    await ask(url, "update host_state set checkpointed_seq = seq");
  });
  const [, a, b] = agents as [FakeAgent, FakeAgent, FakeAgent];
  await makePartitions(pool, quiet);
  await removeOld(pool, { rollupDays: 100_000 }, quiet);
  await report(a, 150);
  await sealLog(url);
  await truebound("head", "--witness", witness);
  await unsealed(async () => {
    await report(b, 120);
    await ask(url, "delete from evidence where host_id = $1 and seq = 60", [b.id]);
  });
  await sealLog(url);
  await acknowledgeLog(url, b.id);
  await sealLog(url);
  await truebound("head", "--witness", witness);
  await adminStore(pool).setState(b.id, "suspended");
  await report(a, 10);
  await sealLog(url);
  keptWitness = readFileSync(witness, "utf8");
  await pool.end();
}

beforeEach(async () => {
  await pool?.end().catch(() => {});
  url = await cloneOf(template);
  pool = openPool(url, quiet);
  writeFileSync(witness, keptWitness);
});

async function cloneOf(of: string): Promise<string> {
  const name = `${new URL(of).pathname.slice(1)}_${createHash("sha256").update(String(performance.now())).digest("hex").slice(0, 8)}`;
  const [root, made] = [new URL(of), new URL(of)];
  root.pathname = "/postgres";
  made.pathname = `/${name}`;
  await ask(root.href, `create database ${name} template ${new URL(of).pathname.slice(1)}`);
  return made.href;
}

async function truebound(...args: string[]) {
  const request = parseLog(args);
  if (typeof request === "string") throw new Error(request);
  return administerLog(logPorts(pool, receiptKeyFile), request);
}

/** Who owns the tables need not mind their triggers. */
const insider = (sql: string) => ask(url, `set session_replication_role = replica; ${sql}`);

const leafOf = async (entry: string) =>
  (await ask<{ leaf: bigint }>(url, "select leaf from log_entry where entry like $1 order by leaf limit 1", [entry]))[0]?.leaf;

describe("a log that nobody touched", () => {
  it("holds, also against what a witness kept", async () => {
    const { code, out } = await truebound("verify", "--witness", witness);
    expect(out).toMatch(
      /^\d+ heads over 2\d\d leaves; 279 batches were read again, 3 are no longer kept, 1 entries tell .*; held against 2 heads/,
    );
    expect(out).toContain("All of it holds");
    expect(code).toBe(0);
  });
  it("goes on from the heads of a witness, which takes each once", async () => {
    expect((await truebound("head", "--witness", witness)).err).toContain("The log goes on from 2 heads");
    expect((await truebound("head", "--witness", witness)).err).toContain("already");
    expect(readFileSync(witness, "utf8").trim().split("\n")).toHaveLength(3);
    expect((await truebound("verify", "--witness", witness)).code).toBe(0);
  });
  it("is shown with what did not fit", async () => {
    await ask(url, "update log_scrub set ended_at = null");
    const { code, out } = await truebound("show");
    expect([code, out]).toEqual([0, expect.stringContaining('Was not what was received: {"epoch":1')]);
    expect(out).toContain("No whole round has ended yet; the present round began at");
    expect(JSON.parse((await truebound("show", "--json")).out)).toMatchObject({
      pending: 0,
      hosts_behind: 0,
      mismatches: [expect.any(String)],
    });
  });
});

describe("somebody who holds the database is found", () => {
  const found = async (...args: string[]) => {
    const { code, out } = await truebound("verify", ...args);
    expect(code).toBe(1);
    return out.split("This does not hold:\n")[1]?.split("\n")[0];
  };
  const [batch, host] = ["shard \\d{4}-\\d\\d, leaf \\d+", "host [0-9a-f-]{36}"];

  it("who edits a batch", async () => {
    await insider("update evidence set body = set_byte(body, 30, get_byte(body, 30) # 1) where seq = 17");
    expect(await found()).toMatch(new RegExp(`${batch}: what is stored of batch 17 of epoch 1 of ${host} is not what was received`));
  });
  it("who edits one and makes its hash fit", async () => {
    const [a] = agents.slice(1);
    const [row] = await ask<{ prev_hash: Buffer }>(url, "select prev_hash from evidence where host_id = $1 and seq = 17", [a?.id]);
    const contentDigest = `sha-256=:${createHash("sha256").update("{}").digest("base64")}:`;
    const text = chainText({ agent: a?.id ?? "", epoch: 1, seq: 17, prev: row?.prev_hash.toString("hex") ?? "", contentDigest });
    const hash = createHash("sha256").update(text).digest("hex");
    await insider(`update evidence set body = '{}', hash = '\\x${hash}' where host_id = '${a?.id}' and seq = 17`);
    expect(await found()).toMatch(new RegExp(`${batch}: what is stored of batch 17 of epoch 1 of ${host} is not what was logged`));
  });
  it("who stores one twice", async () => {
    await insider(
      "insert into evidence select (jsonb_populate_record(e, jsonb_build_object('received_at', received_at + interval '1 second'))).* from evidence e where seq = 110",
    );
    expect(await found()).toMatch(/leaf \d+: batch 110 of epoch 1 of host .* is stored twice/);
    await ask(url, "update log_scrub set shard = '', leaf = 0, gone = 0, leaves = 0");
    expect((await scrubLog(url)).filter((words) => words.includes("is stored twice"))).toHaveLength(2);
  });
  it("who says that it came at another time", async () => {
    await insider("update evidence set received_at = received_at - interval '1 second' where seq = 9");
    expect(await found()).toMatch(/batch 9 of epoch 1 of host .* is not what was logged/);
  });
  it("who deletes batches", async () => {
    await insider("delete from evidence where seq in (20, 21)");
    expect(await found()).toBe("  4 batches are gone of which no entry says that they were deleted");
  });
  it("who puts one in where it was missing", async () => {
    await insider(
      "insert into evidence select host_id, epoch, 60, received_at, hash, prev_hash, body from evidence where seq = 110 limit 1",
    );
    const [b] = agents.slice(2);
    await insider(`update evidence set host_id = '${b?.id}' where seq = 60 and hash = (select hash from evidence where seq = 110 limit 1)`);
    expect(await found()).toMatch(/batches lie in the evidence that were never logged/);
  });
  it("who reorders two leaves", async () => {
    await insider(
      "update log_tile set hashes = substring(hashes for 320) || substring(hashes from 353 for 32) || substring(hashes from 321 for 32) || substring(hashes from 385) where level = 0 and tile = 0",
    );
    expect(await found()).toMatch(/leaf 10: what is stored of/);
  });
  it("who takes the tail off", async () => {
    await insider("delete from log_head where number = (select max(number) from log_head)");
    expect(await found()).toMatch(/^ {2}shard .*: no head covers it$/);
  });
  it("who takes a head out of the middle", async () => {
    await insider("delete from log_head where number = 2");
    expect(await found()).toBe("  head 3: the heads before it are not all there");
  });
  it("who signs by another key", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const head = await lastHead(pool);
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    const signature = sign(null, Buffer.from(headText(head?.head as never)), privateKey);
    await insider(
      `update log_head set public_key = '\\x${raw.toString("hex")}', signature = '\\x${signature.toString("hex")}' where number = ${head?.number}`,
    );
    expect(await found()).toBe(`  head ${head?.number}: no entry of the log names its key`);
  });
  it.each([
    ["a host's key at its enrolment", "enrol", "public_key", "AAAA"],
    ["how many were deleted", "deletion", "count", 1],
    ["what was missing", "mismatch", "to_seq", 61],
  ])("who alters %s", async (_, kind, field, value) => {
    const leaf = await leafOf(`%"kind":"${kind}"%`);
    await insider(
      `update log_entry set entry = regexp_replace(entry, '"${field}":("[^"]*"|\\d+)', '"${field}":${JSON.stringify(value)}') where leaf = ${leaf}`,
    );
    expect(await found()).toMatch(new RegExp(`leaf ${leaf}: what is stored of the entry .* is not what was logged`));
  });
  it("who takes out the entry of what was missing, or puts a host in after the fact", async () => {
    const leaf = await leafOf('%"kind":"mismatch"%');
    await insider(`delete from log_entry where leaf = ${leaf}`);
    expect(await found()).toMatch(new RegExp(`leaf ${leaf}: it has a hash and no row`));
    await insider("insert into log_entry select shard, 100000, 'enrol', about, entry from log_entry where kind = 'enrol' limit 1");
    expect((await truebound("verify")).out).toMatch(/leaf 100000: it has a row and no hash/);
  });
  it("who alters a level above the leaves", async () => {
    await insider("update log_tile set hashes = set_byte(hashes, 3, get_byte(hashes, 3) # 1) where level = 1");
    expect(await found()).toMatch(/tile 0 of level 1 is not made of those below it/);
  });
});

describe("what is read again, step by step", () => {
  const show = () => truebound("show");
  /** The server that filled the log may have begun a round. */
  beforeEach(() =>
    ask(url, "update log_scrub set shard = '', leaf = 0, gone = 0, leaves = 0, ended_at = null, next_at = clock_timestamp()"),
  );

  it("holds where nobody touched it, and says when all of it was read", async () => {
    expect(await scrubLog(url)).toEqual([]);
    const { code, out } = await show();
    expect([code, out]).toEqual([0, expect.stringMatching(/All 2\d\d leaves were read again by \d{4}-/)]);
  });
  it("goes on where the last step ended, whoever makes the next", async () => {
    const [{ sum } = { sum: 0n }] = await ask<{ sum: bigint }>(
      url,
      "select sum(size)::bigint as sum from (select max(size) as size from log_head group by shard) s",
    );
    expect((await scrubStep(pool, true))?.hasEnded).toBe(false);
    expect(await ask(url, "select leaves from log_scrub")).toEqual([{ leaves: sum }]);
    const other = openPool(url, quiet);
    expect(await scrubStep(other)).toBeNull();
    expect((await scrubStep(other, true))?.hasEnded).toBe(true);
    await other.end();
    expect(await ask(url, "select leaves, ended_leaves from log_scrub")).toEqual([{ leaves: 0n, ended_leaves: sum }]);
  });
  it("is due again at once where the database's clock was set back", async () => {
    await ask(url, "update log_scrub set next_at = clock_timestamp() + interval '5 minutes'");
    expect(await scrubStep(pool)).toBeNull();
    await ask(url, "update log_scrub set next_at = clock_timestamp() + interval '5 days'");
    expect(await scrubStep(pool)).not.toBeNull();
  });
  it.each([
    [
      "a bit of a batch",
      "update evidence set body = set_byte(body, 30, get_byte(body, 30) # 1) where seq = 110",
      /leaf \d+: what is stored of batch 110 of epoch 1 of host/,
      true,
    ],
    [
      "when it came",
      "update evidence set received_at = received_at - interval '1 second' where seq = 110 and host_id = (select id from host where name = 'a')",
      /batch 110 of epoch 1 .* is not what was logged/,
      true,
    ],
    [
      "an entry",
      "update log_entry set entry = replace(entry, '60', '61') where kind = 'mismatch'",
      /what is stored of the entry .*mismatch.* is not what was logged/,
      false,
    ],
    ["an entry that is taken out", "delete from log_entry where kind = 'deletion'", /leaf \d+: it has a hash and no row/, false],
    [
      "a level above the leaves",
      "update log_tile set hashes = set_byte(hashes, 3, get_byte(hashes, 3) # 1) where level = 1",
      /tile 0: its hashes are not those that were signed/,
      false,
    ],
    [
      "the end of the leaves",
      "update log_tile set hashes = set_byte(hashes, 3, get_byte(hashes, 3) # 1) where level = 0 and tile = 1",
      /shard \d{4}-\d\d: its hashes have the root/,
      true,
    ],
    [
      "batches that are taken out",
      "delete from evidence where seq in (20, 21)",
      /batches that are gone: 4 batches are gone of which no entry/,
      false,
    ],
  ] as const)("shows %s, once, until it is as it was or a person has looked", async (_, change, words, isOfHosts) => {
    await insider(change);
    expect((await scrubLog(url)).join("\n")).toMatch(words);
    expect(await scrubLog(url)).toEqual([]);
    const { code, out } = await show();
    expect([code, out]).toEqual([1, expect.stringContaining("NOT WHAT WAS LOGGED")]);
    expect(await ask(url, "select count(*) > 0 as told from host_event where detail ->> 'why' = 'altered'")).toEqual([{ told: isOfHosts }]);
    const hosts = await ask<{ of_host: string | null }>(url, "select distinct of_host from log_difference");
    for (const { of_host } of hosts)
      expect(await acknowledgeLog(url, of_host)).toMatchObject({ differences: expect.arrayContaining([expect.any(String)]) as unknown });
    expect(await scrubLog(url)).toEqual([]);
    expect((await show()).code).toBe(0);
  });
  it("forgets what is as it was again", async () => {
    const flip = () => insider("update evidence set body = set_byte(body, 30, get_byte(body, 30) # 1) where seq = 110");
    await flip();
    expect(await scrubLog(url)).toHaveLength(2);
    await flip();
    await scrubLog(url);
    expect(await ask(url, "select from log_difference")).toEqual([]);
  });
  it("is overdue after a day", async () => {
    await ask(url, "update log_scrub set ended_at = clock_timestamp() - interval '25 hours', ended_leaves = 7");
    const { code, out } = await show();
    expect([code, out]).toEqual([1, expect.stringContaining("OVERDUE: All 7 leaves were read again by")]);
  });
});

describe("somebody who holds the database and the server's key", () => {
  /** Begins the log anew with other hashes, and signs it as the server would. */
  async function fork(size: number): Promise<void> {
    const { signature: _, head, number } = (await lastHead(pool)) ?? {};
    if (head === undefined) throw new Error("There is no log");
    const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
    const leaves = Array.from({ length: size }, (_, at) => leafHash(Buffer.from(`forged ${at}`), sha256));
    const tiles = appendLeaves(0, leaves, tilesFrom([]), sha256);
    const forged = { ...head, size, root: Buffer.from(rootOf(size, tilesFrom(tiles), sha256)).toString("hex"), previous: "0".repeat(64) };
    const signed = Buffer.from(openReceiptKey(receiptKeyFile).sign(headText(forged))).toString("hex");
    await insider(`delete from log_head where number < ${number}; delete from log_tile`);
    for (const { level, tile, hashes } of tiles)
      await insider(`insert into log_tile select '${head.shard}', ${level}, ${tile}, '\\x${Buffer.from(hashes).toString("hex")}'`);
    await insider(
      `update log_head set number = 1, size = ${size}, root = '\\x${forged.root}', previous = '\\x${forged.previous}', signature = '\\x${signed}'`,
    );
  }
  const sizeOf = async () => (await lastHead(pool))?.head.size ?? 0;

  it("can fork the log of any size, and the witness does not go along", async () => {
    await fork((await sizeOf()) + 5);
    const head = await truebound("head", "--witness", witness);
    expect([head.code, head.err]).toEqual([
      1,
      expect.stringMatching(/line 2 of .* signs \d+ leaves of shard .*: evidence was changed after it was signed/),
    ]);
    expect(readFileSync(witness, "utf8")).toBe(keptWitness);
    const { code, out } = await truebound("verify", "--witness", witness);
    expect([code, out]).toEqual([1, expect.stringMatching(/line 1 of .*: the \d+ leaves of shard .* have the root/)]);
  });
  it("can roll it back to before, and the witness has seen more", async () => {
    await insider("delete from log_head where number > 2; delete from log_tile");
    await fork(20);
    const { out } = await truebound("verify", "--witness", witness);
    expect(out).toMatch(/line 1 of .*: it has \d+ leaves of shard \d{4}-\d\d, and the log has 20/);
    expect((await truebound("head", "--witness", witness)).err).toContain("the log no longer has so many");
  });
});

describe("a witness file", () => {
  it.each([
    ["a line that is no head", (text: string) => `${text}{}\n`, /line 3 is no head/],
    ["half a line", (text: string) => text.slice(0, -40), /line 2 is no head/],
    ["a head that was changed", (text: string) => text.replace(/"size":(\d)/, '"size":9$1'), /does not hold/],
  ])("is no witness with %s", async (_, change, why) => {
    writeFileSync(witness, change(keptWitness));
    const { code, out, err } = await truebound("verify", "--witness", witness);
    expect([code, out + err]).toEqual([1, expect.stringMatching(why)]);
  });
  it("that is empty says so, and is begun by log head", async () => {
    writeFileSync(witness, "");
    expect((await truebound("verify", "--witness", witness)).err).toContain("there is no head in it");
    expect((await truebound("head", "--witness", witness)).code).toBe(0);
    expect((await truebound("verify", "--witness", witness)).code).toBe(0);
  });
});

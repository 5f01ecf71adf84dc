import { spawnSync } from "node:child_process";
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatUtc, utc } from "@truebound/time";
import { type Challenge, ROTATE_PATH, rotateText, SpanList, validator } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openArchive } from "../src/adapters/archive.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import type { RunningServer } from "../src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, call, FakeAgent, get } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { serverOn } from "./server-under-test.ts";
import { apart, MINUTE, minuteBatch, spanAt, T0 } from "./signed-minutes.ts";

let databases: TestDatabases;
let server: RunningServer;
let pool: pg.Pool;
let url: string;
let folder: string;
beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  folder = mkdtempSync(join(tmpdir(), "truebound-spans-"));
  server = await serverOn(url, { archive: { kind: "directory", directory: folder } });
  pool = openPool(url, quiet);
  await ask(url, `insert into evidence_rule (selector, class, days) values ('{"keep":"audit"}', 'audit', 2555)`);
});
afterAll(async () => {
  await pool?.end();
  await server?.stop();
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function enrolled(name: string, keep: string): Promise<FakeAgent> {
  const agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ labels: { keep }, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}

/** What is there so far came so many days ago, and goes where it belongs. */
async function age(agent: FakeAgent, days: number): Promise<void> {
  await ask(url, "update evidence set received_at = received_at - make_interval(days => $2) where host_id = $1", [agent.id, days]);
  await ask(url, "update host_state set checkpointed_seq = seq where host_id = $1", [agent.id]);
  await makePartitions(pool, quiet);
  const archive = openArchive({ kind: "directory", directory: folder }, { counted: () => {}, closed: new AbortController().signal });
  await removeOld(pool, { rollupDays: 100_000, archive }, quiet);
}

const minutes = (agent: FakeAgent, from: number, to: number) => Array.from({ length: to - from }, (_, n) => apart(agent, from + n));
const at = (minute: number) => formatUtc(utc(T0 + BigInt(minute) * MINUTE));
const page = async (agent: FakeAgent, query: string): Promise<SpanList> => {
  const { status, body } = await get(`${server.peopleUrl}/api/v1/hosts/${agent.id}/spans?${query}`);
  expect(status).toBe(200);
  expect(validator(SpanList).accepts(body)).toBe(true);
  return body as SpanList;
};

/** All pages, each no longer than `limit`. */
async function all(agent: FakeAgent, from: number, to: number, limit: number): Promise<SpanList[]> {
  const pages: SpanList[] = [];
  for (let next: string | null = ""; next !== null; next = pages.at(-1)?.next ?? null)
    pages.push(await page(agent, `from=${at(from)}&to=${at(to)}&limit=${limit}${next === "" ? "" : `&after=${next}`}`));
  expect(Math.max(...pages.map(({ items }) => items.length))).toBeLessThanOrEqual(limit);
  return pages;
}

/** The same host with a key that the present one vouched for. */
async function withNextKey(agent: FakeAgent): Promise<FakeAgent> {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "jwk" }).x ?? "";
  const { challenge } = (await call("POST", `${server.agentsUrl}/api/v1/enroll/challenge`, {}, "", agent.localAddress)).body as Challenge;
  const change = { challenge, agent: agent.id, public_key: raw };
  const by = (key: KeyObject) => sign(null, Buffer.from(rotateText(change)), key).toString("base64url");
  const request = { version: 1, ...change, old_signature: by(agent.key), new_signature: by(privateKey) };
  expect((await agent.postSigned(ROTATE_PATH, request)).status).toBe(200);
  return Object.assign(agent.copy(agent.localAddress), { key: privateKey, publicKey: raw });
}

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest();
const bytesOf = (text: string) => Buffer.from(text, "base64url");

/** Numbers of the compact form, read by its description alone: LEB128, signed ones zigzag. */
function* numbersIn(bytes: Buffer): Generator<bigint> {
  for (let at = 0, value = 0n, place = 0n; at < bytes.length; at++) {
    const byte = BigInt(bytes[at] ?? 0);
    value |= (byte & 0x7fn) << place;
    place += 7n;
    if (byte >= 0x80n) continue;
    yield value;
    [value, place] = [0n, 0n];
  }
}
const signed = (value: bigint): bigint => (value & 1n ? -(value >> 1n) - 1n : value >> 1n);

/** As somebody does who has the answer and a library of cryptography, and nothing of ours. Returns lo and hi of each first span. */
function verified({ host, keys, contexts, items }: SpanList): [bigint, bigint][] {
  return items.map(({ statement, signature, key_id, context, spans }) => {
    const known = keys.find((key) => key.key_id === key_id);
    expect(
      sha256(bytesOf(known?.public_key ?? ""))
        .toString("base64url")
        .slice(0, 16),
    ).toBe(key_id);
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: known?.public_key ?? "" }, format: "jwk" });
    const body = bytesOf(statement);
    const text = `truebound-spans/1\n${host}\n${body.toString("hex")}`;
    expect(verify(null, Buffer.from(text), key, bytesOf(signature))).toBe(true);
    expect(verify(null, Buffer.from(`${text}0`), key, bytesOf(signature))).toBe(false);
    expect(body.subarray(0, 16).toString("hex")).toBe(context);
    expect(
      sha256(contexts[context] ?? "")
        .toString("hex")
        .slice(0, 32),
    ).toBe(context);
    expect(JSON.parse(contexts[context] ?? "").assumptions.rho_ppb).toBe(200_000);
    const [count, ...numbers] = numbersIn(body.subarray(16));
    const [fromRealtime = 0n, fromRaw = 0n, lasted = 0n, , lo = 0n, width = 0n] = numbers.map(signed);
    expect([count, String(fromRealtime), String(fromRaw), String(fromRealtime + lasted), String(lo), String(lo + width)]).toEqual([
      BigInt(spans.length),
      spans[0]?.from_realtime_ns,
      spans[0]?.from_raw_ns,
      spans[0]?.to_realtime_ns,
      spans[0]?.lo_ns,
      spans[0]?.hi_ns,
    ]);
    return [lo, lo + width];
  });
}
const expected = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => spanAt(from + n)).map(({ lo, hi }): [bigint, bigint] => [lo, hi]);
const kept = (pages: readonly SpanList[]) => new Set(pages.flatMap(({ items }) => items.map((item) => item.kept)));

describe("signed spans", () => {
  it("are given beside their batches, page by page, and can be verified by anybody", async () => {
    const agent = await enrolled("batches", "full");
    await agent.sendAll(minutes(agent, 0, 50));
    const pages = await all(agent, 0, 60, 7);
    expect(pages.length).toBeGreaterThanOrEqual(8);
    expect([kept(pages), pages.flatMap(verified)]).toEqual([new Set(["batch"]), expected(0, 50)]);
    const hashes = await ask<{ hash: Buffer }>(url, "select hash from evidence where host_id = $1 order by seq", [agent.id]);
    expect(pages.flatMap(({ items }) => items.map(({ batch_hash }) => batch_hash))).toEqual(hashes.map(({ hash }) => hash.toString("hex")));
  });

  it("are verified by OpenSSL, and not when a bit of them is another", async () => {
    const agent = await enrolled("openssl", "full");
    await agent.send(apart(agent, 0));
    const { host, keys, items } = await page(agent, `from=${at(0)}&to=${at(20)}`);
    const file = (name: string) => join(folder, `openssl-${name}`);
    const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), bytesOf(keys[0]?.public_key ?? "")]);
    const text = Buffer.from(`truebound-spans/1\n${host}\n${bytesOf(items[0]?.statement ?? "").toString("hex")}`);
    writeFileSync(file("key"), spki);
    writeFileSync(file("signature"), bytesOf(items[0]?.signature ?? ""));
    const files = ["-inkey", file("key"), "-in", file("text"), "-sigfile", file("signature")];
    const exitOf = (bytes: Buffer) => {
      writeFileSync(file("text"), bytes);
      return spawnSync("openssl", ["pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-rawin", ...files]).status;
    };
    expect([exitOf(text), exitOf(Buffer.from(text.map((byte, n) => (n === 80 ? byte ^ 1 : byte))))]).toEqual([0, 1]);
  });

  it("are found the same in the archive, and in the batches' place", async () => {
    for (const [name, keep, days, where] of [
      ["archived", "full", 40, "archive"],
      ["condensed", "audit", 3, "apart"],
    ] as const) {
      const agent = await enrolled(name, keep);
      await agent.sendAll(minutes(agent, 0, 130));
      const before = await all(agent, 10, 120, 1000);
      await age(agent, days);
      expect(await ask(url, "select from evidence where host_id = $1", [agent.id])).toEqual([]);
      const pages = await all(agent, 10, 120, 9);
      expect(kept(pages)).toEqual(new Set([where]));
      expect(pages.flatMap(verified)).toEqual(before.flatMap(verified));
      expect(pages.flatMap(verified)).toEqual(expect.arrayContaining(expected(10, 120)));
    }
  });

  it("come each once from several blocks of the archive", async () => {
    const agent = await enrolled("two days", "full");
    await agent.sendAll(minutes(agent, 0, 20));
    await age(agent, 50);
    await agent.sendAll(minutes(agent, 20, 40));
    await age(agent, 40);
    expect(await ask(url, "select from archive_host where host_id = $1", [agent.id])).toHaveLength(2);
    for (const limit of [1, 6, 20, 100]) {
      const pages = await all(agent, 0, 60, limit);
      expect([kept(pages), pages.flatMap(verified)]).toEqual([new Set(["archive"]), expected(0, 40)]);
    }
  });

  it("of all three places come each once, and none that moves meanwhile is missed", async () => {
    const agent = await enrolled("everywhere", "audit");
    await agent.sendAll(minutes(agent, 0, 30));
    await age(agent, 3);
    await agent.sendAll(minutes(agent, 30, 60));
    const found = (await all(agent, 0, 70, 8)).flatMap(verified);
    expect(found).toHaveLength(60);
    expect(found).toEqual(expect.arrayContaining(expected(0, 60)));
    const first = await page(agent, `from=${at(0)}&to=${at(70)}&limit=8`);
    await age(agent, 3);
    const rest: SpanList[] = [];
    for (let { next } = first; next !== null; next = rest.at(-1)?.next ?? null)
      rest.push(await page(agent, `from=${at(0)}&to=${at(70)}&limit=8&after=${next}`));
    expect([first, ...rest].flatMap(verified)).toEqual(expect.arrayContaining(expected(0, 60)));
  });

  it("are those that overlap the range, and none that nobody signed or another did", async () => {
    const agent = await enrolled("some", "full");
    await agent.send(minuteBatch(agent, 0));
    await agent.send(apart(agent, 1));
    await agent.send({ ...apart(agent, 2), spans_signature: apart(agent, 3).spans_signature ?? "" });
    await agent.send(batchOf(agent.id, [{ realtime: T0 + 3n * MINUTE, lo: -1n, hi: 1n }]));
    await agent.send("{");
    await agent.send(apart(agent, 9));
    expect((await all(agent, 0, 20, 10)).flatMap(verified)).toEqual([...expected(1, 2), ...expected(9, 10)]);
    expect((await all(agent, 5, 20, 10)).flatMap(verified)).toEqual(expected(9, 10));
    expect((await all(agent, 5, 8, 10)).flatMap(verified)).toEqual([]);
  });

  it("come with every key of the host, and how each followed the one before", async () => {
    const agent = await enrolled("keys", "full");
    await agent.send(apart(agent, 0));
    const renewed = await withNextKey(agent);
    await renewed.send(apart(renewed, 1));
    const [answer] = await all(agent, 0, 20, 10);
    expect(verified(answer as SpanList)).toEqual(expected(0, 2));
    const { keys, items, host } = answer as SpanList;
    expect(items.map(({ key_id }) => key_id)).toEqual(keys.map(({ key_id }) => key_id));
    const [first, second] = keys;
    const text = Buffer.from(["truebound-key/1", second?.challenge, host, second?.public_key].join("\n"));
    for (const [signer, signature] of [
      [first, second?.old_signature],
      [second, second?.new_signature],
    ] as const) {
      const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: signer?.public_key ?? "" }, format: "jwk" });
      expect(verify(null, text, key, bytesOf(signature ?? ""))).toBe(true);
    }
    expect([first?.challenge, first?.from_seq, second?.from_seq]).toEqual([null, 1, 2]);
  });

  it.each([
    ["limit=0", "from 1 to 1000"],
    ["limit=1001", "from 1 to 1000"],
    ["after=abc", "it is none that this list gave"],
    [`after=${Buffer.from('["batch","9999999999999999999","1","1",null]').toString("base64url")}`, "it is none that this list gave"],
    [`after=${Buffer.from('["batch","1","99999999999","1",null]').toString("base64url")}`, "it is none that this list gave"],
    [`after=${Buffer.from('["drawer",null,null,null,null]').toString("base64url")}`, "it is none that this list gave"],
    ["from=now&to=now-1h", "from is not before its to"],
    ["form=now", "did you mean from?"],
  ])("refuse %s", async (query, why) => {
    const { status, body } = await get(`${server.peopleUrl}/api/v1/hosts/some/spans?${query}`);
    expect([status, body.detail]).toEqual([400, expect.stringContaining(why)]);
  });
});

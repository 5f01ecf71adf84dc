import { createHash, generateKeyPairSync, sign } from "node:crypto";
import {
  canonicalJson,
  entryHash,
  headText,
  inclusionProof,
  type Json,
  rootOf,
  tilesFrom,
  verifyConsistency,
  verifyInclusion,
} from "@truebound/audit";
import { type Challenge, ROTATE_PATH, rotateText, statementOf } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { openReceiptKey } from "../src/adapters/crypto/receipt-key.ts";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { applyStore } from "../src/adapters/postgres/apply-store.ts";
import { appendToLog } from "../src/adapters/postgres/log/log-queue.ts";
import { logBook } from "../src/adapters/postgres/log/log-store.ts";
import { inTransaction, openPool } from "../src/adapters/postgres/pool.ts";
import { parseYaml } from "../src/adapters/yaml-file.ts";
import { apply } from "../src/apply/apply.ts";
import { ask, quiet, receiptKeyFile } from "./database.ts";
import { batchOf, FakeAgent, get, post } from "./fake-agent.ts";
import { sealLog } from "./seal-log.ts";
import { serverForTests } from "./server-under-test.ts";
import { apart, sha256 as hexOf } from "./signed-minutes.ts";

const tested = serverForTests();
let pool: pg.Pool;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(() => pool?.end());

const book = () => logBook(pool, openReceiptKey(receiptKeyFile));
const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const digest = (value: Json): string => createHash("sha256").update(canonicalJson(value)).digest("hex");
const T0 = 1_740_830_400_000_000_000n;

async function enrolled(name: string, labels: Record<string, string> = {}): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels, uses: 1, ttlSeconds: 600 }), name);
  return agent;
}

async function entries(kinds: Parameters<ReturnType<typeof book>["entries"]>[0], about?: string) {
  await sealLog(tested.url);
  return (await book().entries(kinds, about)).map(({ entry }) => entry);
}

describe("the log tells of", () => {
  it("the key that signs its heads, before all else", async () => {
    const [first] = await entries(["server_key"]);
    const { publicKey, keyId } = openReceiptKey(receiptKeyFile);
    expect(first).toEqual({ kind: "server_key", key_id: keyId, public_key: Buffer.from(publicKey).toString("base64url") });
    expect((await book().entries(["server_key"]))[0]?.index).toBe(0);
  });
  it("who was enrolled with which key and labels, who was suspended, let in again and revoked", async () => {
    const agent = await enrolled("enrolled", { site: "fra" });
    for (const state of ["suspended", "active", "revoked"] as const) await adminStore(pool).setState(agent.id, state);
    expect(await entries(["enrol", "suspend", "activate", "revoke"], agent.id)).toEqual([
      { kind: "enrol", host: agent.id, name: "enrolled", labels: { site: "fra" }, state: "active", public_key: agent.publicKey },
      { kind: "suspend", host: agent.id },
      { kind: "activate", host: agent.id },
      { kind: "revoke", host: agent.id },
    ]);
  });
  it("a key that was agreed on, with the signatures by which it follows, and the first batch by it", async () => {
    const agent = await enrolled("rotated");
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const next = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64url");
    const { challenge } = (await post(`${tested.server.agentsUrl}/api/v1/enroll/challenge`, "", {})).body as Challenge;
    const change = { agent: agent.id, challenge, public_key: next };
    const [old_signature, new_signature] = [agent.key, privateKey].map((key) =>
      sign(null, Buffer.from(rotateText(change)), key).toString("base64url"),
    );
    await agent.postSigned(ROTATE_PATH, { version: 1, ...change, old_signature, new_signature });
    await agent.send(batchOf(agent.id, [{ realtime: T0, lo: -1n, hi: 1n }]), { key: privateKey });
    expect(await entries(["key", "key_use"], agent.id)).toEqual([
      { kind: "key", host: agent.id, public_key: next, challenge, old_signature, new_signature },
      { kind: "key_use", host: agent.id, public_key: next, epoch: 1, seq: 1 },
    ]);
  });
  it("what a file sets and takes away, what people set of rules of retention, holds and policies", async () => {
    const rule = { match: { site: "fra" }, class: "audit" as const, days: 400 };
    const text = 'version: 1\ncalendars:\n  - name: trading\n    timezone: UTC\n    days: [mon]\n    open: "08:00"\n    close: "16:30"\n';
    const applied = (source: string) =>
      apply(
        { store: applyStore(pool), read: async () => source, parse: parseYaml },
        { file: "f.yaml", diff: false, dryRun: false, json: false },
      );
    expect((await applied(text)).code).toBe(0);
    expect((await applied("version: 1\n")).code).toBe(0);
    await adminStore(pool).setEvidenceRule(
      { selector: rule.match, class: rule.class, days: rule.days, archiveDays: null },
      "law",
      "B. Officer",
    );
    const hold = await adminStore(pool).addHold({
      on: { selector: { site: "fra" } },
      from: T0 as never,
      to: (T0 + 5n) as never,
      reason: "case 17",
      who: "A. Counsel",
    });
    await adminStore(pool).releaseHold(hold, "closed", "A. Counsel");
    await tested.server.setPolicy({ site: "fra" }, { faults: 1 });
    const told = (await entries(["rule", "hold"])) as unknown as Record<string, Json>[];
    const [added, removed] = told.filter(({ what }) => what === "calendar trading");
    expect(added).toMatchObject({ kind: "rule", sha256: digest(added?.body ?? null) });
    expect(removed).toMatchObject({ kind: "rule", sha256: null, body: null });
    const body = { class: "audit", days: 400, archive_days: null };
    expect(told).toContainEqual({
      kind: "rule",
      what: 'evidence {"site":"fra"}',
      sha256: digest(body),
      body,
      was: null,
      who: "B. Officer",
      reason: "law",
    });
    const terms = { selector: { site: "fra" }, from_ns: `${T0}`, to_ns: `${T0 + 5n}` };
    expect(told.filter(({ kind }) => kind === "hold")).toEqual([
      { kind: "hold", what: `hold ${hold}`, sha256: digest(terms), body: terms, who: "A. Counsel", reason: "case 17" },
      { kind: "hold", what: `hold ${hold}`, sha256: null, who: "A. Counsel", reason: "closed" },
    ]);
    expect(told).toContainEqual({ kind: "rule", what: 'policy {"site":"fra"}', sha256: digest({ faults: 1 }), body: { faults: 1 } });
  });
  it("what somebody appends, if the transaction of it commits, and not otherwise", async () => {
    const entry = { kind: "export", report: "2026-10", sha256: "ab".repeat(32) } as const;
    await inTransaction(pool, (client) => appendToLog(client, entry));
    const failing = inTransaction(pool, async (client) => {
      await appendToLog(client, { ...entry, report: "never" });
      throw new Error("it did not happen");
    });
    await expect(failing).rejects.toThrow("it did not happen");
    expect(await entries(["export"])).toEqual([entry]);
  });
});

describe("what was declared", () => {
  it("lies before the batches that came after it, however much else waits for the log", async () => {
    await entries(["scope"]);
    const agent = await enrolled("after");
    const rows =
      "insert into log_pending (entry) select jsonb_build_object('kind', 'rule', 'what', 'n ' || n, 'sha256', null) from generate_series(1, 5000) n";
    await ask(tested.url, rows);
    await inTransaction(pool, (client) => appendToLog(client, { kind: "scope", what: "scope last", sha256: null, body: null }));
    expect((await agent.send(batchOf(agent.id, [{ realtime: T0, lo: -1n, hi: 1n }]))).status).toBe(200);
    await sealLog(tested.url);
    const [declared] = await book().entries(["scope"], "scope last");
    const [batch] = await book().batchLeaves(agent.id, 1, 1, 1);
    expect(declared?.index).toBeLessThan(Number(batch?.index));
  });
});

describe("a report", () => {
  it("gets heads and tiles that prove batches, statements and entries, and opens those leaves alone", async () => {
    const agent = await enrolled("reported");
    const sent = [0, 1, 2].map((n) => apart(agent, n));
    for (const batch of sent) expect((await agent.send(batch)).status).toBe(200);
    await book().seal();
    const leaves = await book().batchLeaves(agent.id, 1, 2, 3);
    expect(leaves.map(({ kind, seq }) => [kind, seq])).toEqual([
      ["batch", 2],
      ["batch", 3],
      ["statement", 2],
      ["statement", 3],
    ]);
    const { heads, tiles } = await book().proofFor(leaves);
    expect(heads).toHaveLength(1);
    const { head, publicKey, signature } = heads[0] as (typeof heads)[number];
    expect(nodeCrypto.verifyEd25519(publicKey, headText(head), signature)).toBe(true);
    const given = tilesFrom(tiles);
    expect(Buffer.from(rootOf(head.size, given, sha256)).toString("hex")).toBe(head.root);
    const stated = leaves.find(({ kind, seq }) => kind === "statement" && seq === 3);
    if (stated === undefined) throw new Error("The statement has no leaf");
    const batch = sent[2] as (typeof sent)[number];
    const statement = Buffer.concat([statementOf(batch, hexOf) as Uint8Array, Buffer.from(batch.spans_signature ?? "", "base64url")]);
    const text = canonicalJson({
      kind: "statement",
      host: agent.id,
      epoch: 1,
      seq: 3,
      digest: createHash("sha256").update(statement).digest("hex"),
    });
    const leaf = entryHash(stated.salt, Buffer.from(text), sha256);
    const { index } = stated;
    const proof = inclusionProof(index, head.size, given, sha256);
    expect(verifyInclusion({ index, size: head.size, leaf, root: Buffer.from(head.root, "hex"), proof }, sha256)).toBe(true);
  });
});

describe("the API", () => {
  const asked = (path: string) => get(`${tested.server.peopleUrl}/api/v1/log/${path}`);
  it("proves a batch under the newest head, with what opens its leaf", async () => {
    const agent = await enrolled("asked");
    await agent.send(batchOf(agent.id, [{ realtime: T0, lo: -1n, hi: 1n }]));
    expect((await asked("proof?host=asked&epoch=1&seq=1")).status).toBe(404);
    await sealLog(tested.url);
    const { status, body } = await asked("proof?host=asked&epoch=1&seq=1");
    expect(status).toBe(200);
    const { head, leaf, proof } = body;
    const opened = entryHash(Buffer.from(leaf.salt, "hex"), Buffer.from(canonicalJson(leaf.entry)), sha256);
    expect(Buffer.from(opened).toString("hex")).toBe(leaf.hash);
    const hashes = proof.map((hash: string) => Buffer.from(hash, "hex"));
    expect(
      verifyInclusion({ index: leaf.index, size: head.size, leaf: opened, root: Buffer.from(head.root, "hex"), proof: hashes }, sha256),
    ).toBe(true);
    expect(leaf.entry).toMatchObject({ kind: "batch", host: agent.id, epoch: 1, seq: 1 });
  });
  it("lists heads, the newest first, in pages, and proves that one became another", async () => {
    const first = (await asked("heads?limit=1")).body;
    expect(first.items).toHaveLength(1);
    const { items } = (await asked(`heads?after=${first.next}`)).body;
    expect(items.map(({ number }: { number: number }) => number)).toEqual(
      Array.from({ length: items.length }, (_, at) => items.length - at),
    );
    const [newest, oldest] = [first.items[0], items.at(-1)];
    const { body } = await asked(`proof?shard=${oldest.shard}&from=${oldest.size}`);
    const proof = body.proof.map((hash: string) => Buffer.from(hash, "hex"));
    const [fromRoot, toRoot] = [Buffer.from(oldest.root, "hex"), Buffer.from(newest.root, "hex")];
    expect(verifyConsistency({ from: oldest.size, to: body.consistency.to, fromRoot, toRoot, proof }, sha256)).toBe(true);
  });
  it.each([
    ["proof", 400, /give host, epoch and seq/],
    ["proof?host=asked&epoch=x&seq=1", 400, /whole numbers/],
    ["proof?host=nobody&epoch=1&seq=1", 404, /no host/],
    ["proof?shard=1999-01&from=1", 404, /has 0 leaves/],
    ["heads?limit=0", 400, /limit=0/],
    ["heads?after=x", 400, /the `next`/],
  ])("says what is wrong with %s", async (path, status, why) => {
    const answer = await asked(path);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(why)]);
  });
});

import { spawnSync } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HttpLink, type ServerTrust } from "@truebound/agent";
import { headText, hostsInTurn, type ReportManifest, verifyBundle } from "@truebound/audit";
import { utc } from "@truebound/time";
import { keyChangeText } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleFiles, bundleFolder } from "../server/src/adapters/bundle-folder.ts";
import { openReceiptKey, type ReceiptKey } from "../server/src/adapters/crypto/receipt-key.ts";
import { drawPdf } from "../server/src/adapters/pdf/draw-report.ts";
import { readHouse } from "../server/src/adapters/postgres/house-watch.ts";
import { lastHeadOf } from "../server/src/adapters/postgres/log/head-store.ts";
import { logPorts, rootAt } from "../server/src/adapters/postgres/log/log-ports.ts";
import { seal } from "../server/src/adapters/postgres/log/log-store.ts";
import { openPool } from "../server/src/adapters/postgres/pool.ts";
import { reportShelf } from "../server/src/adapters/postgres/report/report-book.ts";
import { reportPorts, signoffPorts } from "../server/src/adapters/report-wiring.ts";
import { verifyPorts } from "../server/src/adapters/verify/verify-ports.ts";
import { administerLog } from "../server/src/log-book/administer-log.ts";
import { parseLog } from "../server/src/log-book/log-requests.ts";
import type { SignedHead } from "../server/src/log-book/ports.ts";
import { tellCreated, tellVerified } from "../server/src/report/report-command.ts";
import { parseReport } from "../server/src/report/report-requests.ts";
import type { SignoffRequest } from "../server/src/report/signoff/requests.ts";
import { tellSignoff } from "../server/src/report/signoff/sign.ts";
import type { RunningServer } from "../server/src/server.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "../server/test/database.ts";
import { batchOf, FakeAgent } from "../server/test/fake-agent.ts";
import { scrubLog } from "../server/test/seal-log.ts";
import { serverOn } from "../server/test/server-under-test.ts";
import { HAS_PYTHON, NEEDS_PYTHON, type Said, secondSaysOf } from "./two-verifiers.ts";

/** The server's key is replaced, with the old one and without it: who goes along, and who must not. */
const S = 1_000_000_000n;
const DAY = 1_772_496_000n * S;
const LEAPS = { updated: utc(0n), expires: utc(2n ** 62n), rows: [{ from: utc(1_483_228_800n * S), taiMinusUtc: 37 }] };

const VERIFY_PY = join(import.meta.dirname, "..", "docs", "verify", "verify.py");
const folder = mkdtempSync(join(tmpdir(), "server-key-"));
const keyFile = join(folder, "receipt-key.pem");
const witness = join(folder, "heads.ndjson");
let databases: TestDatabases;
let url: string;
let server: RunningServer;
let pool: pg.Pool;
let agent: FakeAgent;
const first = () => openReceiptKey(`${keyFile}.first`);
const present = () => openReceiptKey(keyFile);

beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  server = await serverOn(url, { receiptKeyFile: keyFile });
  cpSync(keyFile, `${keyFile}.first`);
  pool = openPool(url, quiet);
  agent = new FakeAgent(server.agentsUrl);
  await agent.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "one");
  await ask(url, "update host set enrolled_at = '2025-01-01' where id = $1", [agent.id]);
  await ask(url, "create schema later");
});
afterAll(async () => {
  await server?.stop();
  await pool?.end();
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function report(by: FakeAgent = agent): Promise<void> {
  for (let n = 0; n < 20; n++) {
    const row = { realtime: DAY + BigInt(by.seq) * 10n * S, lo: -1000n, hi: 1000n, throughout: [-1100n, 1100n] as const };
    expect((await by.send(batchOf(by.id, [row]))).status).toBe(200);
  }
}

/** The database's clock is so many months ahead for who connects from now on. */
async function monthsLater(months: number): Promise<void> {
  await ask(
    url,
    `create or replace function later.clock_timestamp() returns timestamptz language sql volatile as $$ select pg_catalog.clock_timestamp() + interval '${months} months' $$`,
  );
  await ask(url, `alter database ${new URL(url).pathname.slice(1)} set search_path = later, pg_catalog, public`);
  await pool.end();
  pool = openPool(url, quiet);
}

async function truebound(...args: string[]) {
  const request = parseLog(args);
  if (typeof request === "string") throw new Error(request);
  return administerLog(logPorts(pool, keyFile), request);
}

async function startAgain(): Promise<void> {
  await server.stop();
  server = await serverOn(url, { receiptKeyFile: keyFile });
  Object.assign(agent, { url: server.agentsUrl, receiptKey: Buffer.from(present().publicKey).toString("base64url") });
}

async function bundle(name: string, hosts: readonly string[] = []): Promise<string> {
  const ports = reportPorts({ pool, archive: null, signer: present(), leaps: () => LEAPS, render: async () => [] });
  const request = { from: utc(DAY), to: utc(DAY + 3600n * S), profiles: ["us-cat-participant"], hosts };
  const watching = { progress: () => undefined, signal: new AbortController().signal };
  const out = join(folder, name);
  const asked = { do: "create" as const, request, out, regenerate: false, json: false };
  const { code, err } = await tellCreated({ sink: bundleFolder, ports, shelf: reportShelf(pool), watching }, asked);
  if (code !== 0) throw new Error(err);
  return out;
}

/** As a person types it after `truebound report`. */
async function signing(...args: string[]) {
  const request = parseReport(args);
  if (typeof request === "string") throw new Error(request);
  return tellSignoff(signoffPorts(pool, present(), drawPdf), request as SignoffRequest);
}
const signs = (act: "sign" | "countersign", of: string, name: string) =>
  signing(act, of, "--as", name, "--role", "Compliance", "--key", join(folder, `${name}.pem`));

/** Both verifiers, which must say the same. */
async function said(of: string, key: string | null = null): Promise<Said | null> {
  const found = await verifyBundle({ ...verifyPorts, files: bundleFiles(of) }, { keyId: key });
  const { step, host, epoch, seq, rule } = found.kind === "holds" ? ({} as Said) : found.failure;
  const own = found.kind === "holds" ? null : { step, host, epoch, seq, rule };
  expect(secondSaysOf(of, key)).toEqual(own);
  return own;
}

type Line = Record<string, unknown>;
const linesOf = (of: string): Line[] =>
  readFileSync(join(of, "log.ndjson"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
function forged(of: string, change: (lines: Line[]) => Line[]): string {
  const copy = `${of}-forged`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(of, copy, { recursive: true });
  writeFileSync(
    join(copy, "log.ndjson"),
    change(linesOf(of))
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(""),
  );
  return copy;
}

interface SignoffFile {
  keys: Line[];
  heads: Line[];
}
function forgedSignoff(of: string, change: (file: SignoffFile) => void): string {
  const copy = `${of}-forged`;
  rmSync(copy, { recursive: true, force: true });
  cpSync(of, copy, { recursive: true });
  const file = JSON.parse(readFileSync(join(of, "signoff.json"), "utf8")) as SignoffFile;
  change(file);
  writeFileSync(join(copy, "signoff.json"), JSON.stringify(file));
  return copy;
}

/** A change of keys as the server would sign it, by keys that anybody has. */
function changeBetween(before: ReceiptKey, next: ReceiptKey, said: { installation: string; since_ns: string; isLost?: boolean }): Line {
  const keys = { before: base64url(before.publicKey), public_key: base64url(next.publicKey), since_ns: said.since_ns };
  const text = keyChangeText({ isLost: false, ...said, ...keys });
  return { ...keys, signature: said.isLost === true ? null : base64url(before.sign(text)), proof: base64url(next.sign(text)) };
}
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");

const strange = (name: string): ReceiptKey => openReceiptKey(join(folder, `${name}.strange.pem`));
const follow = (installation: string, since_ns: string): Line => changeBetween(first(), present(), { installation, since_ns });
/** One change more, by whoever holds the key in use. */
function grow({ keys }: SignoffFile, installation: string, isLost = false): Line[] {
  keys.push(changeBetween(present(), strange("next"), { installation, since_ns: `${keys[0]?.since_ns}0`, isLost }));
  return keys;
}
const back = ({ keys }: SignoffFile, installation: string): Line =>
  changeBetween(strange("next"), first(), { installation, since_ns: String(keys.at(-1)?.since_ns) });

const linkOf = (trust: Partial<ServerTrust>): HttpLink =>
  new HttpLink(
    new URL(server.agentsUrl),
    { publicKey: "", sign: () => new Uint8Array(64) },
    { pins: () => [], receiptKey: () => null, despite: () => undefined, ...trust },
  );

describe.skipIf(!HAS_PYTHON)(`a key of the server that follows another${NEEDS_PYTHON}`, () => {
  let made: string;
  let signedOff: string;
  it("is vouched for by the one before, which signs no head any more", async () => {
    await report();
    await seal(pool, present());
    await truebound("head", "--witness", witness);
    signedOff = await bundle("before");
    for (const name of ["Ada", "Bob"]) await signing("signer", "add", name, "--new-key", join(folder, `${name}.pem`), "--who", "Cyd");
    expect(await signs("sign", signedOff, "Ada")).toMatchObject({ code: 0, err: "" });
    const { code, out } = await truebound("rotate-key");
    expect([code, out]).toEqual([
      0,
      expect.stringContaining(`The former one vouches for it, and lies in receipt-key.pem.${first().keyId}`),
    ]);
    expect(present().keyId).not.toBe(first().keyId);
    await report();
    await expect(seal(pool, first())).rejects.toThrow(`Cannot sign heads by key ${first().keyId}: key ${present().keyId} follows it`);
    await expect(serverOn(url, { receiptKeyFile: `${keyFile}.first` })).rejects.toThrow("agents of this database know another one");
  });
  it("is taken by an agent that knows the one before, and by none that may not follow", async () => {
    await startAgain();
    const known = Buffer.from(first().publicKey).toString("base64url");
    const followed: string[] = [];
    const knowing = linkOf({ receiptKey: () => followed.at(-1) ?? known, onFollowed: (key) => followed.push(key) });
    const answer = await knowing.postSigned("/api/v1/goodbye", agent.id, {});
    expect([answer.kind, followed]).toEqual(["answer", [Buffer.from(present().publicKey).toString("base64url")]]);
    expect(await knowing.postSigned("/api/v1/goodbye", agent.id, {})).toMatchObject({ kind: "answer" });
    expect(followed).toHaveLength(1);
    knowing.close();
    const strange = Buffer.from(generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" }).x as string, "base64url").toString(
      "base64url",
    );
    const other = linkOf({ receiptKey: () => strange, onFollowed: (key) => followed.push(key) });
    expect(await other.postSigned("/api/v1/goodbye", agent.id, {})).toMatchObject({ kind: "no_answer" });
    expect(followed).toHaveLength(1);
    other.close();
  });
  it("leaves what lies under older heads proved: in reports, in the log, and for a witness", async () => {
    await monthsLater(1);
    await report();
    await seal(pool, present());
    made = await bundle("after");
    const heads = linesOf(made).filter(({ kind }) => kind === "head");
    expect(heads.map(({ key_id }) => key_id)).toEqual([first().keyId, present().keyId]);
    expect(await said(made)).toBeNull();
    expect(await said(made, present().keyId)).toBeNull();
    expect(await said(made, first().keyId)).toBeNull();
    expect(await truebound("head", "--witness", witness)).toMatchObject({ code: 0 });
    expect(await truebound("verify", "--witness", witness)).toMatchObject({ code: 0, out: expect.stringContaining("All of it holds") });
  });
  it.each([
    ["that nobody vouched for", (line: Line): Line => ({ ...line, signature: line.proof }), "signature", "key_chain"],
    ["that did not sign", (line: Line): Line => ({ ...line, proof: line.signature }), "signature", "key_chain"],
    ["that follows from another time on", (line: Line): Line => ({ ...line, since_ns: `${line.since_ns}0` }), "signature", "key_chain"],
  ])("is refused by both verifiers where it is one %s", async (_, change, step, rule) => {
    const bad = forged(made, (lines) => lines.map((line) => (line.kind === "server_key" ? change(line) : line)));
    expect(await said(bad)).toMatchObject({ step, rule });
  });
  it("is refused where it is announced twice, or not at all", async () => {
    expect(await said(forged(made, (lines) => [lines[0] as Line, ...lines]))).toMatchObject({ rule: "key_chain" });
    const bare = forged(made, (lines) => lines.filter(({ kind }) => kind !== "server_key"));
    expect(await said(bare)).toMatchObject({ step: "heads", rule: "head_signature" });
    expect(await said(bare, first().keyId)).toMatchObject({ step: "signature", rule: "expected_key" });
  });
  it("has its own entry in the log, and a log in which nobody vouches for it does not hold", async () => {
    const rows = await ask<{ entry: string }>(url, "select entry from log_entry where kind = 'server_key' order by shard, leaf");
    const entry = rows[1]?.entry ?? "";
    expect(JSON.parse(entry)).toMatchObject({
      before: Buffer.from(first().publicKey).toString("base64url"),
      signature: expect.any(String),
    });
    const stranger = generateKeyPairSync("ed25519").privateKey;
    const swapped = JSON.parse(entry) as Line;
    const signature = sign(null, Buffer.from("anything"), stranger).toString("base64url");
    await ask(
      url,
      "set session_replication_role = replica; update log_entry set entry = '" +
        JSON.stringify({ ...swapped, signature }) +
        "' where entry = '" +
        entry +
        "'",
    );
    expect((await truebound("verify")).out).toMatch(/head \d+: nobody vouches for its key/);
    await ask(url, `set session_replication_role = replica; update log_entry set entry = '${entry}' where entry like '%${signature}%'`);
    expect((await truebound("verify")).code).toBe(0);
  });
  it("can be put in place again where the command was cut off", async () => {
    const before = present();
    renameSync(keyFile, `${keyFile}.next`);
    renameSync(`${keyFile}.${first().keyId}`, keyFile);
    expect(await truebound("rotate-key")).toMatchObject({ code: 0 });
    expect(present().keyId).toBe(before.keyId);
  });

  it("lets a report be signed off that was made by the one before, and the verifiers say by which key", async () => {
    expect(await signs("countersign", signedOff, "Bob")).toMatchObject({ code: 0, err: "" });
    expect(await said(signedOff)).toBeNull();
    const { stdout } = spawnSync("python3", [VERIFY_PY, signedOff], {
      encoding: "utf8",
    });
    const asked = { do: "verify", bundle: signedOff, keyId: null, countersigned: true, json: false } as const;
    const told = await tellVerified(verifyPorts, bundleFiles(signedOff), hostsInTurn, asked);
    const line = `  sheets    signed by ${present().keyId}, which follows ${first().keyId}: each key vouched for the next\n`;
    expect([told.code, told.out.endsWith(line), stdout.endsWith(line)]).toEqual([0, true, true]);
  });
  it.each<[what: string, change: (file: SignoffFile, installation: string) => void, rule: string]>([
    ["without the chain", (file) => Object.assign(file, { keys: [] }), "head_signature"],
    ["with its beginning cut off", (file, installation) => grow(file, installation).shift(), "key_chain"],
    ["with a key beyond the one that signed it", (file, installation) => grow(file, installation), "sheet_signature"],
    ["with a key that nobody vouched for", ({ keys: [line] }) => Object.assign(line as Line, { signature: line?.proof }), "key_chain"],
    ["with a key from another time on", ({ keys: [line] }) => Object.assign(line as Line, { since_ns: `${line?.since_ns}0` }), "key_chain"],
    ["with a change of another log", (file) => file.keys.splice(0, 1, follow("elsewhere", String(file.keys[0]?.since_ns))), "key_chain"],
    ["with a key that followed before the report", (file, installation) => file.keys.splice(0, 1, follow(installation, "1")), "key_chain"],
    ["with a key in place of a lost one", (file, installation) => grow(file, installation, true), "key_chain"],
    ["with a key that comes back", (file, installation) => grow(file, installation).push(back(file, installation)), "key_chain"],
    ["with a change that is not in a form", ({ keys: [line] }) => Object.assign(line as Line, { proof: "AAAA" }), "malformed"],
    ["with a chain that is none", (file) => Object.assign(file, { keys: {} }), "malformed"],
  ])("is refused by both verifiers in a sign-off %s", async (_, change, rule) => {
    const { issuer } = JSON.parse(readFileSync(join(signedOff, "manifest.json"), "utf8")) as ReportManifest;
    const bad = forgedSignoff(signedOff, (file) => void change(file, issuer.installation));
    expect(await said(bad)).toEqual({ step: "signoff", host: null, epoch: null, seq: null, rule });
  });

  describe("and that one was lost", () => {
    let second: string;
    it("begins anew, and says so", async () => {
      second = present().keyId;
      expect((await truebound("rotate-key", "--lost")).err).toContain(`Cannot give up key ${second} as lost: it lies in ${keyFile}`);
      rmSync(keyFile);
      expect((await truebound("rotate-key")).err).toContain(`does not hold the key in use, ${second}`);
      expect((await truebound("rotate-key", "--lost")).out).toContain("Nothing vouches for it");
      await seal(pool, present());
      const anew = await bundle("anew");
      expect(await said(anew)).toBeNull();
      expect(await said(anew, present().keyId)).toBeNull();
      expect(await said(anew, second)).toMatchObject({ step: "signature", rule: "expected_key" });
      const { limits } = JSON.parse(readFileSync(join(anew, "manifest.json"), "utf8")) as ReportManifest;
      expect(limits.at(-1)).toContain(`The issuer's key ${second} was lost; key ${present().keyId} took its place`);
      expect(linesOf(anew).filter(({ kind }) => kind === "head")).toHaveLength(2);
      const kept = readFileSync(join(signedOff, "signoff.json"), "utf8");
      expect(await signs("sign", made, "Ada")).toMatchObject({
        code: 1,
        err: expect.stringContaining(`key ${second}, which signed it, was lost`),
      });
      expect(await signing("signoffs", signedOff)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^signed .*\ncounter/),
        err: expect.stringMatching(/^Cannot write .* again/),
      });
      expect(readFileSync(join(signedOff, "signoff.json"), "utf8")).toBe(kept);
      expect(await said(signedOff)).toBeNull();
    });
    it("is told by truebound log verify, and no witness follows by itself", async () => {
      const verified = await truebound("verify");
      expect([verified.code, verified.out]).toEqual([
        0,
        expect.stringMatching(/head \d+: trust in its key begins anew, for the key before was lost/),
      ]);
      expect((await truebound("head", "--witness", witness)).err).toContain("that one was lost, and trust begins anew");
    });
    it("leaves no difference where the log is read again: what it signed anew has the root that was signed before", async () => {
      expect(await scrubLog(url)).toEqual([]);
    });
    it("leaves a host's log stopped that stopped under the lost key, until a person has looked", async () => {
      await startAgain();
      await report();
      const last = `evidence set body = set_byte(body, 9, get_byte(body, 9) # 1) where (epoch, seq) = (select epoch, seq from host_state)`;
      await ask(url, `update ${last}`);
      expect(await seal(pool, present())).toMatchObject({ mismatches: [{ seq: agent.seq - 1, why: "changed" }] });
      rmSync(keyFile);
      expect(await truebound("rotate-key", "--lost")).toMatchObject({ code: 0 });
      expect(await seal(pool, present())).toMatchObject({ mismatches: [] });
      expect(await truebound("show")).toMatchObject({ code: 1, out: expect.stringContaining("STOPPED") });
      expect(await truebound("acknowledge", agent.id, "--note", "one byte")).toMatchObject({ code: 0 });
      await seal(pool, present());
      expect(await truebound("show")).toMatchObject({ code: 0, out: expect.not.stringContaining("STOPPED") });
      expect(await truebound("verify")).toMatchObject({
        code: 0,
        out: expect.stringContaining("1 entries tell of what was not as received"),
      });
      expect(await scrubLog(url)).toEqual([]);
      expect(await said(await bundle("acknowledged"))).toBeNull();
    });
    it("goes on with the months that are whole where one was tampered with, names that one, and signs it once it is whole", async () => {
      await monthsLater(2);
      // Its connections too: what it reads again meanwhile would else be said to be two months old.
      await startAgain();
      await report();
      await seal(pool, present());
      const months = (await ask<{ shard: string }>(url, "select distinct shard from log_head order by shard")).map(({ shard }) => shard);
      const [tampered = "", other = "", newest = ""] = months;
      const lost = present();
      cpSync(keyFile, `${keyFile}.stolen`);
      rmSync(keyFile);
      const flip = `set session_replication_role = replica; update log_tile set hashes = set_byte(hashes, 9, get_byte(hashes, 9) # 1) where shard = '${tampered}' and level = 0`;
      await ask(url, flip);
      expect(await truebound("rotate-key", "--lost")).toMatchObject({ code: 0 });
      await seal(pool, present());
      await report();
      expect(await seal(pool, present())).toMatchObject({ head: { head: { shard: newest } } });
      const signers = async () =>
        Promise.all(months.map(async (shard) => Buffer.from((await lastHeadOf(pool, shard))?.publicKey ?? []).toString("base64url")));
      const [old, own] = [base64url(lost.publicKey), base64url(present().publicKey)];
      expect(await signers()).toEqual([old, own, own]);
      expect(other).not.toBe("");
      const named = await ask<{ entry: string }>(url, "select entry from log_entry where kind = 'left_month'");
      expect(named.map(({ entry }) => JSON.parse(entry) as object)).toMatchObject([{ shard: tampered, public_key: old }]);
      await truebound("acknowledge", "--note", "restored tomorrow");
      expect(await truebound("show")).toMatchObject({ code: 1, out: expect.stringContaining(`NOT SIGNED: ${tampered}`) });
      expect((await readHouse(pool)).differences).toBe(1);
      expect(await (await fetch(`${server.peopleUrl}/api/v1/log`)).json()).toMatchObject({ left_months: [tampered] });
      await expect(bundle("left")).rejects.toThrow(/rests on the log of .* its head is by key .*, which was lost/s);

      // Who stole the lost key, and writes the database, gets no signature over another history.
      const head = (await lastHeadOf(pool, tampered)) as SignedHead;
      const root = Buffer.from((await rootAt(pool, tampered, head.head.size)) ?? []).toString("hex");
      const forged = lost.sign(headText({ ...head.head, root }));
      const put = (to: string, signature: Uint8Array) =>
        ask(
          url,
          `set session_replication_role = replica; update log_head set root = '\\x${to}', signature = '\\x${Buffer.from(signature).toString("hex")}' where number = ${head.number}`,
        );
      await put(root, forged);
      await seal(pool, present());
      expect((await signers())[0]).toBe(old);
      await put(head.head.root, head.signature);
      await ask(url, "insert into log_pending (entry) values ($1)", [
        JSON.stringify({ ...JSON.parse(named[0]?.entry ?? ""), root, head: "00" }),
      ]);
      await seal(pool, present());
      expect(await ask(url, "select from log_entry where kind = 'left_month'")).toHaveLength(1);

      await ask(url, flip);
      await seal(pool, present());
      expect(await signers()).toEqual([own, own, own]);
      expect(await scrubLog(url)).toEqual([]);
      expect(await truebound("show")).toMatchObject({ code: 0, out: expect.not.stringContaining("NOT SIGNED") });
      expect(await truebound("verify")).toMatchObject({ code: 0 });
      expect(await said(await bundle("mended"))).toBeNull();
    });
    it("makes reports of what does not lie in a month that was left, says what does, and lets nobody sign whose key is known there alone", async () => {
      const before = JSON.parse(readFileSync(join(folder, "mended", "manifest.json"), "utf8")) as ReportManifest;
      await monthsLater(4);
      await startAgain();
      const other = new FakeAgent(server.agentsUrl);
      await other.enrol(await server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "two");
      await ask(url, "update host set enrolled_at = '2025-01-01' where id = $1", [other.id]);
      await report(other);
      await seal(pool, present());
      const lost = present();
      rmSync(keyFile);
      const left = [
        ...new Set([(await ask<{ shard: string }>(url, "select min(shard) as shard from log_head"))[0]?.shard, before.log.head.shard]),
      ];
      const flip = `set session_replication_role = replica; update log_tile set hashes = set_byte(hashes, 9, get_byte(hashes, 9) # 1) where shard in ('${left.join("', '")}') and level = 0`;
      await ask(url, flip);
      expect(await truebound("rotate-key", "--lost")).toMatchObject({ code: 0 });
      await seal(pool, present());

      await expect(bundle("left")).rejects.toThrow(
        `rests on the log of ${left[0]}: its head is by key ${lost.keyId}, which was lost, and what is stored is not what it signed; there lie enrol of one;`,
      );
      const untied = await bundle("untied", ["two"]);
      expect(await said(untied)).toBeNull();
      const manifest = JSON.parse(readFileSync(join(untied, "manifest.json"), "utf8")) as ReportManifest;
      expect(manifest).toMatchObject({ previous: null, previous_left: { id: before.id, head: before.log.head, key_id: lost.keyId } });
      const line = `  untied    nothing shows that its log goes on from report ${before.id}: key ${lost.keyId} was lost, and the log of ${before.log.head.shard} was left as it had signed it\n`;
      const asked = { do: "verify", bundle: untied, keyId: null, countersigned: false, json: false } as const;
      expect((await tellVerified(verifyPorts, bundleFiles(untied), hostsInTurn, asked)).out).toContain(line);
      expect(spawnSync("python3", [VERIFY_PY, untied], { encoding: "utf8" }).stdout).toContain(line);

      expect(await signs("sign", untied, "Ada")).toMatchObject({
        code: 1,
        err: expect.stringContaining(`Cannot sign as Ada: that key's registration lies in the log of ${left[0]}, which was left`),
      });
      const key = Buffer.from(openReceiptKey(join(folder, "Ada.pem")).publicKey).toString("base64url");
      await signing("signer", "add", "Ada", `--public-key=${key}`, "--who", "Cyd");
      expect(await signs("sign", untied, "Ada")).toMatchObject({ code: 0, err: "" });
      expect(await said(untied)).toBeNull();

      await ask(url, flip);
      await seal(pool, present());
      expect((await truebound("show")).out).not.toContain("NOT SIGNED");
      const tied = JSON.parse(readFileSync(join(await bundle("tied"), "manifest.json"), "utf8")) as ReportManifest;
      expect([tied.previous?.id, tied.previous_left]).toEqual([manifest.id, undefined]);
    });
  });
});

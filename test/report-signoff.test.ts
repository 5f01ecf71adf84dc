import { spawnSync } from "node:child_process";
import { generateKeyPairSync, sign as signBytes } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostsInTurn, type SignoffStatement, signoffText, verifyBundle } from "@truebound/audit";
import { utc } from "@truebound/time";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleFiles, bundleFolder } from "../server/src/adapters/bundle-folder.ts";
import { openReceiptKey } from "../server/src/adapters/crypto/receipt-key.ts";
import { drawPdf } from "../server/src/adapters/pdf/draw-report.ts";
import { openPool } from "../server/src/adapters/postgres/pool.ts";
import { reportShelf } from "../server/src/adapters/postgres/report/report-book.ts";
import { reportPorts, signoffPorts } from "../server/src/adapters/report-wiring.ts";
import { verifyPorts } from "../server/src/adapters/verify/verify-ports.ts";
import { tellCreated, tellVerified } from "../server/src/report/report-command.ts";
import { parseReport } from "../server/src/report/report-requests.ts";
import type { SignoffRequest } from "../server/src/report/signoff/requests.ts";
import { tellSignoff } from "../server/src/report/signoff/sign.ts";
import { ask, quiet, receiptKeyFile } from "../server/test/database.ts";
import { FakeAgent } from "../server/test/fake-agent.ts";
import { serverForTests } from "../server/test/server-under-test.ts";
import { apart, MINUTE, T0 } from "../server/test/signed-minutes.ts";
import { HAS_PYTHON, secondSaysOf } from "./two-verifiers.ts";

const tested = serverForTests();
const VERIFY_PY = join(import.meta.dirname, "..", "docs", "verify", "verify.py");
const folder = mkdtempSync(join(tmpdir(), "report-signoff-"));
const LEAPS = { updated: utc(0n), expires: utc(2n ** 62n), rows: [{ from: utc(1_483_228_800_000_000_000n), taiMinusUtc: 37 }] };
let pool: pg.Pool;
let other: string;

beforeAll(async () => {
  pool = openPool(tested.url, quiet);
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "gw-1");
  await ask(tested.url, "update host set enrolled_at = '2025-01-01' where id = $1", [agent.id]);
  for (let minute = 0; minute < 40; minute += 4)
    expect((await agent.sendAll([0, 1, 2, 3].map((one) => apart(agent, minute + one)))).status).toBe(200);
  other = (await create("other")).out;
  for (const name of ["Ada", "Bob", "Cyd"]) await run("signer", "add", name, "--new-key", keyOf(name), "--who", "R. Registrar");
}, 120_000);
afterAll(async () => {
  await pool?.end();
  rmSync(folder, { recursive: true, force: true });
});

const keyOf = (name: string): string => join(folder, `${name}.pem`);

async function create(name: string): Promise<{ out: string; id: string }> {
  const issuer = openReceiptKey(receiptKeyFile);
  const ports = reportPorts({ pool, archive: null, signer: issuer, leaps: () => LEAPS, render: async () => [] });
  const out = join(folder, name);
  const request = { from: utc(T0 + 5n * MINUTE), to: utc(T0 + 35n * MINUTE), profiles: ["us-cat-member"], hosts: ["gw-1"] };
  const watching = { progress: () => undefined, signal: new AbortController().signal };
  const asked = { do: "create" as const, request, out, regenerate: false, json: false };
  expect(await tellCreated({ sink: bundleFolder, ports, shelf: reportShelf(pool), watching }, asked)).toMatchObject({ code: 0 });
  return { out, id: (JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as { id: string }).id };
}

/** As a person types it after `truebound report`. */
async function run(...args: string[]) {
  const request = parseReport(args);
  if (typeof request === "string") throw new Error(request);
  return tellSignoff(signoffPorts(pool, openReceiptKey(receiptKeyFile), drawPdf), request as SignoffRequest);
}
const signs = (act: "sign" | "countersign", of: string, name: string, key = keyOf(name)) =>
  run(act, of, "--as", name, "--role", "Compliance", "--key", key);

async function signed(name: string): Promise<{ out: string; id: string }> {
  const made = await create(name);
  expect(await signs("sign", made.id, "Ada")).toMatchObject({ code: 0, err: "" });
  expect(await signs("countersign", made.out, "Bob")).toMatchObject({ code: 0, err: "" });
  return made;
}

/** What both verifiers say of it: the same. */
async function ruleOf(out: string): Promise<string | null> {
  const found = await verifyBundle({ ...verifyPorts, files: bundleFiles(out) });
  const said = found.kind === "holds" ? null : `${found.failure.step} ${found.failure.rule}`;
  if (HAS_PYTHON) {
    const second = secondSaysOf(out);
    expect(second === null ? null : `${second.step} ${second.rule}`).toBe(said);
  }
  return said;
}

/** Both programs, with --countersigned and without, before the bundle and behind it: exit code, and what they print. */
async function sayTheSame(out: string): Promise<void> {
  if (!HAS_PYTHON) return;
  for (const args of [[out], [out, "--countersigned"], ["--countersigned", out]]) {
    const asked = parseReport(["verify", ...args]);
    if (typeof asked === "string" || asked.do !== "verify") throw new Error(`Cannot ask ${args.join(" ")}`);
    const own = await tellVerified(verifyPorts, bundleFiles(out), hostsInTurn, asked);
    const { status, stdout, stderr } = spawnSync("python3", [VERIFY_PY, ...args], { encoding: "utf8" });
    expect({ code: status, out: stdout, err: stderr }).toEqual(own);
  }
}

describe("a report that people sign", () => {
  it("holds for both verifiers, which name who signed and who countersigned, and lies in the log", async () => {
    const { out, id } = await signed("held");
    expect(await ruleOf(out)).toBeNull();
    const told = await tellVerified(verifyPorts, bundleFiles(out), hostsInTurn, {
      do: "verify",
      bundle: out,
      keyId: null,
      countersigned: true,
      json: false,
    });
    expect(told).toMatchObject({ code: 0, err: "" });
    expect(told.out).toMatch(/sign-off {2}signed .* Ada, Compliance, key [\w-]{43}\n {2}sign-off {2}countersigned .* Bob, Compliance/);
    const html = readFileSync(join(out, "signoff.html"), "utf8");
    for (const word of ["Ada", "Bob", "Compliance", id]) expect(html).toContain(word);
    expect(readFileSync(join(out, "signoff.pdf")).subarray(0, 5).toString()).toBe("%PDF-");
    const leaves = await ask(
      tested.url,
      "select entry::jsonb ->> 'who' as who from log_entry where kind = 'signoff' and about = $1 order by leaf",
      [`report ${id}`],
    );
    expect(leaves.map(({ who }) => who)).toEqual(["Ada", "Bob"]);
  });

  it("is not countersigned until somebody else did it", async () => {
    const { out } = await create("once");
    const asked = { do: "verify", bundle: out, keyId: null, countersigned: true, json: false } as const;
    await sayTheSame(out);
    expect(await signs("countersign", out, "Bob")).toMatchObject({ code: 1, err: expect.stringContaining("nobody has signed yet") });
    expect(await signs("sign", out, "Ada")).toMatchObject({ code: 0 });
    expect(await tellVerified(verifyPorts, bundleFiles(out), hostsInTurn, asked)).toMatchObject({
      code: 1,
      err: "It holds, and is not countersigned\n",
    });
    await sayTheSame(out);
    expect(await signs("countersign", out, "Ada")).toMatchObject({
      code: 1,
      err: expect.stringContaining("somebody else must countersign"),
    });
    expect(await signs("countersign", out, "Bob")).toMatchObject({ code: 0 });
    expect(await tellVerified(verifyPorts, bundleFiles(out), hostsInTurn, asked)).toMatchObject({ code: 0 });
    await sayTheSame(out);
  });

  it("is signed by nobody who is not registered, with no other key, and never where its bundle does not hold", async () => {
    const { out } = await create("refused");
    expect(await signs("sign", out, "Eve", keyOf("Ada"))).toMatchObject({ code: 1, err: expect.stringContaining("signer add") });
    expect(await signs("sign", out, "Ada", keyOf("Bob"))).toMatchObject({ code: 1, err: expect.stringContaining("that person's key is") });
    writeFileSync(join(out, "manifest.sig"), readFileSync(join(other, "manifest.sig")));
    expect(await signs("sign", out, "Ada")).toMatchObject({ code: 1, err: expect.stringContaining("rule manifest_signature") });
    expect(existsSync(join(out, "signoff.json"))).toBe(false);
  });

  it("keeps people apart by their keys, and those who left sign no more", async () => {
    const { publicKey } = generateKeyPairSync("ed25519");
    const der = publicKey.export({ type: "spki", format: "der" }).toString("base64");
    expect(await run("signer", "add", "Dan", "--public-key", der, "--who", "R. Registrar")).toMatchObject({ code: 0 });
    expect(await run("signer", "add", "Dora", "--public-key", der, "--who", "R. Registrar")).toMatchObject({ code: 1 });
    expect(await run("signer", "remove", "Dan", "--who", "R. Registrar")).toMatchObject({ code: 0 });
    expect((await run("signer", "list")).out).not.toContain("Dan");
    await expect(ask(tested.url, "update report_signer set name = 'Eve' where name = 'Ada'")).rejects.toThrow(/report_signer/);
    await expect(ask(tested.url, "delete from report_signoff")).rejects.toThrow(/report_signoff/);
  });

  it("gets its sign-offs again from the database where a copy of the bundle lacks them", async () => {
    const { out, id } = await signed("copied");
    for (const name of ["signoff.json", "signoff.pdf"]) rmSync(join(out, name));
    expect(await ruleOf(out)).toBe("signoff missing");
    expect((await run("signoffs", id)).out).toMatch(/^signed .*Ada.*\ncountersigned .*Bob/);
    expect(await ruleOf(out)).toBeNull();
  });
});

interface SignoffFile {
  heads: { size: number; signature: string }[];
  signed: { statement: Record<string, unknown>; signature: string; signer: Record<string, unknown>; leaf: Record<string, unknown> }[];
  files: Record<string, string>;
  signature: string;
}
const last = (file: SignoffFile) => file.signed.at(-1) as SignoffFile["signed"][number];

/** A key of one's own, and a signature by it that fits. */
function signedAnew(file: SignoffFile, change: Partial<SignoffStatement>): void {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const one = last(file);
  one.statement = { ...one.statement, ...change, public_key: publicKey.export({ format: "jwk" }).x };
  one.signature = signBytes(null, Buffer.from(signoffText(one.statement as unknown as SignoffStatement)), privateKey).toString("base64url");
}

const FORGERIES: readonly (readonly [what: string, rule: string, forge: (file: SignoffFile) => void])[] = [
  ["another role", "signoff_signature", (file) => Object.assign(last(file).statement, { role: "Chief of all" })],
  ["a signature by a key that is nobody's", "signer", (file) => signedAnew(file, {})],
  ["a person whom nobody registered", "signer", (file) => signedAnew(file, { name: "Eve" })],
  ["a countersignature by who signed", "same_person", (file) => signedAnew(file, { name: "Ada" })],
  ["the same countersignature twice", "same_person", (file) => file.signed.push(last(file))],
  ["the first signature taken out", "signoff_order", (file) => file.signed.shift()],
  ["the countersignature alone as a signature", "signoff_order", (file) => signedAnew(file, { over: [], act: "countersign" })],
  ["the last signature taken out", "sheet_signature", (file) => file.signed.pop()],
  ["what is another report's leaf", "signoff_leaf", (file) => Object.assign(last(file).leaf, { index: 0 })],
  ["a leaf of the other person", "signer", (file) => Object.assign(last(file), { signer: file.signed[0]?.signer })],
  ["a head of another size", "head_signature", (file) => Object.assign(file.heads[0] as object, { size: 1 })],
  ["no sheet where there is one", "sheet_signature", (file) => Object.assign(file, { files: {} })],
];

describe("sign-offs that were tampered with", () => {
  let clean: string;
  beforeAll(async () => {
    clean = (await signed("clean")).out;
  }, 60_000);
  const copy = (): string => {
    const out = mkdtempSync(join(folder, "forged-"));
    cpSync(clean, out, { recursive: true });
    return out;
  };

  for (const [what, rule, forge] of FORGERIES)
    it(`refuses ${what}: ${rule}`, async () => {
      const out = copy();
      const file = JSON.parse(readFileSync(join(out, "signoff.json"), "utf8")) as SignoffFile;
      forge(file);
      writeFileSync(join(out, "signoff.json"), JSON.stringify(file));
      expect(await ruleOf(out)).toBe(`signoff ${rule}`);
    });

  it("refuses sign-offs of another report, and a sheet that says something else", async () => {
    const out = copy();
    writeFileSync(join(out, "signoff.html"), readFileSync(join(out, "signoff.html"), "utf8").replaceAll("Bob", "Bill"));
    expect(await ruleOf(out)).toBe("signoff sheet");
    const foreign = (await create("foreign")).out;
    for (const name of ["signoff.json", "signoff.html", "signoff.pdf"]) cpSync(join(clean, name), join(foreign, name));
    expect(await ruleOf(foreign)).toBe("signoff signoff_manifest");
  });
});

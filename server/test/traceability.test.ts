import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatUtc, utc } from "@truebound/time";
import {
  ChainDocumentList,
  ChainReviewList,
  packColumn,
  STAMP_TEST,
  type StampStatement,
  stampStatementText,
  TraceabilityView,
  validator,
} from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { documentFiles } from "../src/adapters/document-files.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { traceabilityStore } from "../src/adapters/postgres/traceability-store.ts";
import { parseCommand } from "../src/command-line.ts";
import { administerTraceability } from "../src/traceability/administer-traceability.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent, get, source } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();
const folder = mkdtempSync(join(tmpdir(), "truebound-documents-"));
let pool: pg.Pool;
let agent: FakeAgent;

const PTB = source("ptbtime1.ptb.de:123", { address: "192.0.2.1", stratum: 1, refid: 0x50544200 });
const KEY = "k".repeat(43);
const OWN = source("ntp.example:123", {
  address: "192.0.2.2",
  stratum: 2,
  refid: 0xc0000207,
  nts: { mode: "required", authenticated: true, name: "ntp.example", key: KEY, dates: "confirmed" },
});
const HOUR = 3_600_000_000_000n;
const EXCHANGES = {
  source: [0, 0],
  t1_raw_ns: packColumn([1n, 2n]),
  t2_less_t1_ns: packColumn([1n, 1n]),
  t3_less_t2_ns: packColumn([1n, 1n]),
  t4_less_t1_ns: packColumn([3n, 3n]),
  root_delay_raw: [0, 65_536],
  root_dispersion_raw: [1, 1],
  precision_server: [-20, -20],
  precision_client: [-20, -20],
  cap_ns: packColumn([0n, 0n]),
  slack_ns: [0, 0],
  stamp_mode: ["simulated" as const, "simulated" as const],
  reply: ["basic" as const, "basic" as const],
};

beforeAll(async () => {
  pool = openPool(tested.url, quiet);
  agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: { site: "fra" }, uses: 1, ttlSeconds: 600 }), "gateway");
  const now = await traceabilityStore(pool).now();
  const sources = [PTB, OWN];
  for (const [index, hoursAgo] of [50n, 26n, 2n].entries()) {
    const batch = batchOf(agent.id, [{ realtime: now - hoursAgo * HOUR, lo: -1000n, hi: 1000n }], { sources, exchanges: EXCHANGES });
    const agree = index === 1 ? [[0]] : [[0, 1]];
    expect((await agent.send({ ...batch, bounds: { ...batch.bounds, agree } })).status).toBe(200);
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await pool?.end();
});

async function truebound(...args: string[]) {
  const command = parseCommand(["traceability", ...args]);
  if (command.name !== "traceability") throw new Error(JSON.stringify(command));
  const ports = { store: traceabilityStore(pool), sha256: nodeCrypto.sha256, verify: nodeCrypto.verifyEd25519, files: documentFiles };
  return administerTraceability(ports, command.request);
}
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const chainOf = async (...more: string[]) => JSON.parse((await truebound("show", "gateway", "--json", ...more)).out);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const add = (...args: string[]) => truebound("document", "add", ...args, "--who", "ada");

describe("truebound traceability", () => {
  it("builds the chain of what was observed: sources, strata, upstreams, roots, and how often they agreed", async () => {
    const { chain, traceability } = await chainOf("--required");
    expect(chain.observed).toMatchObject({ hosts: ["gateway"], looks: 48, answered: 3 });
    expect(chain.observed.sources).toEqual([
      expect.objectContaining({ id: "ntp.example:123", strata: [2], upstreams: ["192.0.2.7"], looks: 3, agreed: 2, root_delay_ns: null }),
      expect.objectContaining({
        id: "ptbtime1.ptb.de:123",
        addresses: ["192.0.2.1"],
        strata: [1],
        upstreams: ["PTB"],
        looks: 3,
        agreed: 3,
        root_delay_ns: "1000000000",
        root_dispersion_ns: "15259",
        authenticated: 0,
      }),
    ]);
    expect(chain.observed.sources[0]).toMatchObject({ authenticated: 3, nts_identities: [`ntp.example, key ${KEY}`] });
    expect((await truebound("show", "gateway")).out).toContain(`authenticated by NTS in 3 of 3 looks, as ntp.example, key ${KEY}`);
    expect(traceability).toMatchObject({ kind: "invalid", broken: [{ what: "source_undocumented" }, { what: "source_undocumented" }] });
    expect((await truebound("show", "gateway")).out).toContain("--source 'ptbtime1.ptb.de:123' --reference 'UTC(PTB)'");
  });
  it("keeps documents with their files or their hashes only, and gives files back as they were", async () => {
    const bulletin = file("bulletin.txt", "UTC(PTB) and all that");
    const kept = await add(
      bulletin,
      "--kind",
      "bulletin",
      "--title",
      "Circular T",
      "--source",
      "ptbtime*",
      "--reference",
      "UTC(PTB)",
      "--uncertainty-ns",
      "5",
    );
    expect(kept).toMatchObject({ code: 0, err: expect.stringContaining("kept for good") });
    const hashed = await add(file("design.txt", "design"), "--kind", "design", "--title", "Design", "--hash-only");
    const out = join(folder, "again.txt");
    expect(await truebound("document", "get", kept.out.trim(), "--out", out)).toMatchObject({ code: 0 });
    expect(readFileSync(out, "utf8")).toBe("UTC(PTB) and all that");
    expect(await truebound("document", "get", kept.out.trim(), "--out", out)).toMatchObject({
      code: 1,
      err: expect.stringContaining("EEXIST"),
    });
    expect(await truebound("document", "get", hashed.out.trim(), "--out", join(folder, "none"))).toMatchObject({
      code: 1,
      err: expect.stringContaining(sha256("design")),
    });
    expect(existsSync(join(folder, "none"))).toBe(false);
    const { traceability, chain } = await chainOf("--required");
    expect(traceability.broken.map(({ words }: { words: string }) => words)).toEqual([expect.stringContaining("ntp.example:123")]);
    expect(chain.documents.map(({ sha256: one }: { sha256: string }) => one)).toEqual([sha256("UTC(PTB) and all that"), sha256("design")]);
  });
  it.each([
    ["source_statement", "no link of a chain without --source and --reference"],
    ["stamp_point", "no stamp point without --stamp-point"],
  ])("says at once what a %s lacks to count", async (kind, words) => {
    expect(await add(file("bare.txt", "bare"), "--kind", kind, "--title", "Bare")).toMatchObject({
      code: 0,
      err: expect.stringContaining(words),
    });
  });
  it("lets another document stand in for one, and nobody change one", async () => {
    const first = (await add(file("a.txt", "a"), "--kind", "other", "--title", "First")).out.trim();
    const second = (await add(file("b.txt", "b"), "--kind", "other", "--title", "Second", "--replaces", first)).out.trim();
    const titles = (await chainOf()).chain.documents.map(({ title }: { title: string }) => title);
    expect([titles.includes("First"), titles.includes("Second")]).toEqual([false, true]);
    const unknown = "00000000-0000-4000-8000-000000000000";
    expect(await add(file("c.txt", "c"), "--kind", "other", "--title", "C", "--replaces", unknown)).toMatchObject({
      code: 1,
      err: expect.stringContaining(unknown),
    });
    for (const sql of [
      `update chain_document set title = 'x' where id = '${second}'`,
      "delete from chain_document",
      "truncate chain_document cascade",
      "update chain_review set who = 'x'",
      "delete from chain_review",
    ])
      await expect(ask(tested.url, sql)).rejects.toThrow("never changed");
  });
  it("shows a document only for hosts that it is about", async () => {
    await add(file("ams.txt", "ams"), "--kind", "other", "--title", "Amsterdam", "--label", "site=ams");
    await add(file("fra.txt", "fra"), "--kind", "other", "--title", "Frankfurt", "--label", "site=fra");
    const titles = (await chainOf()).chain.documents.map(({ title }: { title: string }) => title);
    expect([titles.includes("Amsterdam"), titles.includes("Frankfurt")]).toEqual([false, true]);
  });
  it("compares with the review before, and knows when the next is due", async () => {
    const review = (...more: string[]) => truebound("review", "--label", "site=fra", ...more);
    const looked = await review("--dry-run");
    expect(looked).toMatchObject({ code: 0, err: expect.stringContaining("Nothing was signed") });
    expect(looked.out).toContain("this is the first review");
    expect((await chainOf()).chain.review).toBeNull();
    expect(await review("--who", "ada", "--statement", "seen whole")).toMatchObject({ code: 0 });
    const { chain, traceability } = await chainOf();
    expect(chain.review).toMatchObject({ who: "ada", statement: "seen whole" });
    expect(JSON.stringify(traceability)).not.toContain("review");
    expect((await review("--dry-run")).out).toContain("Nothing changed since");
    await add(
      file("new.txt", "new"),
      "--kind",
      "source_statement",
      "--title",
      "Our server",
      "--source",
      "ntp.example",
      "--reference",
      "UTC(PTB)",
    );
    expect((await review("--dry-run")).out).toContain('Document new: source_statement "Our server"');
    const [first] = (await get(`${tested.server.peopleUrl}/api/v1/traceability/documents`)).body.items;
    expect([first.reviewed_by, first.title]).toEqual(["ada", "Circular T"]);
    await ask(tested.url, "alter table chain_review disable trigger chain_review_stays");
    await ask(tested.url, "update chain_review set at = at - interval '310 days'");
    await ask(tested.url, "alter table chain_review enable trigger chain_review_stays");
    const due = (await get(`${tested.server.peopleUrl}/api/v1/hosts/gateway/traceability`)).body;
    await ask(
      tested.url,
      "update evidence set last_utc_ns = last_utc_ns - 40 * 86400000000000, first_utc_ns = first_utc_ns - 40 * 86400000000000",
    );
    const remembered = (await chainOf()).chain.observed;
    await ask(
      tested.url,
      "update evidence set last_utc_ns = last_utc_ns + 40 * 86400000000000, first_utc_ns = first_utc_ns + 40 * 86400000000000",
    );
    expect(remembered).toMatchObject({ answered: 1, sources: [{ id: "ntp.example:123" }, { id: "ptbtime1.ptb.de:123" }] });
    expect(remembered.from).not.toBe(due.chain.observed.from);
    expect(due.findings).toContainEqual({
      kind: "traceability_review_due",
      words: expect.stringContaining(due.review_due_at.slice(0, 10)),
    });
  });
});

describe("a stamp test as a document", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const x = (key: KeyObject) => key.export({ format: "jwk" }).x as string;
  const spread = { p50_ns: "1", p90_ns: "2", p99_ns: "3", max_ns: "4" };
  const statement = (more: Partial<StampStatement> = {}): StampStatement => ({
    format: STAMP_TEST,
    agent: agent.id,
    host: "gateway",
    software: "truebound-agent 0.1.0",
    boot_id: "b",
    command: ["node", "app.js"],
    stamp_point: "order gateway",
    began_at: formatUtc(utc(0n)),
    ended_at: formatUtc(utc(1n)),
    clock: "CLOCK_REALTIME",
    mode: "request_answer",
    rounds: 1000,
    warm_up: 10,
    load_workers: 2,
    processors: 2,
    error: { lo_ns: "-9000", hi_ns: "4000" },
    app_error_ns: "9000",
    unseen_phase_ns: "0",
    granularity: { format: "unix_ns", unit_ns: "1", effective_ns: "1", smallest_step_ns: "5", repeated: 0 },
    worst: { round: 3, stamp: "1", before_ns: "1", after_ns: "2", error: { lo_ns: "-9000", hi_ns: "1" } },
    round_time: spread,
    distribution: spread,
    ...more,
  });
  const signedBy = (key: KeyObject, publicPart: string, what: StampStatement) =>
    JSON.stringify({
      statement: what,
      public_key: publicPart,
      signature: sign(null, Buffer.from(stampStatementText(what)), key).toString("base64url"),
    });
  const take = (name: string, text: string) =>
    truebound("document", "add", "--stamp-test", file(name, text), "--label", "site=fra", "--who", "ada");

  it("is taken by the key of a host alone, unchanged, and gives stamp point and application error", async () => {
    const own = signedBy(agent.key, agent.publicKey, statement());
    expect(await take("foreign.json", signedBy(privateKey, x(publicKey), statement()))).toMatchObject({
      code: 1,
      err: expect.stringContaining("no host"),
    });
    expect(await take("changed.json", own.replace('"app_error_ns":"9000"', '"app_error_ns":"1"'))).toMatchObject({
      code: 1,
      err: expect.stringContaining("signature does not fit"),
    });
    expect(await take("odd.json", "{}")).toMatchObject({ code: 1, err: expect.stringContaining("no statement") });
    const arrivals = signedBy(agent.key, agent.publicKey, statement({ app_error_ns: null, mode: "arrivals" }));
    expect(await take("arrivals.json", arrivals)).toMatchObject({ code: 1, err: expect.stringContaining("--arrivals") });
    expect(await take("own.json", own)).toMatchObject({ code: 0, err: expect.stringContaining("9000 ns") });
    const { chain, traceability } = await chainOf();
    expect(chain.documents).toContainEqual(
      expect.objectContaining({ kind: "stamp_test", stamp_point: "order gateway", app_error_ns: "9000" }),
    );
    expect(JSON.stringify(traceability)).not.toContain("no_app_error");
  });
});

describe("the API", () => {
  it("answers as its schemas say", async () => {
    const one = async (path: string) => (await get(`${tested.server.peopleUrl}${path}`)).body;
    expect(validator(TraceabilityView).errors(await one("/api/v1/hosts/gateway/traceability?required=1&from=now-3d"))).toEqual([]);
    expect(validator(ChainDocumentList).errors(await one("/api/v1/traceability/documents"))).toEqual([]);
    expect(validator(ChainReviewList).errors(await one("/api/v1/traceability/reviews"))).toEqual([]);
  });
  it.each([
    ["/api/v1/hosts/nobody/traceability", 404],
    ["/api/v1/hosts/gateway/traceability?required=yes", 400],
    ["/api/v1/hosts/gateway/traceability?from=now&to=now-1d", 400],
  ])("refuses %s", async (path, status) => {
    expect(await get(`${tested.server.peopleUrl}${path}`)).toMatchObject({ status });
  });
});

describe("documents and reviews in the log", () => {
  it("are leaves, written with them or not at all", async () => {
    const told = await ask<{ kind: string; what: string }>(
      tested.url,
      `select entry ->> 'kind' as kind, entry ->> 'what' as what from log_pending
       union select kind, entry::jsonb ->> 'what' from log_entry where kind in ('document', 'signoff')`,
    );
    const logged = (kind: string) => told.filter((one) => one.kind === kind).map(({ what }) => what);
    const idsOf = async (table: string) =>
      (await ask<{ id: string }>(tested.url, `select id::text as id from ${table}`)).map(({ id }) => id);
    const [documents, reviews] = [await idsOf("chain_document"), await idsOf("chain_review")];
    expect([documents.length > 0, reviews.length > 0]).toEqual([true, true]);
    expect(logged("document").sort()).toEqual(documents.map((id) => `document ${id}`).sort());
    expect(logged("signoff").sort()).toEqual(reviews.map((id) => `review ${id}`).sort());
  });
});

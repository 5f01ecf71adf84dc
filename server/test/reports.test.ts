import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostsInTurn, type ReportManifest, verifyBundle } from "@truebound/audit";
import { parseUtc, utc } from "@truebound/time";
import { ROTATE_PATH, rotateText } from "@truebound/wire";
import type pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bundleFiles, bundleFolder } from "../src/adapters/bundle-folder.ts";
import { openReceiptKey } from "../src/adapters/crypto/receipt-key.ts";
import { acknowledge } from "../src/adapters/postgres/log/block-store.ts";
import { logCrypto } from "../src/adapters/postgres/log/log-crypto.ts";
import { SEQUENCER } from "../src/adapters/postgres/log/log-store.ts";
import { sequence } from "../src/adapters/postgres/log/sequencer.ts";
import { openPool, type Queryable } from "../src/adapters/postgres/pool.ts";
import { reportShelf } from "../src/adapters/postgres/report/report-book.ts";
import { reportEvidence } from "../src/adapters/postgres/report/report-evidence.ts";
import { makePartitions } from "../src/adapters/postgres/retention/keep-evidence.ts";
import { asOnlyOneInTurn } from "../src/adapters/postgres/singleton.ts";
import { reportPorts } from "../src/adapters/report-wiring.ts";
import { anchorKeeper } from "../src/adapters/tsa/anchor-keeper.ts";
import { verifyPorts } from "../src/adapters/verify/verify-ports.ts";
import { createReport } from "../src/report/create.ts";
import { tellCreated, tellReports, tellVerified } from "../src/report/report-command.ts";
import type { ReportRequest } from "../src/report/request.ts";
import { ask, quiet, receiptKeyFile } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { removeOld } from "./remove-old.ts";
import { sealLog } from "./seal-log.ts";
import { serverForTests } from "./server-under-test.ts";
import { apart, MINUTE, T0 } from "./signed-minutes.ts";
import { hasOpenssl, timeAuthority } from "./time-authority.ts";

const tested = serverForTests();
const folder = mkdtempSync(join(tmpdir(), "reports-"));
let pool: pg.Pool;
beforeAll(async () => {
  pool = openPool(tested.url, quiet);
  await ask(tested.url, `insert into evidence_rule (selector, class, days) values ('{"keep":"audit"}', 'audit', 36500)`);
});
afterAll(async () => {
  await pool?.end();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
});

const LEAPS = { updated: utc(0n), expires: utc(2n ** 62n), rows: [{ from: utc(1_483_228_800_000_000_000n), taiMinusUtc: 37 }] };
const WATCHING = { progress: () => undefined, signal: new AbortController().signal };
const ports = () =>
  reportPorts({ pool, archive: null, signer: openReceiptKey(receiptKeyFile), leaps: () => LEAPS, render: async () => [] });

/** What happens to the fleet and its log meanwhile, right after the report sealed it. */
const whileMade =
  (then: () => Promise<unknown>): ReturnType<typeof ports> =>
  (sink) => {
    const all = ports()(sink);
    const seal = async () => {
      const sealed = await all.log.seal();
      await then();
      return sealed;
    };
    return { ...all, log: { ...all.log, seal } };
  };

async function create(name: string, request: Partial<ReportRequest> & Pick<ReportRequest, "hosts">, regenerate = false, by = ports()) {
  const out = join(folder, name);
  const asked = { from: utc(T0 + 5n * MINUTE), to: utc(T0 + 35n * MINUTE), profiles: ["us-cat-member"], ...request };
  const told = await tellCreated(
    { sink: bundleFolder, ports: by, shelf: reportShelf(pool), watching: WATCHING },
    { do: "create", request: asked, out, regenerate, json: false },
  );
  return { told, out, manifest: () => JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as ReportManifest };
}
/** The sequencer, as it would work in another month by the clock of the database. */
async function sealAt(month: string): Promise<void> {
  const client = await pool.connect();
  const now_ns = parseUtc(`${month}-15T00:00:00Z`);
  const query = (asked: Parameters<Queryable["query"]>[0], values?: unknown[]) =>
    typeof asked === "string" && asked.startsWith("select to_char(clock_timestamp()")
      ? Promise.resolve({ rows: [{ shard: month, now_ns }] })
      : client.query(asked, values);
  try {
    await sequence({ query } as Queryable, { crypto: logCrypto, signer: openReceiptKey(receiptKeyFile) });
  } finally {
    client.release();
  }
}
const verified = (out: string) => verifyBundle({ ...verifyPorts, files: bundleFiles(out) });

async function enrolled(name: string): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: { keep: "audit" }, uses: 1, ttlSeconds: 600 }), name);
  await ask(tested.url, "update host set enrolled_at = '2025-01-01' where id = $1", [agent.id]);
  return agent;
}

/** What it sends from here on is signed by another key, which the one before vouched for. */
async function changeKey(agent: FakeAgent): Promise<void> {
  const asked = await fetch(`${tested.server.agentsUrl}/api/v1/enroll/challenge`, { method: "POST" });
  const { challenge } = (await asked.json()) as { challenge: string };
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const change = { challenge, agent: agent.id, public_key: String(publicKey.export({ format: "jwk" }).x) };
  const signed = (by: KeyObject) => sign(null, Buffer.from(rotateText(change)), by).toString("base64url");
  const told = await agent.postSigned(ROTATE_PATH, {
    version: 1,
    ...change,
    old_signature: signed(agent.key),
    new_signature: signed(privateKey),
  });
  expect(told.status).toBe(200);
  Object.assign(agent, { key: privateKey });
}

/** Spans that join, each signed apart: what an agent says of forty minutes. */
async function fortyMinutes(agent: FakeAgent): Promise<void> {
  for (let minute = 0; minute < 40; minute += 4)
    expect((await agent.sendAll([0, 1, 2, 3].map((one) => apart(agent, minute + one)))).status).toBe(200);
}

/** As if it had come years ago, so that all of it is past its age. */
async function pass(agent: FakeAgent): Promise<void> {
  await ask(tested.url, "update evidence set received_at = received_at - make_interval(days => 400) where host_id = $1", [agent.id]);
  await ask(tested.url, "update host_state set checkpointed_seq = seq where host_id = $1", [agent.id]);
  await makePartitions(pool, quiet);
  await removeOld(pool, { rollupDays: 100_000 }, quiet);
}

describe("a report of a real database", () => {
  it("is of a host that enrolled anew since, for the time before too", async () => {
    const agent = new FakeAgent(tested.server.agentsUrl);
    const token = () => tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 });
    await agent.enrol(await token(), "leaver");
    await agent.send(apart(agent, 0));
    await sealLog(tested.url);
    const [row] = await ask<{ now: bigint }>(tested.url, "select utc_ns(clock_timestamp()) as now");
    const now = utc(BigInt(row?.now ?? 0));
    const names = async () => (await reportEvidence(pool, null).hosts(utc(now - 1n), now)).map(({ name }) => name);
    expect(await names()).toEqual(["leaver"]);
    await ask(tested.url, "update host set state = 'retired', retired_at = clock_timestamp() where id = $1", [agent.id]);
    const waiting = await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600, approval: true });
    expect((await agent.enrol(waiting, "comer")).status).toBeLessThan(300);
    expect(await names()).toEqual(["comer"]);
  });

  it("verifies by itself, is listed, and is remembered in the log", async () => {
    const agent = await enrolled("reported");
    await fortyMinutes(agent);
    const { told, out, manifest } = await create("one", { hosts: ["reported"] });
    expect(told).toMatchObject({ code: 0, err: "" });
    expect(told.out).toMatch(/^Report .*, final\n {2}verdicts {2}[A-Z_]+ 1\n/);
    expect(told.out).toContain("UNVERIFIED FIGURES: not read in the words of whoever set them, in us-cat-member");
    expect(await verified(out)).toMatchObject({ kind: "holds", records: 40 });
    expect(manifest()).toMatchObject({
      final: true,
      demo: false,
      hosts: [{ id: agent.id, name: "reported", chains: [{ epoch: 1, first_seq: 1, last_seq: 40, lost: [] }] }],
      results: [{ name: "reported", profile: "us-cat-member", scope: "by-hand/us-cat-member" }],
    });
    expect((await tellReports(reportShelf(pool), false)).out).toContain(manifest().id);
    const [pending] = await ask<{ entry: { report: string } }>(
      tested.url,
      "select entry from log_pending where entry ->> 'kind' = 'export'",
    );
    expect(pending?.entry.report).toBe(manifest().id);
    await expect(ask(tested.url, "delete from report")).rejects.toThrow("never changed");
  });

  it("names the one before, and shows that the log went on from there", async () => {
    const agent = await enrolled("followed");
    await fortyMinutes(agent);
    const first = await create("first", { hosts: ["followed"] });
    const { id } = first.manifest();
    await agent.send(apart(agent, 40));
    const second = await create("second", { hosts: ["followed"] }, true);
    expect(second.told).toMatchObject({ code: 0 });
    expect(second.told.err).toContain(`The results are those of report ${id}`);
    expect(second.manifest().previous).toMatchObject({ id });
    expect(await verified(second.out)).toMatchObject({ kind: "holds" });
  });

  it("rests on signed minutes when batches are gone", async () => {
    const agent = await enrolled("condensed");
    await fortyMinutes(agent);
    const before = await create("before", { hosts: ["condensed"] });
    const verdicts = ({ results }: ReportManifest) => results.map(({ totals }) => totals);
    const proved = verdicts(before.manifest());
    await pass(agent);
    expect(await ask(tested.url, "select seq from evidence where host_id = $1", [agent.id])).toEqual([]);
    const after = await create("after", { hosts: ["condensed"] });
    expect(await verified(after.out)).toMatchObject({ kind: "holds", records: 40 });
    expect(readFileSync(join(after.out, "evidence", `${agent.id}.ndjson`), "utf8")).toContain('"kind":"statement"');
    expect(BigInt(verdicts(after.manifest())[0]?.compliant_ns ?? "0")).toBeGreaterThan(0n);
    expect(proved).toHaveLength(1);
  });

  it("counts each batch once where it came twice, late, or by another key of its host", async () => {
    const agent = await enrolled("changing");
    const four = (minute: number) => [0, 1, 2, 3].map((one) => apart(agent, minute + one));
    for (let minute = 0; minute < 20; minute += 4) {
      const { seq, prev } = agent;
      await agent.sendAll(four(minute));
      Object.assign(agent, { seq, prev });
      expect((await agent.sendAll(four(minute))).body).toMatchObject({ verdict: "duplicate" });
    }
    await changeKey(agent);
    for (let minute = 20; minute < 36; minute += 4) await agent.sendAll(four(minute));
    const first = await create("first", { hosts: ["changing"] });
    expect(first.manifest().hosts[0]).toMatchObject({ chains: [{ first_seq: 1, last_seq: 36, lost: [] }], keys: [{}, {}] });
    expect(await verified(first.out)).toMatchObject({ kind: "holds", records: 36 });
    await agent.sendAll(four(36));
    const late = await create("late", { hosts: ["changing"] }, true);
    expect(late.told).toMatchObject({ code: 1, err: expect.stringContaining("evidence came or went since") });
    expect(await verified(late.out)).toMatchObject({ kind: "holds", records: 40 });
    await pass(agent);
    const stated = await create("stated", { hosts: ["changing"] });
    expect(await verified(stated.out)).toMatchObject({ kind: "holds", records: 40 });
    expect(stated.manifest().hosts[0]?.chains).toMatchObject([{ first_seq: 1, last_seq: 40, lost: [] }]);
  });

  it("loses nothing that retention takes the batches of while it is read", async () => {
    const agent = await enrolled("thinned");
    await fortyMinutes(agent);
    let passes = 0;
    const thinned: ReturnType<typeof ports> = (sink) => {
      const all = ports()(sink);
      const statements: typeof all.evidence.statements = async (...asked) => {
        const found = await all.evidence.statements(...asked);
        if (passes++ === 0) await pass(agent);
        return found;
      };
      return { ...all, evidence: { ...all.evidence, statements } };
    };
    const { told, out, manifest } = await create("thinned", { hosts: ["thinned"] }, false, thinned);
    expect(told.err).toBe("");
    expect(manifest().hosts[0]?.chains).toMatchObject([{ first_seq: 1, last_seq: 40, lost: [] }]);
    expect(await verified(out)).toMatchObject({ kind: "holds", records: 40 });
    expect(await create("again", { hosts: ["thinned"] }, true)).toMatchObject({ told: { code: 0 } });
  });

  it("rests on what was logged when it was sealed, however much comes while it is made", async () => {
    const agent = await enrolled("busy");
    for (let minute = 0; minute < 20; minute += 4) await agent.sendAll([0, 1, 2, 3].map((one) => apart(agent, minute + one)));
    const more = async () => {
      await agent.sendAll([20, 21, 22, 23].map((minute) => apart(agent, minute)));
      await sealLog(tested.url);
    };
    const { told, out, manifest } = await create("busy", { hosts: ["busy"] }, false, whileMade(more));
    expect(told.err).toBe("");
    expect(await verified(out)).toMatchObject({ kind: "holds", records: 20 });
    expect(manifest().hosts[0]?.chains).toMatchObject([{ first_seq: 1, last_seq: 20 }]);
    expect(await verified((await create("later", { hosts: ["busy"] })).out)).toMatchObject({ kind: "holds", records: 24 });
  });

  it("holds after the clock of the database was set back over the end of a month", async () => {
    const agent = await enrolled("back");
    for (let minute = 0; minute < 20; minute += 4) await agent.sendAll([0, 1, 2, 3].map((one) => apart(agent, minute + one)));
    await sealAt("2030-01");
    for (let minute = 20; minute < 40; minute += 4) await agent.sendAll([0, 1, 2, 3].map((one) => apart(agent, minute + one)));
    const { out } = await create("back", { hosts: ["back"] });
    expect(await verified(out)).toMatchObject({ kind: "holds", records: 40 });
  });

  it("goes on from another one that is made at once by another process, and is cancelled while it waits", async () => {
    const agent = await enrolled("at-once");
    await fortyMinutes(agent);
    const stop = new AbortController();
    const third = async () => {
      const asked = { from: utc(T0), to: utc(T0 + MINUTE), profiles: ["us-cat-member"], hosts: ["at-once"] };
      const waiting = createReport(ports()(bundleFolder(join(folder, "third"))), asked, { ...WATCHING, signal: stop.signal });
      stop.abort();
      await expect(waiting).rejects.toThrow("Cancelled while it waited for another report");
    };
    const [one, other] = await Promise.all([
      create("at-once-1", { hosts: ["at-once"] }, false, whileMade(third)),
      create("at-once-2", { hosts: ["at-once"] }),
    ]);
    expect([one.told.err, other.told.err]).toEqual(["", ""]);
    const [first, second] = [one.manifest(), other.manifest()];
    expect([first.previous?.id === second.id, second.previous?.id === first.id]).toContain(true);
    expect([await verified(one.out), await verified(other.out)]).toMatchObject([{ kind: "holds" }, { kind: "holds" }]);
  });

  it("is not written into a folder that is there", async () => {
    const { told } = await create("", { hosts: ["reported"] });
    expect(told).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Cannot write a report to \S+: it is there already; name a folder that is not\n$/),
    });
  });

  it("holds all pairs of its hosts against a limit between two clocks", async () => {
    const [one, other] = [await enrolled("node-1"), await enrolled("node-2")];
    for (const agent of [one, other]) await fortyMinutes(agent);
    const { told, out, manifest } = await create("pairs", { profiles: ["cockroachdb"], hosts: ["node-1", "node-2"] });
    expect(told).toMatchObject({ code: 0, err: "" });
    expect(manifest().results).toMatchObject([
      {
        host: null,
        name: "pairs of by-hand/cockroachdb among the hosts that were named",
        profile: "cockroachdb",
        terms: { limit_ns: ["-400000000", "400000000"], horizon_ns: "30000000000" },
        group: {
          members: [
            { host: one.id, name: "node-1" },
            { host: other.id, name: "node-2" },
          ],
          pairs: 1,
          pairs_outside: 0,
        },
      },
    ]);
    expect(BigInt(manifest().results[0]?.totals.compliant_ns ?? "0")).toBeGreaterThan(0n);
    const shown = await tellVerified(verifyPorts, bundleFiles(out), hostsInTurn, {
      do: "verify",
      bundle: out,
      keyId: null,
      countersigned: false,
      json: false,
    });
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.out).toContain("80 records of 2 hosts, 1 results recomputed");
    expect((await tellReports(reportShelf(pool), false)).out).toContain("by-hand/cockroachdb: cockroachdb");
  });

  it("leaves nothing of itself when it cannot be made", async () => {
    const { told, out } = await create("nobody", { hosts: ["nobody-of-that-name"] });
    expect(told).toMatchObject({ code: 1, out: "" });
    expect(told.err).toContain("none of that name was enrolled in the period");
    expect([existsSync(out), existsSync(`${out}.partial`)]).toEqual([false, false]);
  });

  it("counts what could not be read as evidence of nothing", async () => {
    const agent = await enrolled("unreadable");
    await agent.send(apart(agent, 10));
    await agent.send("{");
    await agent.send(apart(agent, 11));
    await agent.send(batchOf(agent.id, [{ realtime: T0 + 50n * MINUTE, lo: -1n, hi: 1n }]));
    const { out, manifest } = await create("unreadable", { hosts: ["unreadable"] });
    expect(manifest().hosts[0]?.chains).toEqual([{ epoch: 1, first_seq: 1, last_seq: 4, lost: [], unreadable: 1 }]);
    expect(await verified(out)).toMatchObject({ kind: "holds" });
  });

  it("counts nothing from where the log of its host stops, and says so; when somebody has looked, all but that", async () => {
    const agent = await enrolled("flipped");
    await asOnlyOneInTurn(pool, SEQUENCER, async () => {
      await fortyMinutes(agent);
      await ask(tested.url, "update evidence set body = set_byte(body, 40, get_byte(body, 40) # 1) where host_id = $1 and seq = 21", [
        agent.id,
      ]);
    });
    const findings = (manifest: ReportManifest) => manifest.results[0]?.findings.filter(({ kind }) => /log_stopped|mismatch/.test(kind));
    const proven = (manifest: ReportManifest) => BigInt(manifest.results[0]?.totals.compliant_ns ?? 0);
    const stopped = await create("stopped", { hosts: ["flipped"] });
    expect(stopped.told).toMatchObject({ code: 0 });
    expect(await verified(stopped.out)).toMatchObject({ kind: "holds" });
    expect(findings(stopped.manifest())).toEqual([
      {
        kind: "log_stopped",
        words:
          "The log of this host stops before batch 1/21, which is not what was received (changed): nothing from there on counts, 20 batches of the period do not count until somebody has looked (truebound log show)",
      },
    ]);
    expect(stopped.manifest().hosts[0]?.chains).toEqual([
      { epoch: 1, first_seq: expect.any(Number), last_seq: 20, lost: [], unreadable: 0 },
    ]);
    const pairs = await create("stopped-pairs", { profiles: ["cockroachdb"], hosts: ["flipped"] });
    expect(await verified(pairs.out)).toMatchObject({ kind: "holds" });
    expect(findings(pairs.manifest())).toEqual([
      { kind: "log_stopped", words: expect.stringMatching(/^flipped: The log of this host stops before batch 1\/21/) as unknown },
    ]);
    await acknowledge(pool, "flipped", "a page of the disk");
    const looked = await create("looked", { hosts: ["flipped"] });
    expect(await verified(looked.out)).toMatchObject({ kind: "holds" });
    expect(findings(looked.manifest())).toEqual([
      { kind: "evidence_mismatch", words: expect.stringMatching(/^4 batches of the period do not count: they, or others/) as unknown },
    ]);
    expect(looked.manifest().hosts[0]?.chains[0]?.lost).toEqual([[21, 24]]);
    expect(proven(looked.manifest())).toBeGreaterThan(proven(stopped.manifest()));
  });
  it("is found out by the command when one byte of its evidence changes", async () => {
    const agent = await enrolled("tampered");
    await fortyMinutes(agent);
    const { out } = await create("tampered", { hosts: ["tampered"] });
    const file = join(out, "evidence", `${agent.id}.ndjson`);
    const lines = readFileSync(file, "utf8").split("\n");
    const line = JSON.parse(lines[6] as string) as { body: string };
    lines[6] = JSON.stringify({ ...line, body: `${line.body.slice(0, 100)}${line.body[100] === "A" ? "B" : "A"}${line.body.slice(101)}` });
    writeFileSync(file, lines.join("\n"));
    const told = await tellVerified(verifyPorts, bundleFiles(out), hostsInTurn, {
      do: "verify",
      bundle: out,
      keyId: null,
      countersigned: false,
      json: false,
    });
    expect(told).toEqual({
      code: 1,
      out: "",
      err: `Does not hold: step evidence, host ${agent.id}, epoch 1, seq 6, rule body: Its bytes are not those that were hashed\n`,
    });
  });

  it.runIf(hasOpenssl)("carries the newest token over its log, which holds for nothing else", async () => {
    const agent = await enrolled("anchored");
    await fortyMinutes(agent);
    const authority = timeAuthority();
    const settings = { url: "http://127.0.0.1:1/tsa", allowPrivate: true, roots: null };
    await create("unanchored", { hosts: ["anchored"] });
    await anchorKeeper(pool, settings, async (_, request) => authority.reply(request), quiet).look();
    await agent.send(apart(agent, 40));
    const { out, manifest } = await create("anchored", { hosts: ["anchored"] });
    authority.end();
    expect(manifest().log.anchor_period_ns).toBe("3600000000000");
    expect(await verified(out)).toMatchObject({ kind: "holds" });
    const [name = ""] = readdirSync(join(out, "anchors"));
    const response = readFileSync(join(out, "anchors", name));
    writeFileSync(join(out, "anchors", name), response.fill(0, response.length - 8));
    expect(await verified(out)).toMatchObject({ kind: "fails", failure: { step: "anchors", rule: "anchor" } });
    rmSync(join(out, "anchors", name));
    expect(await verified(out)).toMatchObject({ kind: "fails", failure: { step: "anchors", rule: "missing" } });
  });
});

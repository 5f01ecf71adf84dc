import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { canonicalJson, keyId, type ReportManifest, renderedText, reportText, resultsText, verifyBundle } from "@truebound/audit";
import { beforeAll, describe, expect, it } from "vitest";
import { bundleFiles } from "../server/src/adapters/bundle-folder.ts";
import { verifyPorts } from "../server/src/adapters/verify/verify-ports.ts";
import type { MemoryBundle } from "../server/src/report/memory-bundle.fixture.ts";
import { checks, sha256Hex } from "../server/src/report/memory-crypto.fixture.ts";
import type { MemoryHost } from "../server/src/report/memory-host.fixture.ts";
import { type World, worldOf } from "../server/src/report/memory-world.fixture.ts";
import { batchOf } from "../server/test/fake-agent.ts";
import { HAS_PYTHON, NEEDS_PYTHON, secondSaysOf, VERIFIER } from "./two-verifiers.ts";
import { FROM, reported, S, troubledWorld } from "./verified-scene.ts";

/**
 * Two readers of one file must read the same, or an issuer has a report that one verifier accepts and the other refuses. What is
 * changed here changes no signed fact, only how it is written: neither verifier may take what the other might read in another way.
 */
let world: World;
let bundle: MemoryBundle;
beforeAll(async () => {
  world = troubledWorld(7, 2);
  bundle = await reported(world);
});

const evidence = (): string => `evidence/${world.hosts[0]?.facts.id}.ndjson`;

function withText(name: string, change: (text: string) => string): MemoryBundle {
  const copy = bundle.copy();
  const after = change(copy.text(name));
  expect(after).not.toBe(copy.text(name));
  copy.files.set(name, Buffer.from(after));
  return copy;
}

/** Signed by the issuer, whatever it says. */
function signed(text: string): MemoryBundle {
  const copy = bundle.copy();
  const sha256 = sha256Hex(text);
  const over = (said: string): string => Buffer.from(world.key.sign(said)).toString("base64url");
  const public_key = Buffer.from(world.key.publicKey).toString("base64url");
  const { files } = JSON.parse(copy.text("rendered.json")) as { files: Record<string, string> };
  copy.files.set("manifest.json", Buffer.from(text));
  copy.files.set(
    "manifest.sig",
    Buffer.from(JSON.stringify({ key_id: keyId(world.key.publicKey, checks), public_key, signature: over(reportText(sha256)) })),
  );
  copy.files.set("rendered.json", Buffer.from(JSON.stringify({ files, signature: over(renderedText(sha256, files)) })));
  return copy;
}

type Said = Record<string, unknown>;
const manifestOf = (): ReportManifest => JSON.parse(bundle.text("manifest.json"));
function said(change: (manifest: ReportManifest) => object): MemoryBundle {
  const changed = JSON.parse(JSON.stringify(change(manifestOf()))) as ReportManifest;
  return signed(canonicalJson({ ...changed, results_sha256: sha256Hex(resultsText(changed)) } as never));
}
const ofResults = (change: (one: ReportManifest["results"][number]) => object) => () =>
  said((one) => ({ ...one, results: one.results.map(change) }));
/** In the scope and in each result alike. */
const ofTerms = (terms: Said) => () =>
  said((one) => ({
    ...one,
    scopes: one.scopes.map((scope) => ({ ...scope, ...terms })),
    results: one.results.map((result) => ({ ...result, terms: { ...result.terms, ...terms } })),
  }));
const inEvidence = (change: (text: string) => string) => () => withText(evidence(), change);
const inLog = (change: (text: string) => string) => () => withText("log.ndjson", change);
const beforeFirst = (name: string) => inEvidence((text) => text.replace('{"kind":"batch"', `{${name},"kind":"batch"`));
const nested = (depth: number): string => `${"[".repeat(depth)}${"]".repeat(depth)}`;
const tile = (level: number): string => `{"kind":"tile","shard":"2026-03","level":${level},"tile":0,"hashes":""}\n`;

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const upperCase = (name: string) => (text: string) =>
  text.replace(new RegExp(`"${name}":"([^"]+)"`), (_, hex: string) => `"${name}":"${hex.toUpperCase()}"`);

type Case = readonly [string, () => MemoryBundle, ((folder: string) => unknown)?];
const WRITTEN_OTHERWISE: readonly Case[] = [
  ["whether a batch is whole is a number", inEvidence((text) => text.replaceAll('"whole":true', '"whole":1'))],
  ["an epoch is 1.0", inEvidence((text) => text.replaceAll('"epoch":1,', '"epoch":1.0,'))],
  ["a number is 1e0", inEvidence((text) => text.replace('"seq":1,', '"seq":1e0,'))],
  ["a place in the log is 7.0", inEvidence((text) => text.replace(/"index":(\d+),/, '"index":$1.0,'))],
  ["a level is false", inLog((text) => text.replaceAll('"level":0,', '"level":false,'))],
  ["a level is -0", inLog((text) => text.replaceAll('"level":0,', '"level":-0,'))],
  ["a level is higher than any", inLog((text) => text + tile(60_000_000))],
  ["a name comes twice", inEvidence((text) => text.replaceAll('"whole":true', '"whole":false,"whole":true'))],
  ["a carriage return ends a line", inEvidence((text) => text.replace('}\n{"kind":"batch"', '}\r{"kind":"batch"'))],
  ["lines end as on Windows", inEvidence((text) => text.replaceAll("\n", "\r\n"))],
  ["the last line has no end", inEvidence((text) => text.slice(0, -1))],
  ["there is a mark of the byte order", inEvidence((text) => `\uFEFF${text}`)],
  ["there is one in the log", inLog((text) => `\uFEFF${text}`)],
  ["there is one in the signature", () => withText("manifest.sig", (text) => `\uFEFF${text}`)],
  ["there is NaN", beforeFirst('"x":NaN')],
  ["a number is beyond 2^53", beforeFirst('"x":9007199254740992')],
  ["a number has 5000 digits", beforeFirst(`"x":${"9".repeat(5000)}`)],
  ["lists lie in lists", beforeFirst(`"x":${nested(100_000)}`)],
  ["lists lie in 500 lists", beforeFirst(`"x":${nested(500)}`)],
  ["they do in the manifest", () => said((one) => ({ ...one, x: JSON.parse(nested(500)) as unknown }))],
  ["names that are numbers are in another order", beforeFirst('"10":1,"9":1')],
  ["there is half a character", beforeFirst('"x":"\\ud800"')],
  ["there are spaces", inEvidence((text) => text.replace('{"kind"', '{ "kind"'))],
  [
    "base64 has bits of no byte",
    inEvidence((text) =>
      text.replace(
        /"body":"([^"=]*)([A-Za-z0-9+/])=/,
        (_, before: string, last: string) => `"body":"${before}${BASE64[BASE64.indexOf(last) ^ 1]}=`,
      ),
    ),
  ],
  ["hex is in capitals", inEvidence(upperCase("salt"))],
  ["the root of a head is", inLog(upperCase("root"))],
  ["a head names another key", inLog((text) => text.replace(/"key_id":"[^"]+"/, '"key_id":"xxxx"'))],
  ["a size is 242.0", inLog((text) => text.replace(/"size":(\d+)/, '"size":$1.0'))],
  ["a proof is missing", inLog((text) => `${text}{"kind":"consistency","shard":"2026-03","from":1,"to":5}\n`)],
  ["the manifest has 1.5", () => said((one) => ({ ...one, x: 1.5 }))],
  ["it has 2^53", () => said((one) => ({ ...one, x: 2 ** 53 }))],
  ["its head says nothing", () => said((one) => ({ ...one, log: { ...one.log, head: {} } }))],
  [
    "the number of the first batch is true",
    () =>
      said((one) => ({
        ...one,
        hosts: one.hosts.map((host) => ({ ...host, chains: host.chains.map((chain) => ({ ...chain, first_seq: true })) })),
      })),
  ],
  [
    "a chain says more",
    () =>
      said((one) => ({
        ...one,
        hosts: one.hosts.map((host) => ({ ...host, chains: host.chains.map((chain) => ({ ...chain, note: "" })) })),
      })),
  ],
  ["a host is there twice", () => said((one) => ({ ...one, hosts: [...one.hosts, ...one.hosts.slice(-1)] }))],
  ["a result says more", ofResults((one) => ({ ...one, grade: "A" }))],
  ["terms say more", ofResults((one) => ({ ...one, terms: { ...one.terms, grade: "A" } }))],
  ["a result says less", ofResults((one) => ({ ...one, findings: undefined }))],
  ["no conflicts is false", ofResults((one) => ({ ...one, counts: { ...one.counts, conflicts: one.counts.conflicts || false } }))],
  ["no demo is 0", () => said((one) => ({ ...one, demo: 0 }))],
  ["final is 1", () => said((one) => ({ ...one, final: 1 }))],
  ["yes is 1", ofTerms({ counts_unverified: 1 })],
  ["the least share is a text", ofTerms({ minimum_proven_ppm: "x" })],
  ["documents are a text", ofResults((one) => ({ ...one, documents: "gnss" }))],
  ["there is no report before it, and that is false", () => said((one) => ({ ...one, previous: false }))],
  ["the installation is a list", () => said((one) => ({ ...one, issuer: { ...one.issuer, installation: [one.issuer.installation] } }))],
  ["a leap has a remark", () => said((one) => ({ ...one, leap_table: one.leap_table.map((row) => [...row, ""]) }))],
  ["a horizon is hex", ofTerms({ horizon_ns: "0xa7a358200" })],
  ["a horizon has an underscore", ofTerms({ horizon_ns: "45_000000000" })],
  ["the error of an application is negative", ofTerms({ app_error_ns: "-100000" })],
  ["the least share is negative", ofTerms({ minimum_proven_ppm: -1 })],
  [
    "an instant has no fraction",
    ofResults((one) => ({ ...one, schedule: one.schedule.map(([a, b]) => [a.replace(".000000000Z", "Z"), b]) })),
  ],
  ["an instant has no Z", () => said((one) => ({ ...one, created_at: one.created_at.slice(0, -1) }))],
  ["a day is none", () => said((one) => ({ ...one, created_at: "2031-02-31T00:00:00.000000000Z" }))],
  ["a session ends before it begins", ofResults((one) => ({ ...one, schedule: one.schedule.map(([a, b]) => [b, a]) }))],
  ["an hour is a leap", () => said((one) => ({ ...one, leap_table: [...one.leap_table, ["2018-01-01T00:00:00.000000000Z", 3637]] }))],
  ["a leap is within a month", () => said((one) => ({ ...one, leap_table: [...one.leap_table, ["2018-01-02T00:00:00.000000000Z", 38]] }))],
  [
    "a profile has two forms",
    () => {
      const profile = { ...manifestOf().profiles[0]?.profile, limit_ns: ["-900000", "900000"] };
      return said((one) => ({ ...one, profiles: [...one.profiles, { profile, sha256: sha256Hex(canonicalJson(profile as never)) }] }));
    },
  ],
  [
    "a limit has the id of a law and another number",
    () => {
      const profile = { ...manifestOf().profiles[0]?.profile, id: "eu-2017-574-hft" };
      return said((one) => ({
        ...one,
        profiles: [{ profile, sha256: sha256Hex(canonicalJson(profile as never)) }],
        scopes: one.scopes.map((scope) => ({ ...scope, profile: "eu-2017-574-hft" })),
        results: one.results.map((result) => ({ ...result, profile: "eu-2017-574-hft" })),
        totals: { ...one.totals, worst: one.totals.worst && { ...one.totals.worst, profile: "eu-2017-574-hft" } },
      }));
    },
  ],
  [
    "evidence lies elsewhere",
    () => bundle,
    (folder) => {
      renameSync(join(folder, evidence()), join(folder, "elsewhere"));
      symlinkSync(join(folder, "elsewhere"), join(folder, evidence()));
    },
  ],
  ...["manifest.json", "log.ndjson"].map(
    (name): Case => [
      `a pipe is in the place of ${name}`,
      () => bundle,
      (folder) => {
        rmSync(join(folder, name));
        expect(spawnSync("mkfifo", [join(folder, name)]).status).toBe(0);
      },
    ],
  ),
  [
    "what never ends is in the place of the log",
    () => bundle,
    (folder) => [rmSync(join(folder, "log.ndjson")), symlinkSync("/dev/zero", join(folder, "log.ndjson"))],
  ],
  [
    "a folder is in the place of the log",
    () => bundle,
    (folder) => [rmSync(join(folder, "log.ndjson")), mkdirSync(join(folder, "log.ndjson"))],
  ],
  [
    "a file is in the place of the evidence",
    () => bundle,
    (folder) => [rmSync(join(folder, "evidence"), { recursive: true }), writeFileSync(join(folder, "evidence"), "")],
  ],
  ["the manifest is larger than any", () => bundle, (folder) => truncateSync(join(folder, "manifest.json"), 600_000_000)],
  ["a line of the log is longer than any", () => bundle, (folder) => truncateSync(join(folder, "log.ndjson"), 100_000_000)],
  ["a line of the evidence is", () => bundle, (folder) => truncateSync(join(folder, evidence()), 100_000_000)],
  ["the second line is none", inEvidence((text) => text.replace("\n", "\n{"))],
  [
    "batches without a signature are followed by another one, which is not as it was hashed",
    inEvidence((text) => {
      const [first, second, _, next, ...rest] = text.split("\n");
      expect(next).toContain('"seq":3,');
      return [first, second, next?.replace('"seq":3,', '"seq":4,'), ...rest].join("\n");
    }),
  ],
  [
    "something else lies beside the anchors",
    () => bundle,
    (folder) => {
      mkdirSync(join(folder, "anchors"), { recursive: true });
      writeFileSync(join(folder, "anchors/README"), "");
    },
  ],
];

interface Verdicts {
  readonly first: Readonly<Record<string, unknown>> | null;
  readonly second: ReturnType<typeof secondSaysOf>;
}

/** As both read it from a folder. */
async function readBy(files: MemoryBundle, change?: (folder: string) => unknown): Promise<Verdicts> {
  const folder = mkdtempSync(join(tmpdir(), "truebound-bundle-"));
  try {
    for (const [name, bytes] of files.files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    change?.(folder);
    const first = await verifyBundle({ ...verifyPorts, files: bundleFiles(folder) });
    if (first.kind === "holds") return { first: null, second: secondSaysOf(folder) };
    const { detail, ...failure } = first.failure;
    expect(detail).not.toBe("");
    return { first: failure, second: secondSaysOf(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A report of one batch, as its agent wrote it. */
async function writtenBy(rewrite: (text: string) => string) {
  const { hosts, ...one } = worldOf(1);
  const [host] = hosts as [MemoryHost];
  const row = { realtime: FROM + 60n * S, raw: 1n, lo: -1000n, hi: 1000n };
  const write = (batch: object): string => {
    const text = JSON.stringify(batch);
    expect(rewrite(text)).not.toBe(text);
    return rewrite(text);
  };
  host.report([batchOf(host.facts.id, [row])], write);
  return { written: await reported({ ...one, hosts }), id: host.facts.id };
}

describe.skipIf(!HAS_PYTHON)(`a report that is written in another way${NEEDS_PYTHON}`, () => {
  it("holds for both as it was made", async () => {
    expect(await readBy(bundle)).toEqual({ first: null, second: null });
  });
  it.each(WRITTEN_OTHERWISE.map(([name, ...rest]) => [name, rest] as const))("holds for neither: %s", async (_, [make, change]) => {
    const { first, second } = await readBy(make(), change);
    expect(first).not.toBeNull();
    expect(second).toEqual(first);
  });
  it.each([
    [
      "as 2e5 and 500.0, it holds for both",
      (text: string) => text.replace('"rho_ppb":200000', '"rho_ppb":2e5').replace(":500,", ":500.0,"),
    ],
    ["twice, it is not whole, and holds for both", (text: string) => text.replace('"rho_ppb":', '"rho_ppb":1,"rho_ppb":')],
  ])("where an agent writes a number %s", async (_, rewrite) => {
    const { written } = await writtenBy(rewrite);
    expect(await readBy(written)).toEqual({ first: null, second: null });
  });
  it.each([
    ["says a name twice", (text: string) => text.replace('"rho_ppb":', '"rho_ppb":1,"rho_ppb":')],
    ["has columns of different lengths", (text: string) => text.replace('"status":["proven"]', '"status":["proven","proven"]')],
    ["has a lower end above its upper end", (text: string) => text.replace('"hi_ns":{"base":"1000"', '"hi_ns":{"base":"-2000"')],
    ["has a reading without a time", (text: string) => text.replace(/("realtime_ns":\{"base":"\d+","d":)\[0\]/, "$1[null]")],
    ["has numbers with spaces", (text: string) => text.replace('"raw_ns":{"base":"1"', '"raw_ns":{"base":" 1"')],
    ["has numbers beyond 63 bits", (text: string) => text.replace('"raw_ns":{"base":"1"', '"raw_ns":{"base":"9223372036854775807"')],
    ["has a status that none is", (text: string) => text.replace('"status":["proven"]', '"status":["fine"]')],
    ["is of another agent", (text: string) => text.replace(/"agent":"[^"]{4}/, '"agent":"ffff')],
  ])("holds for neither where a batch that %s is said to be whole", async (_, rewrite) => {
    const { written, id } = await writtenBy(rewrite);
    written.files.set(`evidence/${id}.ndjson`, Buffer.from(written.text(`evidence/${id}.ndjson`).replace('"whole":false', '"whole":true')));
    const unreadable = { step: "evidence", rule: "unreadable" };
    expect(await readBy(written)).toMatchObject({ first: unreadable, second: unreadable });
  });
  it("holds for neither where more batches are under one signature than an agent puts there", async () => {
    const { hosts, ...one } = worldOf(1);
    const [host] = hosts as [MemoryHost];
    host.report(
      Array.from({ length: 501 }, (_, index) =>
        batchOf(host.facts.id, [{ realtime: FROM + BigInt(index) * S, raw: BigInt(index), lo: -1n, hi: 1n }]),
      ),
    );
    const { first, second } = await readBy(await reported({ ...one, hosts }));
    expect(first).toMatchObject({ rule: "delivery", epoch: 1, seq: 501 });
    expect(second).toEqual(first);
  });
  it("holds for neither where it is of longer than a year, whose hours nobody would wait for", async () => {
    const tenThousandYears = { from: "0001-01-01T00:00:00.000000000Z", to: "9999-12-31T00:00:00.000000000Z" };
    const told = { step: "results", host: null, epoch: null, seq: null, rule: "period" };
    expect(await readBy(said((one) => ({ ...one, period: tenThousandYears })))).toEqual({ first: told, second: told });
  });
  it("is read alike where a folder lies among the evidence", async () => {
    expect(await readBy(bundle, (folder) => mkdirSync(join(folder, "evidence/sub")))).toEqual({ first: null, second: null });
  });
  it("is told where the system ends one of verify.py's processes, as for its memory, and not waited for", () => {
    const script = `
import os, signal, sys
sys.path.insert(0, os.path.dirname(${JSON.stringify(VERIFIER)}))
import verify
class Ended(verify.Bundle):
    def one_host(self, host):
        if host["id"] == "b":
            os.kill(os.getpid(), signal.SIGKILL)
        return host
bundle = Ended(".")
bundle.manifest = {"hosts": [{"id": "a"}, {"id": "b"}]}
try:
    bundle.each_host()
except verify.UNREADABLE as trouble:
    print(type(trouble).__name__)`;
    const { stdout, signal } = spawnSync("python3", ["-c", script], { encoding: "utf8", timeout: 30_000 });
    expect([stdout.trim(), signal]).toEqual(["BrokenProcessPool", null]);
  });
});

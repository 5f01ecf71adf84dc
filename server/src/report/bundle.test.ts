import {
  type AuditScope,
  canonicalJson,
  type DeclaredExemption,
  type Failure,
  keyId,
  type LogEntry,
  type ReportManifest,
  reportText,
  verifyBundle,
} from "@truebound/audit";
import { formatUtc, utc } from "@truebound/time";
import { WEEKDAYS } from "@truebound/wire";
import { beforeAll, describe, expect, it } from "vitest";
import { tokenCrypto } from "../adapters/tsa/token-crypto.ts";
import { scheduleOf } from "../audit/schedule.ts";
import type { Period } from "../audit/scopes.ts";
import { createReport } from "./create.ts";
import { MemoryBundle } from "./memory-bundle.fixture.ts";
import { checks, newKey, sha256Hex, wire } from "./memory-crypto.fixture.ts";
import { declaredEntries, declareIn, LIMIT, type World, worldOf } from "./memory-world.fixture.ts";
import { FROM, minute, S } from "./minutes.fixture.ts";
import { scopeByHand } from "./plan.ts";
import type { ReportRequest } from "./request.ts";

const REQUEST: ReportRequest = { from: FROM, to: utc(FROM + 3600n * S), profiles: ["test-100us"], hosts: [] };
const WATCHING = { progress: () => undefined, signal: new AbortController().signal };

/** Two hosts from ten minutes before the hour until ten after it; the second one is 150 µs off for five minutes. */
function scene(): World {
  const world = worldOf(2);
  declareIn(world, { profiles: [{ ...LIMIT, id: "test-200us" }] });
  for (let index = -10; index < 70; index += 2)
    for (const [number, host] of world.hosts.entries()) {
      const offset = (at: number) => (number === 1 && at >= 20 && at < 26 ? -150_000n : 0n);
      host.report([minute(host.facts.id, index, offset(index)), minute(host.facts.id, index + 1, offset(index + 1))]);
    }
  return world;
}

let world: World;
let bundle: MemoryBundle;
let manifest: ReportManifest;
beforeAll(async () => {
  world = scene();
  bundle = new MemoryBundle();
  await createReport(world.ports(bundle), REQUEST, WATCHING);
  manifest = JSON.parse(bundle.text("manifest.json")) as ReportManifest;
});

const verified = (files: MemoryBundle, expected: string | null = null) =>
  verifyBundle({ files, crypto: checks, wire, token: tokenCrypto(null) }, { keyId: expected });
async function failure(files: MemoryBundle): Promise<Failure> {
  const found = await verified(files);
  if (found.kind === "holds") throw new Error("It holds");
  return found.failure;
}

/** The bundle with one file changed. */
function changed(name: string, change: (text: string) => string): MemoryBundle {
  const copy = bundle.copy();
  const before = copy.text(name);
  const after = change(before);
  expect(after).not.toBe(before);
  copy.files.set(name, Buffer.from(after));
  return copy;
}
const ofHost = (index: number): string => `evidence/${world.hosts[index]?.facts.id}.ndjson`;
const linesOf = (text: string): string[] => text.split("\n").slice(0, -1);
const joined = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** As an insider would who has the issuer's key: the manifest says something else, and is signed again. */
function resigned(change: (manifest: ReportManifest) => object, key = world.key): MemoryBundle {
  const copy = bundle.copy();
  const text = canonicalJson(change(manifest) as Parameters<typeof canonicalJson>[0]);
  const id = keyId(key.publicKey, checks);
  const public_key = Buffer.from(key.publicKey).toString("base64url");
  const signature = Buffer.from(key.sign(reportText(sha256Hex(text)))).toString("base64url");
  copy.files.set("manifest.json", Buffer.from(text));
  copy.files.set("manifest.sig", Buffer.from(JSON.stringify({ key_id: id, public_key, signature })));
  return copy;
}

describe("a report", () => {
  it("says what was proved, and verifies with nothing but itself", async () => {
    const [good, bad] = manifest.results;
    expect(good).toMatchObject({
      name: "host-0",
      verdict: "PASS",
      totals: { audited_ns: String(3600n * S), compliant_ns: String(3600n * S) },
    });
    expect(bad).toMatchObject({ name: "host-1", verdict: "FAIL" });
    expect(manifest).toMatchObject({
      final: true,
      demo: false,
      totals: { results: 2, hosts: 2, verdicts: { PASS: 1, FAIL: 1 }, worst: { name: "host-1" } },
    });
    expect(await verified(bundle)).toMatchObject({ kind: "holds", keyId: world.key.keyId, records: 160 });
  });
  it("holds the samples against the limit apart", () => {
    expect(manifest.results.map(({ sampled }) => sampled)).toMatchObject([
      { samples: 360, inside: 360, longest_interval_ns: String(10n * S) },
      { samples: 360, inside: 324, greatest_divergence_ns: "145000" },
    ]);
  });
  it("is derived again from the same evidence, whatever its id", async () => {
    const other = new MemoryBundle();
    await createReport(world.ports(other), REQUEST, WATCHING);
    const again = JSON.parse(other.text("manifest.json")) as ReportManifest;
    expect(again.results_sha256).toBe(manifest.results_sha256);
    expect(again.id).not.toBe(manifest.id);
    expect(again.previous).toMatchObject({ id: manifest.id, head: manifest.log.head });
    expect(await verified(other)).toMatchObject({ kind: "holds" });
  });
  it("keeps two limits apart that were asked for by hand, and says which of them changed meanwhile", async () => {
    const both = new MemoryBundle();
    const ports = {
      ...world.ports(both),
      profiles: async () => [LIMIT, { ...LIMIT, id: "test-200us" }],
      changedProfiles: async () => new Map([["test-200us", "2026-03-02T00:00:01.000000000Z"]]),
    };
    await createReport(ports, { ...REQUEST, profiles: ["test-100us", "test-200us"] }, WATCHING);
    const { scopes, results } = JSON.parse(both.text("manifest.json")) as ReportManifest;
    expect(scopes.map(({ name }) => name)).toEqual(["by-hand/test-100us", "by-hand/test-200us"]);
    expect(new Set(results.map(({ scope }) => scope)).size).toBe(2);
    const changed = results.filter(({ findings }) => findings.some(({ kind }) => kind === "profile_changed"));
    expect(new Set(changed.map(({ profile }) => profile))).toEqual(new Set(["test-200us"]));
    expect(await verified(both)).toMatchObject({ kind: "holds" });
  });
  it("is provisional before the horizon has passed", async () => {
    const early = scene();
    early.now = REQUEST.to + 29n * S;
    await createReport(early.ports(new MemoryBundle()), REQUEST, WATCHING);
    expect(early.made.at(-1)?.final).toBe(false);
  });
  it("rests on statements alone where batches are gone", async () => {
    const kept = scene();
    kept.hosts[0]?.condense(13, 60);
    const bundle = new MemoryBundle();
    await createReport(kept.ports(bundle), REQUEST, WATCHING);
    expect(JSON.parse(bundle.text("manifest.json")).results[0]).toMatchObject({ verdict: "PASS", sampled: { samples: 72 } });
    expect(await verified(bundle)).toMatchObject({ kind: "holds" });
  });
  it("says what is lost", async () => {
    const torn = scene();
    torn.hosts[0]?.batches.splice(20, 2);
    const bundle = new MemoryBundle();
    await createReport(torn.ports(bundle), REQUEST, WATCHING);
    const said = JSON.parse(bundle.text("manifest.json")) as ReportManifest;
    expect(said.hosts[0]?.chains).toEqual([{ epoch: 1, first_seq: 1, last_seq: 80, lost: [[21, 22]], unreadable: 0 }]);
    expect(said.results[0]?.cuts.map(([, , reason]) => reason)).toEqual(["lost_evidence"]);
    expect(said.results[0]?.verdict).toBe("INCONCLUSIVE");
    expect(await verified(bundle)).toMatchObject({ kind: "holds" });
  });
  it("shows an exemption as withdrawn that is withdrawn while it is planned, since its log has that", async () => {
    const other = scene();
    const scope = { ...(manifest.scopes[0] as AuditScope), name: "desks" };
    const at = (minute: number): string => formatUtc(utc(FROM + BigInt(minute) * 60n * S));
    const declared = {
      id: "1",
      host: null,
      scope: "desks",
      from: at(10),
      to: at(20),
      reason: "move",
      declared_by: "ada",
      declared_at: at(-99),
    };
    const withdrawn = { ...declared, withdrawn_at: "2031-01-01T00:00:00.000000000Z", withdrawn_by: "ada", withdrawn_reason: "no move" };
    declareIn(other, { scopes: [{ scope, from: FROM - S }], exemptions: [declared] });
    const known: DeclaredExemption[] = [declared];
    const { seal } = other.log;
    other.log.seal = () => {
      if (known[0] === declared) other.log.append(declaredEntries({ exemptions: [withdrawn] })[1] as LogEntry);
      known[0] = withdrawn;
      return seal();
    };
    const files = new MemoryBundle();
    const ports = other.ports(files);
    const scopes = { ...ports.scopes, scopes: async () => [{ scope, from: FROM - S, to: null }], exemptions: async () => [...known] };
    const made = await createReport({ ...ports, scopes }, { ...REQUEST, profiles: [] }, WATCHING);
    expect(await verified(files)).toMatchObject({ kind: "holds" });
    const { results } = JSON.parse(made.manifest) as ReportManifest;
    expect(results.map(({ exemptions }) => exemptions)).toEqual([[withdrawn], [withdrawn]]);
  });

  it("can be cancelled between two hosts", async () => {
    const stop = new AbortController();
    const done: string[] = [];
    const progress = (_: number, __: number, name: string) => {
      done.push(name);
      stop.abort();
    };
    await expect(createReport(world.ports(new MemoryBundle()), REQUEST, { progress, signal: stop.signal })).rejects.toThrow(
      "Cancelled after 1 of 2 hosts",
    );
    expect(done).toEqual(["host-0"]);
  });
  it("can be cancelled in the middle of a host", async () => {
    const stop = new AbortController();
    const ports = world.ports(new MemoryBundle());
    const evidence = {
      ...ports.evidence,
      async *batches(...asked: Parameters<typeof ports.evidence.batches>) {
        for await (const batch of ports.evidence.batches(...asked)) {
          stop.abort();
          yield batch;
        }
      },
    };
    await expect(createReport({ ...ports, evidence }, REQUEST, { progress: () => undefined, signal: stop.signal })).rejects.toThrow(
      "Cancelled after 0 of 2 hosts",
    );
  });
  it.each([
    [
      "an unknown profile",
      { profiles: ["test-10us"] },
      'Cannot report on profile "test-10us": there is none of that id; did you mean test-100us?',
    ],
    ["a rule without a number", { profiles: ["pci-dss-10-6"] }, "Cannot report on profile pci-dss-10-6: it is a rule without a number"],
    ["a period that has not begun", { from: utc(BigInt(4e18)), to: utc(BigInt(5e18)) }, "has not begun by the clock of the database"],
    ["no scope that was in force then", { profiles: [] }, "no scope was in force at any time of it, and no --profile is named"],
    ["an unknown scope", { profiles: [], scopes: ["desks"] }, 'Cannot report on scope "desks": none of that name was in force'],
    ["scopes and profiles", { scopes: ["desks"] }, "Cannot report on scopes and profiles at once"],
    ["an unknown host", { hosts: ["nobody"] }, 'Cannot report on host "nobody": none of that name was enrolled in the period'],
  ])("is not made of %s", async (_, request, message) => {
    await expect(createReport(world.ports(new MemoryBundle()), { ...REQUEST, ...request }, WATCHING)).rejects.toThrow(message);
  });
  it("is not made of hours that nobody can know here", async () => {
    const ports = world.ports(new MemoryBundle());
    const scope = { ...scopeByHand(LIMIT), name: "desks", calendar: "mars" };
    const hours = { name: "mars", timezone: "Mars/Olympus", days: [...WEEKDAYS], open: "08:00", close: "16:30", holidays: [] };
    const scopes = {
      ...ports.scopes,
      scopes: async () => [{ scope, from: FROM, to: null }],
      schedule: async (_: string, { from, to }: Period) => scheduleOf(hours, { from, to }),
    };
    await expect(createReport({ ...ports, scopes }, REQUEST, WATCHING)).rejects.toThrow(
      'Cannot report on scope desks: calendar "mars" is by timezone "Mars/Olympus", of which this machine has no rules',
    );
  });
});

describe("a forger is caught who", () => {
  it("flips one digit of a total", async () => {
    const digit = changed("manifest.json", (text) => text.replace('"compliant_ns":"3600', '"compliant_ns":"3601'));
    expect(await failure(digit)).toMatchObject({ step: "signature", rule: "manifest_signature" });
  });
  it("flips one digit of a bound", async () => {
    const flipped = changed(ofHost(1), (text) => {
      const lines = linesOf(text);
      const line = JSON.parse(lines[6] as string) as { body: string; seq: number };
      const body = Buffer.from(line.body, "base64").toString().replace("-25000", "-15000");
      lines[6] = JSON.stringify({ ...line, body: Buffer.from(body).toString("base64") });
      return joined(lines);
    });
    expect(await failure(flipped)).toMatchObject({ step: "evidence", rule: "body", host: world.hosts[1]?.facts.id, epoch: 1, seq: 5 });
  });
  it("drops a line", async () => {
    const dropped = changed(ofHost(0), (text) => joined(linesOf(text).filter((_, index) => index !== 3)));
    expect(await failure(dropped)).toMatchObject({ step: "evidence", rule: "delivery", host: world.hosts[0]?.facts.id, epoch: 1, seq: 4 });
  });
  it("drops a whole delivery", async () => {
    const dropped = changed(ofHost(0), (text) => joined(linesOf(text).filter((_, index) => index < 3 || index > 5)));
    expect(await failure(dropped)).toMatchObject({ step: "evidence", rule: "lost_evidence", host: world.hosts[0]?.facts.id });
  });
  it("swaps two lines", async () => {
    const swapped = changed(ofHost(0), (text) => {
      const [a, b, ...rest] = linesOf(text) as [string, string, ...string[]];
      return joined([b, a, ...rest]);
    });
    expect(await failure(swapped)).toMatchObject({ step: "evidence", host: world.hosts[0]?.facts.id, epoch: 1, seq: 1, rule: "order" });
  });
  it("drops a host, even with the issuer's key", async () => {
    const dropped = bundle.copy();
    dropped.files.delete(ofHost(1));
    expect(await failure(dropped)).toMatchObject({ step: "evidence", rule: "missing", host: world.hosts[1]?.facts.id });
    const hidden = resigned((one) => ({ ...one, hosts: one.hosts.slice(0, 1), results: one.results.slice(0, 1) }));
    expect(await failure(hidden)).toMatchObject({ step: "evidence", rule: "odd_file" });
    hidden.files.delete(ofHost(1));
    expect(await failure(hidden)).toMatchObject({ step: "results", rule: "totals" });
  });
  it("swaps the profile for a wider one", async () => {
    const wider = resigned((one) => ({
      ...one,
      profiles: one.profiles.map(({ profile, sha256 }) => ({ profile: { ...profile, limit_ns: ["-200000", "200000"] }, sha256 })),
    }));
    expect(await failure(wider)).toMatchObject({ step: "profiles", rule: "profile_hash" });
    const consistent = resigned((one) => ({
      ...one,
      results: one.results.map((result) => ({ ...result, terms: { ...result.terms, limit_ns: ["-200000", "200000"] } })),
    }));
    expect(await failure(consistent)).toMatchObject({ step: "profiles", rule: "profile_limit" });
  });
  it.each([
    [
      "softens the terms of a scope",
      "scope_terms",
      (one: ReportManifest) => ({
        ...one,
        results: one.results.map((result) => ({ ...result, terms: { ...result.terms, counts_unverified: true } })),
      }),
    ],
    [
      "waives the chain to UTC",
      "profile_terms",
      (one: ReportManifest) => ({
        ...one,
        results: one.results.map((result) => ({ ...result, terms: { ...result.terms, requires_traceability: true } })),
      }),
    ],
    [
      "names a document that there is not",
      "document",
      (one: ReportManifest) => ({ ...one, results: one.results.map((result) => ({ ...result, documents: ["d1"] })) }),
    ],
    ["counts the good host twice", "twice", (one: ReportManifest) => ({ ...one, results: [one.results[0], ...one.results] })],
    ["calls it final too early", "final", (one: ReportManifest) => ({ ...one, created_at: one.period.to })],
  ])("%s, with the issuer's key", async (_, rule, change) => {
    expect(await failure(resigned(change as (one: ReportManifest) => object))).toMatchObject({ step: "profiles", rule });
  });
  it("gives a bad host the name of a good one, with the issuer's key", async () => {
    const names = new Map([
      ["host-0", "host-1"],
      ["host-1", "host-0"],
    ]);
    const renamed = <T extends { name: string }>(one: T): T => ({ ...one, name: names.get(one.name) ?? one.name });
    expect(await failure(resigned((one) => ({ ...one, results: one.results.map(renamed) })))).toMatchObject({
      step: "evidence",
      rule: "host_name",
    });
    const both = resigned((one) => ({ ...one, hosts: one.hosts.map(renamed), results: one.results.map(renamed) }));
    expect(await failure(both)).toMatchObject({ step: "evidence", rule: "host_leaf" });
  });
  it("signs again with another key", async () => {
    const other = newKey();
    expect(await failure(resigned((one) => one, other))).toMatchObject({ step: "signature", rule: "issuer_key" });
    const posing = resigned(
      (one) => ({ ...one, issuer: { ...one.issuer, key_id: other.keyId, public_key: Buffer.from(other.publicKey).toString("base64url") } }),
      other,
    );
    expect(await failure(posing)).toMatchObject({ step: "heads", rule: "head_signature" });
    expect(await verified(posing, world.key.keyId)).toMatchObject({ failure: { step: "signature", rule: "expected_key" } });
  });
  it("truncates the tail", async () => {
    const short = changed(ofHost(0), (text) => joined(linesOf(text).slice(0, -1)));
    expect(await failure(short)).toMatchObject({ step: "evidence", rule: "delivery", seq: 79 });
    const shorter = changed(ofHost(0), (text) => joined(linesOf(text).slice(0, -3)));
    expect(await failure(shorter)).toMatchObject({ step: "evidence", rule: "lost_evidence" });
    const log = changed("log.ndjson", (text) => joined(linesOf(text).slice(0, -1)));
    expect(await failure(log)).toMatchObject({ step: "evidence", rule: "declared_leaf" });
  });
  it("edits only what people read", async () => {
    expect(await failure(changed("report.pdf", (text) => `${text} PASS`))).toMatchObject({
      step: "rendered",
      rule: "rendered_file",
      detail: "report.pdf is not the one that was made from this manifest",
    });
    const gone = bundle.copy();
    gone.files.delete("report.csv");
    expect(await failure(gone)).toMatchObject({ rule: "rendered_file", detail: "report.csv is not there, and rendered.json names it" });
  });
  it("moves a verdict by one nanosecond, with the issuer's key", async () => {
    const moved = resigned((one) => ({
      ...one,
      results: one.results.map((result) => ({
        ...result,
        spans: result.spans.map(([from, to, verdict]) => [from, to.replace("00Z", "01Z"), verdict]),
      })),
    }));
    expect(await failure(moved)).toMatchObject({ step: "results", rule: "recomputed", host: world.hosts[0]?.facts.id });
  });
  it("puts another leaf, tile or root into the log", async () => {
    const flip = (kind: string, field: string) =>
      changed("log.ndjson", (text) =>
        joined(
          linesOf(text).map((line) => {
            const read = JSON.parse(line) as Record<string, unknown>;
            if (read.kind !== kind) return line;
            const value = String(read[field]);
            return JSON.stringify({ ...read, [field]: (value.startsWith("0") ? "1" : "0") + value.slice(1) });
          }),
        ),
      );
    expect(await failure(flip("head", "root"))).toMatchObject({ step: "heads", rule: "head_signature" });
    expect(await failure(flip("tile", "hashes"))).toMatchObject({ step: "evidence", rule: "root" });
    expect(await failure(flip("leaf", "salt"))).toMatchObject({ step: "evidence", rule: "leaf" });
  });
  it("writes what is no bundle at all", async () => {
    expect(await failure(new MemoryBundle())).toMatchObject({ step: "signature", rule: "missing" });
    expect(await failure(changed("manifest.json", (text) => text.slice(1)))).toMatchObject({ step: "signature" });
    expect(await failure(changed("manifest.json", (text) => `${text} `))).toMatchObject({ step: "signature", rule: "canonical" });
    expect(await failure(changed(ofHost(0), (text) => text.replace("{", "[")))).toMatchObject({ step: "evidence", rule: "malformed" });
    expect(await failure(changed("log.ndjson", () => "null\n"))).toMatchObject({ step: "heads", rule: "malformed" });
    expect(await failure(resigned((one) => Object.fromEntries(Object.entries(one).filter(([name]) => name !== "period"))))).toMatchObject({
      step: "signature",
      rule: "format",
      detail: "manifest.json has not the form of truebound-report/1: period is missing or of another type",
    });
  });
});

describe("who is in a report", () => {
  const listing = (hosts: readonly string[]) => async () => ({
    kind: "csv" as const,
    source: "list.csv",
    sha256: "0".repeat(64),
    imported_at: "2026-03-01T00:00:00.000000000Z",
    hosts,
  });
  const scopeOf = (hosts: Record<string, string>) => ({
    name: "desks",
    profile: "test-100us",
    hosts,
    calendar: null,
    service: null,
    activity: null,
    stamp_point: null,
    app_error_ns: "0",
    horizon_ns: "30000000000",
    counts_unverified: false,
    minimum_proven_ppm: null,
  });
  async function made(inventory: readonly string[], request: Partial<ReportRequest> = {}, labels: Record<string, string> = {}) {
    const own = scene();
    declareIn(own, { scopes: [{ scope: scopeOf(labels), from: FROM - S }] });
    const ports = own.ports(new MemoryBundle());
    const sink = ports.sink as MemoryBundle;
    const scopes = {
      ...ports.scopes,
      inventory: listing(inventory),
      scopes: async () => [{ scope: scopeOf(labels), from: FROM - S, to: null }],
    };
    await createReport({ ...ports, scopes }, { ...REQUEST, ...request }, WATCHING);
    expect(await verified(sink)).toMatchObject({ kind: "holds" });
    return JSON.parse(sink.text("manifest.json")) as ReportManifest;
  }

  it("is every host that had the name that is asked for", async () => {
    const twin = scene();
    const [first, second] = twin.hosts.map(({ facts, key }) => ({ facts, public_key: Buffer.from(key.publicKey).toString("base64url") }));
    if (first === undefined || second === undefined) throw new Error("There are two");
    twin.log.append({ kind: "enrol", host: second.facts.id, name: first.facts.name, public_key: second.public_key });
    const sink = new MemoryBundle();
    const ports = twin.ports(sink);
    const hosts = async () => [
      { ...first.facts, retiredAt: utc(FROM + 60n * S) },
      { ...second.facts, name: first.facts.name },
    ];
    await createReport({ ...ports, evidence: { ...ports.evidence, hosts } }, { ...REQUEST, hosts: [first.facts.name] }, WATCHING);
    const { results } = JSON.parse(sink.text("manifest.json")) as ReportManifest;
    expect(results.map(({ host }) => host)).toEqual([first.facts.id, second.facts.id]);
  });
  it("says which listed hosts it leaves out, by their labels or since others were asked for", async () => {
    const none = await made(["host-0", "host-1", "host-2"], {}, { site: "fra" });
    expect(none.inventory).toMatchObject({ missing: ["host-2"], unlisted: [], outside: [] });
    const other = await made(["host-0", "host-1"], { hosts: ["host-0"] }, { site: "fra" });
    expect(other.inventory).toMatchObject({ missing: [], unlisted: [], outside: ["host-1"] });
  });
  it("is one scope where that is named, and both where none is", async () => {
    const [desks, risk] = [scopeOf({}), { ...scopeOf({}), name: "risk" }];
    const both = [desks, risk].map((scope) => ({ scope, from: FROM - S, to: null }));
    const own = scene();
    declareIn(own, { scopes: both.map(({ scope, from }) => ({ scope, from })) });
    const scoped = async (scopes: readonly string[]) => {
      const ports = own.ports(new MemoryBundle());
      const sink = ports.sink as MemoryBundle;
      const request = { ...REQUEST, profiles: [], scopes };
      await createReport({ ...ports, scopes: { ...ports.scopes, scopes: async () => both } }, request, WATCHING);
      expect(await verified(sink)).toMatchObject({ kind: "holds" });
      const { results } = JSON.parse(sink.text("manifest.json")) as ReportManifest;
      return [...new Set(results.map(({ scope }) => scope))];
    };
    expect(await scoped(["risk"])).toEqual(["risk"]);
    expect(await scoped([])).toEqual(["desks", "risk"]);
    expect(own.made.map(({ request }) => request)).toEqual([
      { profiles: [], hosts: [], scopes: ["risk"] },
      { profiles: [], hosts: [] },
    ]);
  });
  it("takes names in any case for the same", async () => {
    const { inventory, results } = await made(["HOST-0.", "host-1"]);
    expect(inventory).toMatchObject({ missing: [], unlisted: [], outside: [] });
    expect(results).toHaveLength(2);
  });
});

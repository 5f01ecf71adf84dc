import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson, type Json, type ReportManifest, verifyBundle } from "@truebound/audit";
import { type UtcInstant, utc } from "@truebound/time";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleFiles, bundleFolder } from "../server/src/adapters/bundle-folder.ts";
import { openReceiptKey } from "../server/src/adapters/crypto/receipt-key.ts";
import { applyStore } from "../server/src/adapters/postgres/apply-store.ts";
import { auditScopeStore } from "../server/src/adapters/postgres/audit-scope-store.ts";
import { openPool } from "../server/src/adapters/postgres/pool.ts";
import { reportShelf } from "../server/src/adapters/postgres/report/report-book.ts";
import { traceabilityStore } from "../server/src/adapters/postgres/traceability-store.ts";
import { reportPorts } from "../server/src/adapters/report-wiring.ts";
import { verifyPorts } from "../server/src/adapters/verify/verify-ports.ts";
import { parseYaml } from "../server/src/adapters/yaml-file.ts";
import { apply } from "../server/src/apply/apply.ts";
import { MemoryBundle } from "../server/src/report/memory-bundle.fixture.ts";
import { sha256Hex } from "../server/src/report/memory-crypto.fixture.ts";
import { tellCreated } from "../server/src/report/report-command.ts";
import { ask, quiet, receiptKeyFile } from "../server/test/database.ts";
import { batchOf, FakeAgent } from "../server/test/fake-agent.ts";
import { sealLog } from "../server/test/seal-log.ts";
import { serverForTests } from "../server/test/server-under-test.ts";
import { firstSays, HAS_PYTHON, NEEDS_PYTHON, type Said, secondSays, secondSaysOf } from "./two-verifiers.ts";
import { resigned } from "./verified-scene.ts";

/** What people declare to a real server, by files and exemptions, is what its report opens; nobody with its key can change it later. */
const S = 1_000_000_000n;
/** A Tuesday. */
const DAY = 1_772_496_000n * S;
const HOUR = 3_600n * S;
const [FROM, TO] = [utc(DAY + 7n * HOUR), utc(DAY + 10n * HOUR)];
const LEAPS = { updated: utc(0n), expires: utc(2n ** 62n), rows: [{ from: utc(1_483_228_800n * S), taiMinusUtc: 37 }] };
const declared = ({ limit = "100us", error = "20us", open = "08:00" } = {}): string => `version: 1
calendars:
  - { name: lse, timezone: Europe/London, days: [mon, tue, wed, thu, fri], open: "${open}", close: "16:30", holidays: [] }
profiles:
  - { id: house, template: iso27001-a8-17, title: Our own limit, limit: ${limit} }
scopes:
  - { name: desks, profile: house, labels: { desk: fx }, calendar: lse, app_error: ${error} }
  - { name: tested, profile: house, labels: { desk: none }, app_error_from: ${stampTest} }
`;

const tested = serverForTests();
const folder = mkdtempSync(join(tmpdir(), "declared-"));
const signer = openReceiptKey(receiptKeyFile);
let pool: pg.Pool;
let bundle: MemoryBundle;
let out: string;
afterAll(async () => {
  await pool?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** As if the database's clock had shown that instant. */
async function asOf<T>(instant: bigint, work: (then: pg.Pool) => Promise<T>): Promise<T> {
  await ask(
    tested.url,
    `create or replace function behind.clock_timestamp() returns timestamptz language sql volatile as $$ select to_timestamp(${instant / S}) $$`,
  );
  const behind = new URL(tested.url);
  behind.searchParams.set("options", "-c search_path=behind,pg_catalog,public");
  const then = openPool(behind.href, quiet);
  try {
    return await work(then);
  } finally {
    await then.end();
  }
}

async function applied(on: pg.Pool, text: string): Promise<void> {
  const request = { file: "audits.yaml", diff: false, dryRun: false, json: false };
  expect(await apply({ store: applyStore(on), read: async () => text, parse: parseYaml }, request)).toMatchObject({
    err: expect.stringContaining("Applied") as unknown,
    code: 0,
  });
}

const exempted = (declaredAt: bigint, from: bigint, to: bigint): Promise<string> =>
  asOf(declaredAt, async (then) => {
    const period = { from: utc(from), to: utc(to) };
    const added = await auditScopeStore(then).addExemption({ scope: "desks", host: null, period, reason: "move", who: "ada" });
    if (typeof added === "string") throw new Error(added);
    return added.id;
  });

/** A row for each ten minutes; the second host is 150 µs off between 9:00 and 9:30. */
async function measured(name: string, offsetAt: (at: bigint) => bigint): Promise<void> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: { desk: "fx" }, uses: 1, ttlSeconds: 600 }), name);
  await ask(tested.url, "update host set enrolled_at = '2025-01-01' where id = $1", [agent.id]);
  for (let at: bigint = FROM - HOUR; at < TO + HOUR; at += 600n * S) {
    const offset = offsetAt(at);
    const row = { realtime: at + offset, lo: offset - 1000n, hi: offset + 1000n, throughout: [offset - 2000n, offset + 2000n] as const };
    expect((await agent.send(batchOf(agent.id, [row]))).status).toBe(200);
  }
}

async function create(name: string): Promise<string> {
  const ports = reportPorts({ pool, archive: null, signer, leaps: () => LEAPS, render: async () => [] });
  const watching = { progress: () => undefined, signal: new AbortController().signal };
  const place = join(folder, name);
  const request = { from: FROM as UtcInstant, to: TO as UtcInstant, profiles: [], hosts: [] };
  const asked = { do: "create" as const, request, out: place, regenerate: false, json: false };
  expect(await tellCreated({ sink: bundleFolder, ports, shelf: reportShelf(pool), watching }, asked)).toMatchObject({ code: 0 });
  return place;
}

function inMemory(place: string): MemoryBundle {
  const made = new MemoryBundle();
  const names = readdirSync(place, { recursive: true, encoding: "utf8" }).filter((name) => statSync(join(place, name)).isFile());
  for (const name of names) made.files.set(name, readFileSync(join(place, name)));
  return made;
}

const manifestOf = (of: MemoryBundle): ReportManifest => JSON.parse(of.text("manifest.json")) as ReportManifest;
let ids: { inTime: string; late: string; withdrawn: string };
let stampTest: string;

async function handIn(): Promise<string> {
  const added = await traceabilityStore(pool).addDocument({
    kind: "stamp_test",
    title: "Stamp test of the desks",
    sha256: Buffer.alloc(32, 7),
    fileName: "desks.json",
    content: null,
    hosts: {},
    source: null,
    reference: null,
    uncertaintyNs: null,
    stampPoint: null,
    appErrorNs: 7_000n,
    validFrom: "2026-01-01",
    validTo: null,
    replaces: null,
    who: "ada",
  });
  return added ?? "";
}

beforeAll(async () => {
  pool = openPool(tested.url, quiet);
  await ask(tested.url, "create schema behind");
  stampTest = await handIn();
  await asOf(DAY - 240n * HOUR, (then) => applied(then, declared({ limit: "1ms", error: "0ns" })));
  await asOf(DAY - 24n * HOUR, (then) => applied(then, declared()));
  ids = {
    inTime: await exempted(DAY, FROM + HOUR, FROM + 2n * HOUR),
    withdrawn: await exempted(DAY + HOUR, FROM + 2n * HOUR, FROM + 3n * HOUR),
    late: await exempted(DAY + 12n * HOUR, FROM + 2n * HOUR, FROM + 2n * HOUR + 2_400n * S),
  };
  await asOf(DAY + 2n * HOUR, (then) => auditScopeStore(then).withdrawExemption(ids.withdrawn, { reason: "no move", who: "bob" }));
  await sealLog(tested.url);
  await measured("desk-1", () => 0n);
  await measured("desk-2", (at) => (at >= DAY + 9n * HOUR && at < DAY + 9n * HOUR + 1_800n * S ? 150_000n : 0n));
  // What is declared today is of no period that lies behind.
  await applied(pool, declared({ limit: "5ms", error: "1us", open: "09:45" }));
  out = await create("day");
  bundle = inMemory(out);
});

type Manifest = ReportManifest;
type Result = Manifest["results"][number];
const signed = (change: (one: Manifest) => object): MemoryBundle => resigned({ key: signer }, bundle, change);
const ofResults = (change: (one: Result) => object) => signed((one) => ({ ...one, results: one.results.map(change) }));
const exempt = (id: string, change: (one: Result["exemptions"][number]) => object) =>
  ofResults((one) => ({ ...one, exemptions: one.exemptions.map((each) => (each.id === id ? change(each) : each)) }));
const withLimit = (limit: string) =>
  signed((one) => {
    const limit_ns = [`-${limit}`, limit];
    const profile = { ...one.profiles[0]?.profile, limit_ns };
    const results = one.results.map((each) => ({ ...each, terms: { ...each.terms, limit_ns } }));
    return { ...one, profiles: [{ profile, sha256: sha256Hex(canonicalJson(profile as Json)) }], results };
  });
const withError = (app_error_ns: string) =>
  signed((one) => ({
    ...one,
    scopes: one.scopes.map((scope) => (scope.name === "desks" ? { ...scope, app_error_ns } : scope)),
    results: one.results.map((each) => ({ ...each, terms: { ...each.terms, app_error_ns } })),
  }));
const withHours = (schedule: readonly (readonly [string, string])[]) => ofResults((one) => ({ ...one, schedule }));
/** A leaf of the log says something else: as where it is of another server, or was written anew. */
function withLeaf(what: string, change: (entry: string) => string): MemoryBundle {
  const copy = bundle.copy();
  const lines = copy.text("log.ndjson").split("\n");
  const changed = lines.map((line) => (line.includes(`"what":"${what}"`) ? change(line) : line));
  expect(changed).not.toEqual(lines);
  copy.files.set("log.ndjson", Buffer.from(changed.join("\n")));
  return copy;
}

const FORGERIES: readonly (readonly [string, () => MemoryBundle, Partial<Said>])[] = [
  ["back-dates an exemption", () => exempt(ids.late, (one) => ({ ...one, declared_at: one.from })), { rule: "exemption_leaf" }],
  [
    "moves the end of an exemption",
    () => exempt(ids.inTime, (one) => ({ ...one, to: manifestOf(bundle).period.to })),
    { rule: "exemption_leaf" },
  ],
  [
    "invents an exemption",
    () => ofResults((one) => ({ ...one, exemptions: [...one.exemptions, { ...one.exemptions[0], id: "99" }] })),
    { rule: "exemption_leaf" },
  ],
  [
    "shows a withdrawn exemption as in force",
    () => exempt(ids.withdrawn, ({ withdrawn_at: _a, withdrawn_by: _b, withdrawn_reason: _c, ...one }) => one),
    { rule: "exemption_leaf" },
  ],
  [
    "says that a stamp test measured less",
    () => signed((one) => ({ ...one, stamp_tests: one.stamp_tests?.map((test) => ({ ...test, app_error_ns: "700" })) })),
    { rule: "document_leaf" },
  ],
  [
    "writes another figure into the document",
    () => withLeaf(`document ${stampTest}`, (line) => line.replace('"app_error_ns":"7000"', '"app_error_ns":"700"')),
    { step: "evidence", rule: "leaf" },
  ],
  ["adds a holiday to the hours", () => withHours([]), { rule: "schedule" }],
  ["shows the hours of today", () => withHours([["2026-03-03T09:45:00.000000000Z", manifestOf(bundle).period.to]]), { rule: "schedule" }],
  ["loosens the limit that somebody set", () => withLimit("200000"), { rule: "profile_leaf" }],
  ["shows the limit before as the one in force", () => withLimit("1000000"), { rule: "profile_leaf" }],
  ["shows the limit of today as the one in force", () => withLimit("5000000"), { rule: "profile_leaf" }],
  ["lowers the application's error", () => withError("10"), { rule: "scope_leaf" }],
  ["shows the error before as the one in force", () => withError("0"), { rule: "scope_leaf" }],
  ["shows the error of today as the one in force", () => withError("1000"), { rule: "scope_leaf" }],
  [
    "writes a holiday into the leaf",
    () => withLeaf("calendar lse", (line) => line.replace('"holidays":[]', '"holidays":["2026-03-03"]')),
    { step: "evidence", rule: "leaf" },
  ],
  [
    "opens a leaf by the salt of another",
    () => withLeaf("scope desks", (line) => line.replace(/"salt":"[0-9a-f]{8}/, '"salt":"00000000')),
    { step: "evidence", rule: "leaf" },
  ],
];

describe.skipIf(!HAS_PYTHON)(`a report of what was declared to a real server${NEEDS_PYTHON}`, () => {
  it("holds for both verifiers, and rests on what was in force then", async () => {
    expect(await verifyBundle({ ...verifyPorts, files: bundleFiles(out) })).toMatchObject({ kind: "holds" });
    expect(secondSaysOf(out)).toBeNull();
    const { results, declared: leaves, profiles } = manifestOf(bundle);
    expect(profiles.map(({ profile }) => profile.limit_ns)).toEqual([["-100000", "100000"]]);
    expect(results.map(({ name, terms, schedule }) => [name, terms.app_error_ns, schedule])).toEqual([
      ["desk-1", "20000", [["2026-03-03T08:00:00.000000000Z", "2026-03-03T10:00:00.000000000Z"]]],
      ["desk-2", "20000", [["2026-03-03T08:00:00.000000000Z", "2026-03-03T10:00:00.000000000Z"]]],
    ]);
    const exemptions = [ids.inTime, ids.withdrawn, ids.withdrawn, ids.late].map((id) => `exemption ${id}`);
    const versions = ["calendar lse", "profile house", "scope desks"].flatMap((what) => [what, what, what]);
    // The calendar was set twice, all else three times.
    const once = ["scope tested", `document ${stampTest}`];
    expect(leaves?.map(({ what }) => what).sort()).toEqual([...exemptions, ...versions.slice(1), ...once].sort());
    expect(manifestOf(bundle).stamp_tests).toMatchObject([{ id: stampTest, app_error_ns: "7000" }]);
    // A late exemption hides no violation.
    expect(results.map(({ verdict, totals }) => [verdict, totals.violation_ns !== "0"])).toEqual([
      ["PASS", false],
      ["FAIL", true],
    ]);
  });
  it.each(FORGERIES)("refuses one who %s", async (_, forge, expected) => {
    const forged = forge();
    const said = await firstSays(forged);
    expect(said).toMatchObject({ step: "profiles", ...expected });
    expect(secondSays(forged)).toEqual(said);
  });
  it("refuses an exemption that is logged behind the evidence, as of a time before it", async () => {
    await exempted(DAY + HOUR, FROM + 2n * HOUR, FROM + 3n * HOUR);
    const forged = inMemory(await create("back-dated"));
    const said = await firstSays(forged);
    expect(said).toMatchObject({ step: "evidence", rule: "declared_late" });
    expect(secondSays(forged)).toEqual(said);
  });
});

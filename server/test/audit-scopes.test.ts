import { formatUtc, parseUtc, type UtcInstant, utc } from "@truebound/time";
import {
  ExemptionList,
  type ExemptionView,
  InventoryView,
  ProfileList,
  type ProfileView,
  ScopeList,
  validator,
  WithdrawnView,
} from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { textSha256 } from "../src/adapters/crypto/node-crypto.ts";
import { applyStore } from "../src/adapters/postgres/apply-store.ts";
import { auditScopeStore } from "../src/adapters/postgres/audit-scope-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { changedProfiles, readProfilesAt } from "../src/adapters/postgres/profile-store.ts";
import { traceabilityStore } from "../src/adapters/postgres/traceability-store.ts";
import { parseYaml } from "../src/adapters/yaml-file.ts";
import { apply } from "../src/apply/apply.ts";
import { declare } from "../src/audit/declare.ts";
import { reportScopes } from "../src/audit/report-scopes.ts";
import { parseCommand } from "../src/command-line.ts";
import { ask, quiet } from "./database.ts";
import { FakeAgent, get, post } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests();
let pool: pg.Pool;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(() => pool?.end());

const applied = (text: string) =>
  apply(
    { store: applyStore(pool), read: async () => `version: 1\n${text}`, parse: parseYaml },
    { file: "audits.yaml", diff: true, dryRun: false, json: false },
  );
async function truebound(args: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const command = parseCommand(args);
  if (command.name !== "scope") throw new Error(JSON.stringify(command));
  const read = async (path: string) => {
    const text = files[path];
    if (text === undefined) throw new Error(`there is no ${path}`);
    return text;
  };
  return declare({ store: auditScopeStore(pool), read, parseYaml, sha256: textSha256 }, command.request);
}
const store = () => auditScopeStore(pool);
const api = (path: string) => get(`${tested.server.peopleUrl}${path}`);
const tell = (path: string, body: object) =>
  post(`${tested.server.peopleUrl}${path}`, JSON.stringify(body), { "content-type": "application/json" });
const errorsOf = (schema: Parameters<typeof validator>[0], body: unknown) => validator(schema).errors(body);
const STAMP_TEST = {
  kind: "stamp_test",
  title: "Stamp test on gw",
  hosts: {},
  source: null,
  reference: null,
  uncertaintyNs: null,
  stampPoint: "gateway",
  validFrom: null,
  validTo: null,
  who: "ada",
  fileName: "gw.json",
  content: null,
} as const;
const CAT = "{ name: floor-cat, profile: us-cat-member, labels: { desk: equities } }";

async function enrolled(name: string, labels: Record<string, string>): Promise<FakeAgent> {
  const agent = new FakeAgent(tested.server.agentsUrl);
  expect((await agent.enrol(await tested.server.createToken({ uses: 1, ttlSeconds: 600, labels }), name)).status).toBe(200);
  return agent;
}

describe("scopes", () => {
  it("are declared by a file, each change beside what was before", async () => {
    const before = await store().now();
    expect((await applied(`scopes: [${CAT}]`)).out).toContain(
      "+ scope floor-cat\n    profile: us-cat-member\n    labels: {desk: equities}\n",
    );
    const declared = await store().now();
    const changed = await applied("scopes: [{ name: floor-cat, profile: us-cat-member, labels: { desk: equities }, app_error: 250us }]");
    expect(changed.out).toBe("~ scope floor-cat\n    app_error: 0ns -> 250us\n");
    const after = await store().now();
    const errors = async (when: UtcInstant | { from: UtcInstant; to: UtcInstant }) =>
      (await store().scopes(when)).map(({ scope: { name, app_error_ns }, to }) => [name, app_error_ns, to === null]);
    expect(await errors(before)).toEqual([]);
    expect(await errors(declared)).toEqual([["floor-cat", "0", false]]);
    expect(await errors(after)).toEqual([["floor-cat", "250000", true]]);
    expect(await errors({ from: before, to: after })).toEqual([
      ["floor-cat", "0", false],
      ["floor-cat", "250000", true],
    ]);
    expect(
      (await applied("scopes: [{ name: floor-cat, profile: us-cat-member, labels: { desk: equities }, app_error: 250us }]")).err,
    ).toContain("0 changed, 0 removed, 1 as before");
    expect((await applied("")).out).toContain("- scope floor-cat\n");
    expect(await errors(await store().now())).toEqual([]);
    expect(await errors({ from: before, to: await store().now() })).toHaveLength(2);
  });
  it("take an application error from a stamp test, and from one that holds", async () => {
    const chain = traceabilityStore(pool);
    const test = (replaces: string | null, appErrorNs: bigint) =>
      chain.addDocument({ ...STAMP_TEST, replaces, appErrorNs, sha256: Buffer.alloc(32, Number(appErrorNs % 256n)) });
    const id = (await test(null, 8350n)) as string;
    const scope = (error: string) =>
      `scopes: [{ name: floor-cat, profile: us-cat-member, labels: { desk: equities }, stamp_point: gateway, ${error} }]`;
    const typed = await applied(scope("app_error: 5us"));
    const warning = "Warning: scope floor-cat: an app_error of 5000 ns is less than the 8350 ns";
    expect([typed.code, typed.err]).toEqual([0, expect.stringContaining(warning)]);
    const measured = await applied(scope(`app_error_from: ${id}`));
    expect(measured.out).toContain(`app_error: 5us -> 8350ns\n    app_error_from: none -> ${id}\n`);
    const [{ scope: kept } = { scope: null }] = await store().scopes(await store().now());
    expect(kept).toMatchObject({ app_error_ns: "8350", app_error_from: id });
    expect(errorsOf(ScopeList, (await api("/api/v1/scopes")).body)).toEqual([]);
    expect((await applied(scope(`app_error: 1us, app_error_from: ${id}`))).err).toContain("write either app_error or app_error_from");
    const next = await test(id, 9000n);
    const refused = await applied(scope(`app_error_from: ${id}`));
    const why = `Cannot take app_error_from ${id} of scope floor-cat: document ${next} stands in its place`;
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining(`audits.yaml:2:10: ${why}`)]);
    await applied("");
  });
  it("may hold all pairs of their hosts against a limit between two clocks", async () => {
    const own = '{ id: our-nodes, title: Ours, limit: 2ms, limit_on: two nodes, source: { text: decision 41 }, note: "-" }';
    const text = `profiles: [${own}]\nscopes: [${CAT}, { name: nodes, profile: our-nodes, labels: { db: orders } }]`;
    expect((await applied(text)).code).toBe(0);
    expect((await truebound(["scope", "list"])).out).toMatch(/^nodes {2}our-nodes {2}hosts with db=orders {2}always {2}horizon 30 s/m);
    expect((await applied(`scopes: [${CAT}]`)).out).toContain("- scope nodes");
  });
  it("come again under the same name, and a host may be in several", async () => {
    await applied(`scopes: [${CAT}, { name: all, profile: us-finra-4590, labels: {} }]`);
    const { out } = await truebound(["scope", "list"]);
    expect(out).toMatch(/^all {2}us-finra-4590 {2}hosts with any labels {2}always {2}horizon 30 s {2}\(audits.yaml, 20/);
    expect(out).toMatch(/^floor-cat {2}us-cat-member {2}hosts with desk=equities/m);
    const { body } = await api("/api/v1/scopes");
    expect(errorsOf(ScopeList, body)).toEqual([]);
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(["all", "floor-cat"]);
    await applied("");
    expect(await truebound(["scope", "list"])).toMatchObject({ code: 0, out: "", err: expect.stringContaining("No scope is declared") });
  });
});

it("a report finds the scopes, the exemptions and the sessions of its period", async () => {
  const hours = "timezone: Europe/London, days: [mon, tue, wed, thu, fri], open: '08:00', close: '16:30'";
  await applied(`calendars: [{ name: lse, ${hours} }]\nscopes: [{ name: report-a, profile: us-cat-member, labels: {}, calendar: lse }]`);
  const report = reportScopes(store());
  const [monday, tuesday, opens, closes] = [
    "2026-11-23T00:00:00Z",
    "2026-11-24T00:00:00Z",
    "2026-11-23T08:00:00Z",
    "2026-11-23T16:30:00Z",
  ].map((time) => parseUtc(time) as UtcInstant) as [UtcInstant, UtcInstant, UtcInstant, UtcInstant];
  const now = await store().now();
  const names = async (from: bigint, to: bigint) => (await report.scopes({ from, to })).map(({ scope }) => scope.name);
  expect(await names(now, now + 1n)).toEqual(["report-a"]);
  expect(await names(1n, 2n)).toEqual([]);
  expect(await report.schedule("lse", { from: monday, to: tuesday })).toEqual([{ from: opens, to: closes }]);
  expect(await report.schedule("nyse", { from: monday, to: tuesday })).toBeNull();
  const times = ["--from", "2026-11-23T09:00:00Z", "--to", "2026-11-23T10:00:00Z", "--reason", "test", "--who", "ada"];
  await truebound(["exemption", "add", "report-a", ...times]);
  const [exemption] = (await report.exemptions({ from: monday, to: tuesday })).filter(({ scope }) => scope === "report-a");
  expect(Object.keys(exemption ?? {}).sort()).toEqual(["declared_at", "declared_by", "from", "host", "id", "reason", "scope", "to"]);
});

it("a report rests on what calendars and profiles said at its time, whatever they say now", async () => {
  const text = (limit: string, close: string) => `
profiles: [{ id: dated, template: soc2, limit: ${limit} }]
calendars: [{ name: dated, timezone: UTC, days: [mon, tue, wed, thu, fri, sat, sun], open: "00:00", close: "${close}" }]`;
  const limitAt = async (at: UtcInstant) => (await readProfilesAt(pool, at)).find(({ id }) => id === "dated");
  const before = await store().now();
  await applied(text("1ms", "12:00"));
  const first = await store().now();
  await applied(text("2ms", "18:00"));
  const second = await store().now();
  expect(await limitAt(before)).toEqual(await limitAt(first));
  expect(await limitAt(first)).not.toEqual(await limitAt(second));
  await applied("");
  expect(await limitAt(await store().now())).toEqual(await limitAt(second));
  expect([...(await changedProfiles(pool, first, second)).keys()]).toEqual(["dated"]);
  expect([...(await changedProfiles(pool, before, first)).keys()]).toEqual([]);
  const versions = await store().calendarVersions("dated");
  expect(versions.map(({ calendar }) => calendar?.close ?? null)).toEqual(["12:00", "18:00", null]);
});

describe("exemptions", () => {
  beforeEach(() => applied(`scopes: [${CAT}]`));
  const soon = async (hours: number) => formatUtc(utc((await store().now()) + BigInt(hours) * 3_600_000_000_000n));
  const add = async (from: number, to: number, ...more: string[]) =>
    truebound([
      "exemption",
      "add",
      "floor-cat",
      "--from",
      await soon(from),
      "--to",
      await soon(to),
      "--reason",
      "move",
      "--who",
      "ada",
      ...more,
    ]);

  it("are declared when the database takes them, and late ones say so", async () => {
    const planned = await add(1, 2, "--json");
    expect(JSON.parse(planned.out)).toMatchObject({ scope: "floor-cat", host: null, reason: "move", declared_by: "ada", late: false });
    const late = await add(-2, -1);
    expect(late).toMatchObject({ code: 0, err: expect.stringContaining("declared after it began, so it hides no violation") });
    const { out } = await truebound(["exemption", "list"]);
    const [first, second] = out.split("\n").filter((line) => line.includes("all of floor-cat"));
    expect([first?.includes("late"), second?.includes("late: declared after")]).toEqual([false, true]);
    const { body } = await api("/api/v1/exemptions");
    expect(errorsOf(ExemptionList, body)).toEqual([]);
    expect(body.items.filter(({ scope }: ExemptionView) => scope === "floor-cat").map(({ late: is }: ExemptionView) => is)).toEqual([
      false,
      true,
    ]);
  });
  it("are withdrawn once, as of when the database took it, and stay in the list", async () => {
    const { id } = JSON.parse((await add(1, 2, "--json")).out);
    const withdraw = () => truebound(["exemption", "withdraw", id, "--reason", "no move", "--who", "bob"]);
    expect(await withdraw()).toMatchObject({
      code: 0,
      err: expect.stringMatching(/withdrawn as of .* by bob, before it began: it exempts nothing/),
    });
    expect(await withdraw()).toMatchObject({ code: 1, err: expect.stringContaining("withdrawn before") });
    const begun = JSON.parse((await add(-1, 1, "--json")).out);
    const told = await truebound(["exemption", "withdraw", begun.id, "--reason", "no move", "--who", "bob"]);
    expect(told.err).toContain("and hides no violation");
    const { body } = await api("/api/v1/exemptions");
    expect(errorsOf(ExemptionList, body)).toEqual([]);
    const kept = body.items.find((one: ExemptionView) => one.id === begun.id);
    expect(kept).toMatchObject({ to: begun.to, withdrawn_by: "bob", withdrawn_reason: "no move" });
    expect(await truebound(["exemption", "withdraw", "0", "--reason", "r", "--who", "w"])).toMatchObject({ code: 1 });
  });
  it("are withdrawn by the API as by the command, with a leaf of the log", async () => {
    const { id } = JSON.parse((await add(1, 2, "--json")).out);
    const withdraw = (one: string, body: object) => tell(`/api/v1/exemptions/${one}/withdraw`, body);
    const done = await withdraw(id, { reason: "no move", who: "bob" });
    expect(done).toMatchObject({ status: 200, body: { exemption: { id, withdrawn_reason: "no move", withdrawn_by: "bob" }, reports: [] } });
    expect(errorsOf(WithdrawnView, done.body)).toEqual([]);
    const again = { status: 400, body: { detail: expect.stringContaining("withdrawn before") } };
    expect(await withdraw(id, { reason: "no move", who: "bob" })).toMatchObject(again);
    expect(await withdraw("999999", { reason: "no move", who: "bob" })).toMatchObject({ status: 404 });
    expect(await withdraw(id, { who: "bob" })).toMatchObject({ status: 422 });
    const leaves = await ask<{ sha256: string | null }>(
      tested.url,
      `select entry ->> 'sha256' as sha256 from (select entry from log_pending union all select entry::jsonb from log_entry) leaf
       where entry ->> 'what' = 'exemption ${id}'`,
    );
    expect(leaves).toContainEqual({ sha256: null });
  });
  it("are of one host by its id or name, of a scope that is in force", async () => {
    const agent = await enrolled("exempt-1", { desk: "equities" });
    const made = JSON.parse((await add(1, 2, "--host", "exempt-1", "--json")).out);
    expect(made).toMatchObject({ host: agent.id, host_name: "exempt-1" });
    expect(JSON.parse((await add(1, 2, "--host", agent.id, "--json")).out).host).toBe(agent.id);
    expect(await add(1, 2, "--host", "nobody")).toEqual({ code: 1, out: "", err: 'Cannot exempt: no host has the id or name "nobody"\n' });
    await enrolled("exempt-2", { desk: "bonds" });
    const why = 'Cannot exempt: host "exempt-2" is not in scope "floor-cat", since it does not carry all of its labels';
    expect(await add(1, 2, "--host", "exempt-2")).toMatchObject({ code: 1, err: expect.stringContaining(why) });
    const body = { scope: "floor-cat", host: "exempt-2", from: await soon(1), to: await soon(2), reason: "move", who: "ada" };
    expect(await tell("/api/v1/exemptions", body)).toMatchObject({ status: 422, body: { detail: expect.stringContaining(why) } });
    await applied("");
    expect(await add(1, 2)).toMatchObject({ code: 1, err: expect.stringContaining('no scope "floor-cat" is in force') });
  });
  it("are told by the period that they touch", async () => {
    const made = JSON.parse((await add(100, 101, "--json")).out);
    const [from, to] = [made.from, made.to].map((time: string) => parseUtc(time) as UtcInstant) as [UtcInstant, UtcInstant];
    const ids = async (begins: UtcInstant, ends: UtcInstant) => (await store().exemptions({ from: begins, to: ends })).map(({ id }) => id);
    expect(await ids(from, to)).toEqual([made.id]);
    expect(await ids(utc(to - 1n), to)).toEqual([made.id]);
    expect(await ids(to, utc(to + 1n))).toEqual([]);
    expect(await ids(utc(from - 1n), from)).toEqual([]);
  });
  it("come by the API too, with the problem of each that is wrong", async () => {
    const body = { scope: "floor-cat", from: await soon(1), to: await soon(2), reason: "move", who: "ada" };
    expect(await tell("/api/v1/exemptions", body)).toMatchObject({ status: 200, body: { scope: "floor-cat", late: false } });
    expect(await tell("/api/v1/exemptions", { ...body, to: body.from })).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("ends before it began") },
    });
    expect(await tell("/api/v1/exemptions", { ...body, scope: "nothing" })).toMatchObject({ status: 404 });
    expect(await tell("/api/v1/exemptions", { ...body, declared_at: body.from })).toMatchObject({ status: 422 });
  });
});

describe("the inventory", () => {
  it("that was imported last says who is missing, and who is not listed", async () => {
    expect(await truebound(["inventory", "show"])).toMatchObject({ err: expect.stringContaining("truebound inventory import --help") });
    await applied(`scopes: [${CAT}]`);
    for (const [name, desk] of [
      ["inv-1", "equities"],
      ["inv-2", "equities"],
      ["inv-3", "bonds"],
    ] as const)
      await enrolled(name, { desk });
    const text = "host,site\ninv-1,fra\nINV-9,fra\n";
    const imported = await truebound(["inventory", "import", "hosts.csv", "--kind", "csv", "--who", "ada"], { "hosts.csv": text });
    expect(imported.err).toBe(`Imported 2 hosts from hosts.csv (sha256 ${textSha256(text)}): 1 missing, 2 in scope and not listed\n`);
    const shown = await truebound(["inventory", "show"]);
    expect(shown.out).toContain("missing: no agent reports: 1\n  INV-9\nin scope, and not listed: 2\n  exempt-1\n  inv-2\n");
    const { body } = await api("/api/v1/inventory");
    expect(errorsOf(InventoryView, body)).toEqual([]);
    expect(body).toMatchObject({ listed: 2, missing: ["INV-9"], unlisted: ["exempt-1", "inv-2"] });
    expect(JSON.parse((await truebound(["inventory", "show", "--json"])).out)).toEqual(body);
  });
  it("counts no host that was retired or revoked", async () => {
    await ask(tested.url, "update host set state = 'revoked' where name = 'inv-1'");
    expect((await store().reportingHosts()).map(({ name }) => name)).toEqual(["exempt-1", "exempt-2", "inv-2", "inv-3"]);
  });
  it("comes by the API too, however long, and is told what is wrong with it", async () => {
    const names = Array.from({ length: 5000 }, (_, place) => `node-${String(place).padStart(5, "0")}`);
    const text = JSON.stringify({ kind: "List", items: names.map((name) => ({ kind: "Node", metadata: { name } })) });
    const { status, body } = await tell("/api/v1/inventory", { kind: "kubernetes", source: "cluster", text, who: "ada" });
    expect([status, body.listed, body.inventory.sha256]).toEqual([200, 5000, textSha256(text)]);
    expect((await store().inventory())?.hosts).toEqual(names);
    expect(await tell("/api/v1/inventory", { kind: "csv", source: "x", text: "host\n", who: "ada" })).toMatchObject({
      status: 422,
      body: { detail: "Cannot import this text as csv: it names no host" },
    });
  });
  it.each([
    [["inventory", "import", "no.csv", "--kind", "csv", "--who", "ada"], "Cannot read no.csv: there is no no.csv\n"],
    [["inventory", "import", "odd.csv", "--kind", "csv", "--who", "ada"], "Cannot import odd.csv as csv: it names no host\n"],
  ])("%j: %s", async (args, err) => expect(await truebound(args, { "odd.csv": "\n" })).toEqual({ code: 1, out: "", err }));
});

describe("profiles", () => {
  it("are all there, with the hash by which reports name them, those of files too", async () => {
    await applied("profiles: [{ id: ours, template: soc2, limit: 1s }]");
    const { body } = await api("/api/v1/profiles");
    expect(errorsOf(ProfileList, body)).toEqual([]);
    const of = (id: string) => body.items.find(({ profile }: ProfileView) => profile.id === id);
    expect(of("ours")).toMatchObject({ profile: { kind: "utc", template: "soc2", limit_ns: ["-1000000000", "1000000000"] } });
    expect(of("soc2")).toMatchObject({ profile: { kind: "template" } });
    expect([of("eu-2017-574-hft").in_force, of("uk-rts25-hft").in_force]).toEqual([false, true]);
    expect((await api("/api/v1/profiles/ours")).body).toEqual(of("ours"));
    expect(await api("/api/v1/profiles/our")).toMatchObject({
      status: 404,
      body: { detail: 'There is no profile "our"; did you mean ours?' },
    });
  });
});

it("what was declared goes into the log, in the transaction in which it is declared", async () => {
  const told = await ask<{ kind: string; what: string }>(
    tested.url,
    `select entry ->> 'kind' as kind, entry ->> 'what' as what from log_pending
     union select kind, entry::jsonb ->> 'what' from log_entry where entry::jsonb ? 'what'`,
  );
  const kinds = (kind: string) => told.filter((one) => one.kind === kind).map(({ what }) => what);
  expect(kinds("scope")).toContain("scope floor-cat");
  const exemptions = await ask<{ id: string }>(tested.url, "select id::text as id from audit_exemption");
  expect([...new Set(kinds("exemption"))].sort()).toEqual(exemptions.map(({ id }) => `exemption ${id}`).sort());
  expect(kinds("inventory")).toEqual(expect.arrayContaining(["inventory hosts.csv", "inventory cluster"]));
  expect(kinds("profile")).toContain("profile ours");
});

it.each(["audit_scope", "audit_exemption", "audit_exemption_end", "audit_inventory", "audit_version"])(
  "rows of %s are never changed, and nobody says when they were written",
  async (table) => {
    const rows: Record<string, string> = {
      audit_scope: "(name, who, at) values ('x', 'test', '2001-01-01')",
      audit_exemption: "(scope, from_ns, to_ns, reason, who, at) values ('x', 1, 2, 'r', 'test', '2001-01-01')",
      audit_exemption_end: "(exemption, reason, who, at) values (0, 'r', 'test', '2001-01-01')",
      audit_version: "(kind, name, body, who, at) values ('calendar', 'x', null, 'test', '2001-01-01')",
      audit_inventory: "(kind, source, sha256, hosts, who, at) values ('csv', 's', 'h', '[]', 'test', '2001-01-01')",
    };
    await ask(tested.url, `insert into ${table} ${rows[table]}`);
    const [row] = await ask<{ years: string }>(
      tested.url,
      `select extract(year from max(at))::text as years from ${table} where who = 'test'`,
    );
    expect(Number(row?.years)).toBeGreaterThan(2001);
    for (const change of [`update ${table} set who = 'me'`, `delete from ${table}`, `truncate ${table}`])
      await expect(ask(tested.url, change)).rejects.toThrow(`Rows of ${table} are never changed`);
  },
);

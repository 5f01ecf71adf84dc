import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseUtc, type UtcInstant } from "@truebound/time";
import type { ReportList, ReportView } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundleFolder } from "../src/adapters/bundle-folder.ts";
import { sha1 } from "../src/adapters/crypto/node-crypto.ts";
import { openReceiptKey } from "../src/adapters/crypto/receipt-key.ts";
import { leapFiles } from "../src/adapters/leap-files.ts";
import { auditScopeStore } from "../src/adapters/postgres/audit-scope-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { reportShelf } from "../src/adapters/postgres/report/report-book.ts";
import { asOnlyOne } from "../src/adapters/postgres/singleton.ts";
import { reportPorts } from "../src/adapters/report-wiring.ts";
import { LeapKeeper } from "../src/leap/leap-keeper.ts";
import { tellReports } from "../src/report/report-command.ts";
import { ReportKeeper } from "../src/report/report-keeper.ts";
import { ask, quiet, receiptKeyFile } from "./database.ts";
import { FakeAgent } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { apart } from "./signed-minutes.ts";
import { until } from "./until.ts";

const folder = mkdtempSync(join(tmpdir(), "reports-api-"));
const tested = serverForTests(() => ({ reports: { folder: join(folder, "asked"), rhythms: [] } }));
let pool: pg.Pool;
beforeAll(async () => {
  pool = openPool(tested.url, quiet);
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(await tested.server.createToken({ labels: {}, uses: 1, ttlSeconds: 600 }), "reported");
  await ask(tested.url, "update host set enrolled_at = '2025-01-01' where id = $1", [agent.id]);
  for (let minute = 0; minute < 10; minute++) await agent.send(apart(agent, minute));
});
afterAll(async () => {
  await pool?.end();
  rmSync(folder, { recursive: true, force: true });
});

const BODY = { from: "2025-03-01T12:01:00Z", to: "2025-03-01T12:05:00Z", profiles: ["us-cat-member"] };
const DESK = {
  profile: "us-cat-member",
  hosts: {},
  calendar: null as string | null,
  service: null,
  activity: null,
  stamp_point: null,
  app_error_ns: "0",
  horizon_ns: "30000000000",
  counts_unverified: false,
  minimum_proven_ppm: null,
};

/** In force since before the period. */
async function declare(name: string, scope: typeof DESK): Promise<void> {
  await ask(tested.url, "alter table audit_scope disable trigger audit_scope_dated");
  await ask(tested.url, "insert into audit_scope (name, body, who, at) values ($1, $2, 'ada', '2025-01-01')", [
    name,
    JSON.stringify(scope),
  ]);
  await ask(tested.url, "alter table audit_scope enable trigger audit_scope_dated");
}

const at = (path: string): string => `${tested.server.peopleUrl}/api/v1/reports${path}`;
const post = (path: string, body: object) =>
  fetch(at(path), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const get = async <T>(path: string): Promise<T> => (await (await fetch(at(path))).json()) as T;

async function ended(id: string): Promise<ReportView> {
  return until("the report to be made", async () => {
    const view = await get<ReportView>(`/${id}`);
    return view.job?.state === "making" ? null : view;
  });
}

describe("reports by the API", () => {
  it("are made, shown with their manifest, listed, and handed out", async () => {
    const answer = await post("", BODY);
    const job = (await answer.json()) as { id: string; state: string };
    expect([answer.status, job.state]).toEqual([200, "making"]);
    const view = await ended(job.id);
    expect(view).toMatchObject({ report: { id: job.id, final: true }, job: { state: "made", done: 1, of: 1 } });
    expect(view.manifest).toMatchObject({ id: job.id, results: [{ name: "reported" }] });
    expect(view.files).toEqual(expect.arrayContaining(["manifest.json", "manifest.sig", "rendered.json"]));
    const list = await get<ReportList>("");
    expect(list).toMatchObject({ items: [{ id: job.id, place: join(folder, "asked", job.id) }], jobs: [], next: null });
    const [found] = (view.manifest as { results: { verdict: string }[] }).results;
    expect(list.items[0]?.verdicts).toEqual([{ profile: "us-cat-member", verdict: found?.verdict }]);
    expect((await tellReports(reportShelf(pool), false)).out).toContain(`  ${found?.verdict} us-cat-member  by-hand/us-cat-member`);
    const file = await fetch(at(`/${job.id}/files/manifest.json`));
    expect(file.headers.get("content-type")).toContain("application/json");
    expect(JSON.parse(await file.text())).toEqual(view.manifest);
  });
  it("do not make up verdicts that were not kept with them", async () => {
    const [before] = (await get<ReportList>("")).items;
    await ask(tested.url, "set session_replication_role = replica; update report set verdicts = null");
    expect((await get<ReportList>("")).items[0]?.verdicts).toBeNull();
    expect((await tellReports(reportShelf(pool), false)).out).toContain("  verdicts not kept  ");
    await ask(tested.url, `set session_replication_role = replica; update report set verdicts = '${JSON.stringify(before?.verdicts)}'`);
    expect((await get<ReportList>("")).items).toEqual([before]);
  });
  it("that cannot be made say why, and leave nothing", async () => {
    const { id } = (await (await post("", { ...BODY, hosts: ["nobody"] })).json()) as { id: string };
    const view = await ended(id);
    expect(view).toMatchObject({ report: null, job: { state: "failed" }, manifest: null, files: [] });
    expect(view.job?.trouble).toContain('Cannot report on host "nobody"');
    expect(readdirSync(join(folder, "asked")).filter((name) => name.startsWith(id))).toEqual([]);
  });
  it("are refused at once where hours of a scope are by a timezone that nobody knows here, with what to do", async () => {
    const hours = { name: "mars", timezone: "Mars/Olympus", days: ["sat"], open: "08:00", close: "16:30", holidays: [] };
    await ask(tested.url, "insert into audit_version (kind, name, body, who) values ('calendar', 'mars', $1, 'ada')", [
      JSON.stringify(hours),
    ]);
    await declare("far", { ...DESK, calendar: "mars" });
    const answer = await post("", { ...BODY, profiles: [], scopes: ["far"] });
    expect([answer.status, await answer.text()]).toEqual([
      400,
      expect.stringContaining(
        'Cannot report on scope far: calendar \\"mars\\" is by timezone \\"Mars/Olympus\\", of which this machine has no rules; set it by its IANA name',
      ),
    ]);
    await ask(tested.url, "set session_replication_role = replica; delete from audit_scope where name = 'far'");
  });
  it.each([
    ["", { ...BODY, to: BODY.from }, 400, "the end must come after the beginning"],
    ["", { ...BODY, from: "yesterday" }, 400, "Cannot use from yesterday"],
    ["", { from: BODY.from }, 422, "to"],
    ["", { ...BODY, profiles: ["us-cat-membre"] }, 400, "did you mean us-cat-member?"],
    ["/none/cancel", {}, 404, "No report"],
  ])("refuse POST %s %j", async (path, body, status, words) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(words);
  });
  it("know no other report and no other file", async () => {
    expect((await fetch(at("/none"))).status).toBe(404);
    const [first] = (await get<ReportList>("")).items;
    expect((await fetch(at(`/${first?.id}/files/..%2f..%2fsecret`))).status).toBe(404);
  });
});

describe("reports that are made of themselves", () => {
  it("are of the declared scopes, once for each period, by one server", async () => {
    const leaps = LeapKeeper.open(leapFiles(null), sha1, quiet);
    if (typeof leaps === "string") throw new Error(leaps);
    await declare("desk", DESK);
    const ports = reportPorts({
      pool,
      archive: null,
      signer: openReceiptKey(receiptKeyFile),
      leaps: () => leaps.kept.list,
      render: async () => [],
    });
    const keeper = () =>
      new ReportKeeper({
        rhythms: ["daily", "monthly"],
        shelf: reportShelf(pool),
        sink: (name) => bundleFolder(join(folder, "scheduled", name)),
        ports,
        asOnlyOne: (work) => asOnlyOne(pool, "truebound reports", work),
        signal: new AbortController().signal,
        log: quiet,
      });
    const both = [keeper(), keeper()];
    await Promise.all(both.map((one) => one.look()));
    for (const one of both) await one.look();
    const made = (await reportShelf(pool).list(null, 100)).filter(({ request }) => request.schedule !== undefined);
    expect(made.map(({ request }) => request.schedule).sort()).toEqual(["daily", "monthly"]);
    expect(made.map(({ scope, final }) => [scope, final])).toEqual([
      ["desk: us-cat-member", true],
      ["desk: us-cat-member", true],
    ]);
    expect(readdirSync(join(folder, "scheduled"))).toHaveLength(2);
  });
});

it("a report says which exemptions that it rests on were withdrawn since, and stays as it is", async () => {
  const store = auditScopeStore(pool);
  const period = { from: parseUtc(BODY.from) as UtcInstant, to: parseUtc(BODY.to) as UtcInstant };
  const added = await store.addExemption({ scope: "desk", host: null, period, reason: "move", who: "ada" });
  if (typeof added === "string") throw new Error(added);
  const job = (await (await post("", BODY)).json()) as { id: string };
  const before = await ended(job.id);
  expect(before).toMatchObject({ report: { scope: "desk: us-cat-member" }, withdrawn_exemptions: [] });
  expect(await store.withdrawExemption(added.id, { reason: "no move", who: "bob" })).toMatchObject({ reports: [job.id] });
  const after = await get<ReportView>(`/${job.id}`);
  expect(after.withdrawn_exemptions).toEqual([added.id]);
  expect([after.report, after.manifest]).toEqual([before.report, before.manifest]);
  const again = await ended(((await (await post("", BODY)).json()) as { id: string }).id);
  expect(again.manifest).toMatchObject({ results: [{ exemptions: [{ id: added.id, withdrawn_by: "bob" }] }] });
  expect(again.withdrawn_exemptions).toEqual([]);
});

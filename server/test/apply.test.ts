import { readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { nodeCrypto } from "../src/adapters/crypto/node-crypto.ts";
import { adminStore } from "../src/adapters/postgres/admin-store.ts";
import { readAlertConfig } from "../src/adapters/postgres/alert-config-store.ts";
import { applyStore } from "../src/adapters/postgres/apply-store.ts";
import { enrolStore } from "../src/adapters/postgres/enrol-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { readProfiles } from "../src/adapters/postgres/profile-store.ts";
import { readRules } from "../src/adapters/postgres/rules.ts";
import { parseYaml } from "../src/adapters/yaml-file.ts";
import { administer } from "../src/admin/admin.ts";
import { type ApplyRequest, apply } from "../src/apply/apply.ts";
import { parseCommand } from "../src/command-line.ts";
import { ask, quiet, type TestDatabases, testDatabases } from "./database.ts";

const EXAMPLE = readFileSync(join(import.meta.dirname, "../../examples/truebound.yaml"), "utf8");

let databases: TestDatabases;
let url: string;
let pool: pg.Pool;
beforeAll(async () => {
  databases = await testDatabases();
});
beforeEach(async () => {
  await pool?.end();
  url = await databases.create();
  pool = openPool(url, quiet);
});
afterAll(async () => {
  await pool?.end();
  await databases?.stop();
});

const applied = (text: string, more: Partial<ApplyRequest> = {}) =>
  apply(
    { store: applyStore(pool), read: async () => text, parse: parseYaml },
    { file: "clocks.yaml", diff: true, dryRun: false, json: false, ...more },
  );
const yaml = (text: string, more: Partial<ApplyRequest> = {}) => applied(`version: 1\n${text}`, more);

async function truebound(...args: string[]) {
  const command = parseCommand(args);
  if (command.name !== "admin") throw new Error(JSON.stringify(command));
  return administer({ store: { ...adminStore(pool), ...enrolStore(pool) }, crypto: nodeCrypto, server: "", pins: [] }, command.request);
}
const blocks = async () => Object.fromEntries((await readRules(pool)).map(({ selector, block }) => [JSON.stringify(selector), block]));
const versions = async () =>
  Object.fromEntries((await readRules(pool)).map(({ selector, version }) => [JSON.stringify(selector), version]));

describe("truebound apply", () => {
  it("sets all of the example, once: applied again it changes nothing, taken away everything goes", async () => {
    const first = await applied(EXAMPLE);
    expect(first).toMatchObject({
      code: 0,
      err: expect.stringMatching(/^Applied clocks.yaml: \d\d added, 0 changed, 0 removed, 0 as before\n$/),
    });
    const config = await readAlertConfig(pool);
    expect(config.rules.filter(({ origin }) => origin === "file").map(({ body }) => body.name)).toEqual([
      "host_silent",
      "oscillator_far_off",
      "trading_before_opening",
      "trading_near_limit",
    ]);
    expect(config.rules.filter(({ body }) => body.name === "host_silent")).toHaveLength(1);
    expect(config.rules.find(({ body }) => body.name === "trading_before_opening")?.body).toMatchObject({
      limit_ns: null,
      hold_s: 0,
      calendar: { name: "lse", before_s: 1800 },
    });
    expect((await readProfiles(pool)).map(({ id, limit_ns }) => [id, limit_ns])).toEqual([
      ["house-clocks", [-500_000_000n, 500_000_000n]],
      ["orders-cluster", 2_000_000n],
    ]);
    expect([config.groups, config.calendars, config.maintenance, config.channels].map(({ length }) => length)).toEqual([2, 1, 2, 5]);
    expect(config.channels[0]?.body.name).toBe("alertmanager");
    expect(config.settings).toEqual({
      alerting: "server",
      page_url: "https://clocks.example.net",
      heartbeat: { url_file: "/etc/truebound/heartbeat-url", every_s: 60, allow_private: false },
    });
    expect(await blocks()).toMatchObject({
      "{}": { probe_interval_s: 16 },
      '{"desk":"equities"}': { limit_ns: 100_000, probe_interval_s: 2, mesh: { domain: "fra", port: 8126, spread_by: "rack" } },
    });
    const before = await versions();
    expect(await applied(EXAMPLE)).toMatchObject({ code: 0, out: "", err: expect.stringContaining("0 added, 0 changed, 0 removed") });
    expect(await versions()).toEqual(before);

    const gone = await yaml("rules:");
    expect(gone.err).toMatch(/0 added, 0 changed, \d\d removed, 0 as before/);
    expect(gone.out).toContain("- policy desk=equities\n    sources: [ntp1.example.net, ");
    const after = await readAlertConfig(pool);
    expect(after.rules.every(({ origin }) => origin === "shipped")).toBe(true);
    expect([after.groups, after.calendars, after.maintenance, after.channels, after.silences].map(({ length }) => length)).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(after.settings).toEqual({ alerting: "server", page_url: null, heartbeat: null });
    expect(await blocks()).toEqual({ "{}": {}, '{"desk":"equities"}': {} });
    // Agents follow a policy that is newer, and this one is.
    expect((await versions())['{"desk":"equities"}']).toBeGreaterThan(before['{"desk":"equities"}'] as number);
    expect(await ask(url, "select from applied")).toEqual([]);
    expect(await ask(url, "select from target where removed_at is null")).toEqual([]);
  });
  it("warns of a scope whose hours were by a timezone that nobody knows here, with the time of which no report can be made", async () => {
    await ask(url, "insert into audit_version (kind, name, body, who) values ('calendar', 'lse', $1, 'ada')", [
      JSON.stringify({ name: "lse", timezone: "Mars/Olympus", days: ["mon"], open: "08:00", close: "16:30", holidays: [] }),
    ]);
    const told = await yaml(
      "calendars: [{ name: lse, timezone: Europe/London, days: [mon], open: '08:00', close: '16:30' }]\nscopes: [{ name: desk, profile: us-cat-member, labels: {}, calendar: lse }]",
    );
    expect([told.code, told.err]).toEqual([
      0,
      expect.stringMatching(/^clocks.yaml:3:\d+: Warning: scope desk: calendar lse was by timezone "Mars\/Olympus" at all times/),
    ]);
  });
  it("shows and changes nothing in a dry run, and as JSON says the same", async () => {
    const dry = await yaml("rules: [{ name: host_silent, hold: 1m }]", { dryRun: true, diff: false });
    expect(dry).toEqual({
      code: 0,
      out: "+ rule host_silent\n    hold: 1m\n",
      err: "Nothing was applied; clocks.yaml would do: 1 added, 0 changed, 0 removed, 0 as before\n",
    });
    expect(await ask(url, "select from alert_rule")).toEqual([]);
    const json = JSON.parse((await yaml("rules: [{ name: host_silent, hold: 1m }]", { json: true })).out);
    expect(json).toEqual({
      file: "clocks.yaml",
      applied: true,
      changes: [
        { change: "add", kind: "rule", name: "host_silent", taken_over: false, fields: [{ name: "hold", before: "10s", after: "1m" }] },
      ],
      same: 0,
      left: [],
      warnings: [],
    });
    expect((await yaml("rules: [{ name: host_silent, hold: 2m }]")).out).toBe("~ rule host_silent\n    hold: 1m -> 2m\n");
  });
  it("says all problems and applies nothing of a file that has one", async () => {
    const wrong = await yaml("rules:\n  - name: host_silent\n  - name: Bad\ngroup: []");
    expect(wrong).toMatchObject({ code: 1, out: "" });
    expect(wrong.err).toBe(
      'clocks.yaml:4:11: Cannot take rules[1].name "Bad": write a name: a lower-case letter, then at most 62 of a-z, 0-9 and _\n' +
        'clocks.yaml:5:1: There is no key "group" in the file; did you mean groups?\n' +
        "Nothing was applied: 2 problems in clocks.yaml\n",
    );
    expect(JSON.parse((await yaml("group: []", { json: true })).out)).toMatchObject({ applied: false, problems: [{ line: 2, column: 1 }] });
    expect(await ask(url, "select from alert_rule")).toEqual([]);
    const unread = await apply(
      { store: applyStore(pool), read: () => Promise.reject(new Error("it is not there")), parse: parseYaml },
      { file: "none.yaml", diff: false, dryRun: false, json: false },
    );
    expect(unread).toEqual({ code: 1, out: "", err: "Cannot read none.yaml: it is not there\n" });
  });
  it("is one at a time: two that are applied together leave what one of them says", async () => {
    const files = ["a", "b"].map(
      (name) =>
        `groups: [{ name: ${name}, labels: { x: ${name} } }]\nrules: [{ name: mine, finding: host_silent, hosts: { group: ${name} } }]`,
    );
    for (let round = 0; round < 5; round++) {
      await Promise.all(files.map((file) => yaml(file)));
      const { groups, rules } = await readAlertConfig(pool);
      expect(groups).toHaveLength(1);
      expect(rules.filter(({ origin }) => origin === "file").map(({ body }) => body.hosts?.group)).toEqual([groups[0]?.body.name]);
    }
  });
  it("rolls all of it back where a part of it fails", async () => {
    await ask(url, "create function refuse_it() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$");
    await ask(url, "create trigger refuse_it before insert on target execute function refuse_it()");
    await expect(yaml("rules: [{ name: host_silent }]\ntargets: [{ name: t, address: 10.0.0.1, domain: d }]")).rejects.toThrow("no");
    expect([await ask(url, "select from alert_rule"), await ask(url, "select from applied")]).toEqual([[], []]);
  });
});

describe("policies of a file", () => {
  it("own the keys that they name: the mesh that a person set on the same labels stays, and its draw", async () => {
    await truebound("mesh", "set", "--domain", "fra", "--port", "8126", "--label", "site=fra");
    await truebound("mesh", "redraw");
    const { mesh } = (await blocks())['{"site":"fra"}'] as { mesh: { draw: string } };
    await yaml("policies: [{ hosts: { labels: { site: fra } }, limit: 1ms, faults: 2 }]");
    expect((await blocks())['{"site":"fra"}']).toEqual({ mesh, limit_ns: 1_000_000, faults: 2 });
    expect((await yaml("policies: [{ hosts: { labels: { site: fra } }, limit: 1ms }]")).out).toBe(
      "~ policy site=fra\n    faults: 2 -> none\n",
    );
    expect((await blocks())['{"site":"fra"}']).toEqual({ mesh, limit_ns: 1_000_000 });
    await truebound("mesh", "set", "--domain", "ams", "--port", "8126", "--label", "site=fra");
    const taken = await yaml("policies: [{ hosts: { labels: { site: fra } }, mesh: { domain: fra, port: 9000 } }]");
    expect(taken.out).toMatch(
      /^~ policy site=fra {2}\(a person had set it.*\n {4}mesh.domain: ams -> fra\n {4}mesh.port: 8126 -> 9000\n {4}limit: 1ms -> none\n$/,
    );
    expect((await blocks())['{"site":"fra"}']).toEqual({ mesh: { domain: "fra", port: 9000, draw: mesh.draw } });
    expect(await yaml("policies: [{ hosts: { labels: { site: fra } }, mesh: { domain: fra, port: 9000 } }]")).toMatchObject({ out: "" });
    await yaml("");
    expect((await blocks())['{"site":"fra"}']).toEqual({});
  });
  it("are changed by no command, which says where they stand", async () => {
    await yaml("policies: [{ hosts: { labels: { site: fra } }, mesh: off }, { hosts: {}, mesh: { domain: all, port: 9000 } }]");
    for (const label of [["--label", "site=fra"], []])
      for (const verb of [["set", "--domain", "x", "--port", "9001"], ["off"]])
        expect(await truebound("mesh", ...verb, ...label)).toMatchObject({
          code: 1,
          err: expect.stringMatching(
            /^Cannot change the mesh of (site=fra|everyone): a file that was applied sets it \(policies, hosts.labels: (site=fra|\{\}), mesh\); /,
          ),
        });
    expect((await truebound("mesh", "set", "--domain", "x", "--port", "9001", "--label", "site=ams")).code).toBe(0);
  });
});

describe("targets of a file", () => {
  const targets = (address: string, labels = "{}") => `targets: [{ name: sw, address: "${address}", domain: fra, labels: ${labels} }]`;
  const ids = async () => (await ask<{ id: string }>(url, "select id from target where removed_at is null")).map(({ id }) => id);
  it("stay the same when only their labels change, and are others at another address", async () => {
    await yaml(targets("10.0.0.1"));
    const first = await ids();
    expect((await yaml(targets("10.0.0.1", "{ rack: r1 }"))).out).toBe("~ target sw\n    labels: {} -> {rack: r1}\n");
    expect(await ids()).toEqual(first);
    await yaml(targets("10.0.0.2"));
    expect(await ids()).not.toEqual(first);
    expect(await truebound("target", "remove", "sw")).toMatchObject({
      code: 1,
      err: "Cannot remove sw: a file that was applied sets it (targets, name: sw); take it out there and run truebound apply\n",
    });
    await yaml("");
    expect(await ids()).toEqual([]);
  });
  it("of people are left alone and named, and taken over by name", async () => {
    await truebound("target", "add", "sw", "10.0.0.1", "--domain", "fra");
    await truebound("target", "add", "gm", "10.0.0.9", "--domain", "fra");
    expect((await yaml(targets("10.0.0.1"))).err).toBe(
      "Applied clocks.yaml: 0 added, 1 changed, 0 removed, 0 as before. Left alone, for people set them: target gm\n",
    );
    await yaml("");
    expect((await truebound("target", "list")).out).toMatch(/^\S+ {2}gm /);
  });
});

describe("silences of a file", () => {
  const silence = (to: string, more = "") => `silences: [{ name: s, matchers: { host: web-1 }, to: ${to}, comment: c${more} }]`;
  const kept = () =>
    ask<{ name: string | null; over: boolean; from: string }>(
      url,
      "select name, to_at <= clock_timestamp() as over, from_at::text as from from silence order by id",
    );
  it("begin when they are first applied, stay the same one, and end when they are taken out", async () => {
    await yaml(silence("2099-01-01T00:00:00Z"));
    const [first] = await kept();
    expect(first).toMatchObject({ name: "s", over: false });
    expect((await yaml(silence("2098-01-01T00:00:00Z"))).out).toBe("~ silence s\n    to: 2099-01-01T00:00:00Z -> 2098-01-01T00:00:00Z\n");
    expect(await kept()).toEqual([first]);
    await yaml("");
    expect(await kept()).toMatchObject([{ name: null, over: true }]);
    await yaml(silence("2097-01-01T00:00:00Z"));
    expect(await kept()).toMatchObject([
      { name: null, over: true },
      { name: "s", over: false },
    ]);
  });
  it("may be over before they are applied", async () => {
    expect((await yaml(silence("2001-01-01T00:00:00Z"))).code).toBe(0);
    expect(await kept()).toMatchObject([{ over: true }]);
    expect((await readAlertConfig(pool)).silences).toEqual([]);
  });
});

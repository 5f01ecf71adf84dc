import type { Channel, ChannelTest } from "@truebound/wire";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { applyStore } from "../src/adapters/postgres/apply-store.ts";
import { incidentStore } from "../src/adapters/postgres/incident-store.ts";
import { openPool } from "../src/adapters/postgres/pool.ts";
import { parseYaml } from "../src/adapters/yaml-file.ts";
import { administerAlerts } from "../src/admin/alerts.ts";
import { apply } from "../src/apply/apply.ts";
import { parseCommand } from "../src/command-line.ts";
import { ask, quiet } from "./database.ts";
import { get } from "./fake-agent.ts";
import { withoutJudge, writeIncident } from "./incident-rows.ts";
import { serverForTests } from "./server-under-test.ts";

const tested = serverForTests(undefined, withoutJudge);
let pool: pg.Pool;
beforeAll(() => {
  pool = openPool(tested.url, quiet);
});
afterAll(async () => {
  await pool?.end();
});
beforeEach(async () => {
  await ask(tested.url, "truncate delivery, notice, incident_entry, alert, incident, silence, alert_object, alert_rule restart identity");
});

const told: Channel[] = [];
let outcome: ChannelTest = { delivered: true, took_ms: 12, error: null };
const testChannel = async (channel: Channel) => {
  told.push(channel);
  return outcome;
};

async function truebound(...args: string[]) {
  const command = parseCommand(args);
  if (command.name !== "alerts") throw new Error(JSON.stringify(command));
  return administerAlerts({ incidents: incidentStore(pool), testChannel }, command.request);
}
const json = async (...args: string[]) => JSON.parse((await truebound(...args, "--json")).out);
const api = async (path: string) => (await get(`${tested.server.peopleUrl}/api/v1${path}`)).body;
const applied = (text: string) =>
  apply(
    { store: applyStore(pool), read: async () => `version: 1\n${text}`, parse: parseYaml },
    { file: "clocks.yaml", diff: false, dryRun: false, json: false },
  );

describe("truebound rule", () => {
  it("lists and shows what is looked for, as the API does", async () => {
    await writeIncident(tested.url);
    expect((await truebound("rule", "list")).out).toContain("host_silent  shipped  1 firing  A ticket when a host is silent, for 10 s\n");
    expect(await json("rule", "list")).toEqual(await api("/rules"));
    expect((await truebound("rule", "show", "near_limit")).out).toMatch(
      /^A note when .*\nname {13}near_limit\n(.*\n)*share {12}80%\nhold {13}10m\n/,
    );
    expect(await truebound("rule", "show", "near_limits")).toEqual({
      code: 1,
      out: "",
      err: 'There is no rule "near_limits"; did you mean near_limit?\n',
    });
  });
});

describe("truebound incident", () => {
  it("says that nothing is open, and that nobody has judged", async () => {
    expect(await truebound("incident", "list")).toEqual({ code: 0, out: "", err: "No incident is open\nNobody has judged yet\n" });
  });
  it("lists, shows, acknowledges and comments, as the API does", async () => {
    const id = await writeIncident(tested.url, { cause: ["host", "host:1", "web-1"], alerts: [{ host: "web-1" }] });
    await writeIncident(tested.url, { cause: ["host", "host:2", "web-2"], resolved: true });
    expect((await truebound("incident", "list")).out).toMatch(new RegExp(`^${id} {2}critical {2}\\S+Z {2}web-1 is silent\n$`));
    expect(await json("incident", "list", "--state", "all")).toEqual(await api("/incidents?state=all"));
    expect((await json("incident", "list", "--host", "web-2")).items).toEqual([]);
    expect((await truebound("incident", "ack", id, "--who", "ada")).err).toBe(`Incident ${id} is looked after by ada\n`);
    expect((await truebound("incident", "comment", id, "the", "antenna", "is iced over", "--who", "ada")).code).toBe(0);
    expect((await truebound("incident", "show", id)).out).toMatch(
      /web-1 is silent; ada looks after it\nalerts\n {2}critical {2}host_silent {2}web-1 is silent\nstory\n.*ada: ada looks after it\n.*ada: the antenna is iced over\n$/,
    );
    expect(await json("incident", "show", id)).toEqual(await api(`/incidents/${id}`));
    expect(await truebound("incident", "show", "4711")).toMatchObject({ code: 1, err: 'There is no incident "4711"\n' });
  });
});

describe("truebound silence", () => {
  it("makes one, says what it keeps quiet, and ends it", async () => {
    await writeIncident(tested.url, { cause: ["group", "g", "rack=r1"], alerts: [{ host: "a" }, { host: "b" }] });
    const made = await truebound(
      "silence",
      "add",
      "--match",
      "group=rack=r1",
      "--for",
      "4h",
      "--comment",
      "the rack moves",
      "--who",
      "ada",
    );
    expect(made.err).toMatch(/^Silence 1 holds until \S+Z for group=rack=r1; it keeps 1 open incident quiet now\n$/);
    expect((await truebound("silence", "list")).out).toMatch(/^1 {2}active {2}group=rack=r1 {2}\S+ to \S+ {2}ada: the rack moves\n$/);
    expect(await json("silence", "list")).toEqual(await api("/silences"));
    expect((await truebound("silence", "end", "1")).err).toBe("Silence 1 is over\n");
    expect((await truebound("silence", "list")).out).toMatch(/^1 {2}not active/);
  });
  it("of a file is ended by that file alone", async () => {
    await applied("silences: [{ name: dc, matchers: { host: a }, to: 2099-01-01T00:00:00Z, comment: c }]");
    expect(await truebound("silence", "end", "1")).toEqual({
      code: 1,
      out: "",
      err: "Cannot end silence 1: the file clocks.yaml sets it (silences, name: dc); take it out there and run truebound apply\n",
    });
  });
});

describe("truebound channel and maintenance", () => {
  it("list what a file set, and test a channel", async () => {
    await applied(`channels: [{ name: hook, kind: webhook, url: "https://a.example/x", enabled: false }]
maintenance: [{ name: move, comment: c, once: { from: 2001-01-01T00:00:00Z, to: 2001-01-01T01:00:00Z } }]`);
    expect((await truebound("channel", "list")).out).toBe("hook  webhook  critical,warning  https://a.example; switched off\n");
    expect(await json("channel", "list")).toEqual(await api("/channels"));
    expect((await truebound("maintenance", "list")).out).toBe(
      "move  past  all hosts, from 2001-01-01T00:00Z to 2001-01-01T01:00Z  the file clocks.yaml: c\n",
    );
    expect(await json("maintenance", "list")).toEqual(await api("/maintenance"));
    expect(await truebound("channel", "test", "hook")).toEqual({ code: 0, out: "", err: "hook was told within 12 ms\n" });
    outcome = { delivered: false, took_ms: 3, error: "it answers 401" };
    expect(await truebound("channel", "test", "hook")).toEqual({ code: 1, out: "", err: "Cannot tell hook: it answers 401\n" });
    expect(told.map(({ name }) => name)).toEqual(["hook", "hook"]);
    expect(await truebound("channel", "test", "hok")).toMatchObject({ code: 1, err: 'There is no channel "hok"; did you mean hook?\n' });
  });
});

describe("truebound maintenance", () => {
  it("declares a window and ends it, and the API says the same", async () => {
    const to = new Date(Date.now() + 3_600_000).toISOString();
    const made = await truebound("maintenance", "add", "--labels", "rack=r1", "--to", to, "--comment", "the rack moves", "--who", "ada");
    expect(made.err).toMatch(/^maintenance-\d+ holds from \S+ to \S+ for hosts with rack=r1: 0 hosts now\n$/);
    const [name = ""] = made.err.split(" ");
    expect((await truebound("maintenance", "list")).out).toMatch(/ {2}running {2}hosts with rack=r1, from .* {2}ada: the rack moves\n$/);
    expect(await json("maintenance", "list")).toEqual(await api("/maintenance"));
    expect((await truebound("maintenance", "end", name, "--who", "ada")).err).toBe(`${name} is over\n`);
    expect((await truebound("maintenance", "end", name, "--who", "ada")).err).toBe(`Cannot end maintenance window "${name}": it is over\n`);
  });
});

describe("a wrong command", () => {
  it.each([
    [["rule"], /say list or show/],
    [["incident", "acknowledge", "1"], /did you mean ack\?/],
    [["incident", "ack", "1"], /without --who/],
    [["incident", "comment", "1", "--who", "ada"], /without the id of an incident and what is to be said/],
    [["incident", "list", "--state", "closed"], /did you mean/],
    [["silence", "add", "--match", "host=a", "--for", "30s", "--comment", "c", "--who", "a"], /--for 30s: write a span/],
    [["silence", "add", "--match", "host", "--for", "1h", "--comment", "c", "--who", "a"], /--match host: write name=value/],
    [["silence", "add", "--for", "1h", "--comment", "c", "--who", "a"], /without --match/],
    [["maintenance", "end", "x"], /without --who/],
    [["maintenance", "stop"], /say list, add or end/i],
    [["maintenance", "add", "--to", "2099-01-01T00:00:00Z", "--comment", "c", "--who", "a"], /whose window it is/],
    [["maintenance", "add", "--all", "--host", "a", "--to", "2099-01-01T00:00:00Z", "--comment", "c", "--who", "a"], /whose window it is/],
    [["channel", "test"], /without the name of a channel/],
    [["apply"], /without a file/],
    [["apply", "a.yaml", "b.yaml"], /one file at a time/],
  ])("%j says how it is written", (args, words) => {
    const command = parseCommand(args);
    expect([command.name, "problem" in command ? command.problem : ""]).toEqual(["usage", expect.stringMatching(words)]);
  });
});

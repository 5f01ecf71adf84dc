import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "@truebound/testkit";
import { parseJoinToken } from "@truebound/wire";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRunning, type ProcessIdentity } from "../src/adapters/embedded-postgres/process-facts.ts";
import { REPORT_TURN } from "../src/adapters/postgres/report/report-turn.ts";
import { ask, type TestDatabases, testDatabases } from "./database.ts";
import { batchOf, FakeAgent, get } from "./fake-agent.ts";
import { until } from "./until.ts";

/** The compiled program, as a person starts it. `npm test` builds it first. */
const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** 0001-hosts and its followers, in order. */
const MIGRATIONS = readdirSync(new URL("../../migrations/", import.meta.url))
  .filter((name) => /^\d{4}-.*\.sql$/.test(name))
  .map((name) => name.replace(/\.sql$/, ""))
  .sort();

let databases: TestDatabases;
const folder = mkdtempSync(join(tmpdir(), "truebound-up-"));
// The user as whom PostgreSQL runs must be able to pass through.
chmodSync(folder, 0o711);
const children: ChildProcess[] = [];

beforeAll(async () => {
  databases = await testDatabases();
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface Run {
  readonly child: ChildProcess;
  out: string;
  err: string;
  code: number | null | undefined;
}

/** Nothing of the tester's own settings reaches it, and no source but one that nobody listens on. */
function start(args: readonly string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH ?? "", HOME: folder, TRUEBOUND_SOURCES: "127.0.0.1:9", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const run: Run = { child, out: "", err: "", code: undefined };
  child.stdout.on("data", (data) => (run.out += String(data)));
  child.stderr.on("data", (data) => (run.err += String(data)));
  child.on("close", (code) => (run.code = code));
  children.push(child);
  return run;
}

const ended = async (run: Run): Promise<number | null> =>
  (await until("the program to end", () => (run.code === undefined ? null : { code: run.code }), 60_000)).code;
const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

async function finish(args: readonly string[], env: Record<string, string> = {}): Promise<[number | null, string, string]> {
  const run = start(args, env);
  const code = await ended(run);
  return [code, run.out, run.err];
}

const NOWHERE = "postgres://nobody:x@127.0.0.1:1/none";

describe("truebound", () => {
  it("says its version and helps", async () => {
    expect(await finish(["version"])).toEqual([0, "truebound 0.1.0\n", ""]);
    expect(await finish(["help"])).toEqual([0, expect.stringContaining("truebound up [--demo]"), ""]);
  });
  it("knows no other word", async () =>
    expect(await finish(["dance"])).toEqual([2, "", expect.stringContaining('There is no command "dance"; did you mean ')]));
  it("listens off the loopback without TLS for nobody, and makes no token that says so", async () => {
    for (const command of ["serve", "up"])
      expect(await finish([command], { DATABASE_URL: NOWHERE, TRUEBOUND_LISTEN: "0.0.0.0:0" })).toEqual([
        78,
        "",
        expect.stringContaining("is off the loopback, which needs TLS"),
      ]);
    const [code, , err] = await finish(["token", "create", "--server", "http://192.0.2.1:8125"], { DATABASE_URL: NOWHERE });
    expect([code, err]).toEqual([2, expect.stringContaining("write https://host:8125/")]);
  });
  it("signs a list of hosts, and says by which key the server knows it", async () => {
    const [draft, key] = [join(folder, "draft.json"), join(folder, "operator.pem")];
    writeFileSync(draft, JSON.stringify({ version: 1, hosts: [{ name: "web-1", public_key: "A".repeat(43), labels: {} }] }));
    writeFileSync(key, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    const [code, out, err] = await finish(["host-list", "sign", draft, "--key", key], {});
    expect([code, err]).toEqual([0, expect.stringMatching(/^Signed for one host; .*TRUEBOUND_HOST_LIST_KEY=[\w-]{43}\n$/)]);
    expect(JSON.parse(out)).toMatchObject({ version: 1, signature: expect.stringMatching(/^[\w-]{86}$/) });
    expect((await finish(["host-list", "sign", draft], {}))[0]).toBe(2);
    expect((await finish(["host-list", "--help"], {}))[1]).toContain("stays what it is: truebound host revoke");
  });
  it("applies a file, says what is wrong with one, and shows its profiles where the database can be reached", async () => {
    const env = { DATABASE_URL: await databases.create() };
    const example = fileURLToPath(new URL("../../examples/truebound.yaml", import.meta.url));
    expect(await finish(["apply", "--diff", example], env)).toEqual([
      0,
      expect.stringContaining("+ rule trading_before_opening\n    finding: not_proved_inside\n    hosts.group: trading\n"),
      expect.stringMatching(/^Applied .*truebound.yaml: \d+ added, 0 changed, 0 removed, 0 as before\n$/),
    ]);
    const wrong = join(folder, "wrong.yaml");
    writeFileSync(wrong, "version: 1\nrulez: []\n");
    expect(await finish(["apply", wrong], env)).toEqual([
      1,
      "",
      `${wrong}:2:1: There is no key "rulez" in the file; did you mean rules?\nNothing was applied: 1 problem in ${wrong}\n`,
    ]);
    expect((await finish(["apply"], env))[0]).toBe(2);
    expect((await finish(["rule", "show", "trading_before_opening"], env))[1]).toContain("calendar.before  30m\n");
    expect((await finish(["profile", "show", "orders-cluster"], env))[1]).toContain("2 ms (2000000 ns)");
    const [code, out, err] = await finish(["profile", "list"], { DATABASE_URL: NOWHERE });
    expect([code, out, err]).toEqual([
      0,
      expect.stringContaining("cockroachdb"),
      expect.stringMatching(/^Only the profiles of this version/),
    ]);
  });
  it("makes, lists and revokes join tokens, and says who may report", async () => {
    const url = await databases.create();
    const env = { DATABASE_URL: url };
    const [code, out, err] = await finish(["token", "create", "--uses", "2", "--ttl", "1h", "--label", "site=a", "--name", "db-*"], env);
    expect([code, err]).toEqual([0, expect.stringContaining("lets 2 hosts in at http://127.0.0.1:8125/ within 3600 s")]);
    const token = parseJoinToken(out);
    expect(token).toMatchObject({ server: "http://127.0.0.1:8125/", pins: [] });
    const kept = await ask<{ text: string }>(url, "select row_to_json(t)::text as text from join_token t");
    expect(kept[0]?.text).not.toContain(token?.secret);
    const [, list] = await finish(["token", "list", "--json"], env);
    const [first] = JSON.parse(list).items;
    expect(err).toContain(`Join token ${first.id} (truebound token revoke ${first.id} takes it back)`);
    const [, asJson] = await finish(["token", "create", "--json"], env);
    const made = JSON.parse(asJson);
    expect([parseJoinToken(made.token)?.server, made.uses, made.expires_in_s]).toEqual(["http://127.0.0.1:8125/", 1, 600]);
    expect(await finish(["token", "revoke", made.id], env)).toEqual([0, "", `Revoked the join token ${made.id}\n`]);
    expect(first).toMatchObject({ uses: 2, uses_left: 2, labels: { site: "a" }, name_pattern: "db-*", approval: false });
    expect(await finish(["token", "revoke", first.id], env)).toEqual([0, "", `Revoked the join token ${first.id}\n`]);
    expect(await finish(["token", "revoke", first.id], env)).toEqual([1, "", expect.stringContaining("no token that can still be used")]);
    expect(await finish(["token", "list"], env)).toEqual([0, "", "No join token can be used now\n"]);
    expect(await finish(["host", "list"], env)).toEqual([0, "", "No host is enrolled\n"]);
    expect(await finish(["host", "approve", "nobody"], env)).toEqual([1, "", expect.stringContaining("no host has this id or name")]);
  });
  it("says where its database is looked for when none runs", async () => {
    const [code, , err] = await finish(["token", "list"], { TRUEBOUND_DATA_DIR: join(folder, "nothing-here") });
    expect([code, err]).toEqual([1, expect.stringContaining("no Truebound runs with its data in")]);
    const [wrong, told] = await finish(["doctor"], { TRUEBOUND_DATA_DIR: join(folder, "nothing-here") });
    expect([wrong, told]).toEqual([1, expect.stringMatching(/^fail {5}database {5}It cannot be used: no Truebound runs with its data in/)]);
  });
  it("reports all that is wrong with its settings in one line, exit 78", async () => {
    const [code, out, err] = await finish(["up"], { TRUEBOUND_HTTP_PORT: "x", TRUEBOUND_LISTEN: "0.0.0.0:1", TRUEBOUND_SUORCES: "a" });
    expect([code, out, lines(err).length]).toEqual([78, "", 1]);
    for (const name of ["TRUEBOUND_HTTP_PORT", "TRUEBOUND_LISTEN", "TRUEBOUND_SUORCES"]) expect(err).toContain(name);
  });
  it("serves and migrates only what it is pointed at", async () => {
    expect(await finish(["serve"])).toEqual([78, "", expect.stringContaining("DATABASE_URL")]);
    const url = await databases.createEmpty();
    expect(await finish(["serve"], { DATABASE_URL: url, TRUEBOUND_HTTP_PORT: "0" })).toEqual([
      78,
      "",
      expect.stringContaining("truebound migrate"),
    ]);
    expect(await finish(["migrate"], { DATABASE_URL: url })).toEqual([0, `Migrated: ${MIGRATIONS.join(", ")}\n`, ""]);
    expect(await finish(["migrate"], { DATABASE_URL: url })).toEqual([0, "The schema is up to date\n", ""]);
    await ask(url, "insert into pgmigrations (name, run_on) values ('9999-later', now())");
    for (const command of ["migrate", "serve", "up"]) {
      const [code, , err] = await finish([command], {
        DATABASE_URL: url,
        TRUEBOUND_HTTP_PORT: "0",
        TRUEBOUND_LISTEN: "127.0.0.1:0",
        TRUEBOUND_DATA_DIR: join(folder, "newer"),
      });
      expect([code, lines(err).length, err]).toEqual([78, 1, expect.stringContaining("newer than this Truebound")]);
    }
  });
  it("rebuilds what it can reach, and spreads tables only over a Citus", async () => {
    const env = { DATABASE_URL: await databases.create() };
    const none =
      "host_minute: 0 equal, 0 differ, 0 missing\nhost_event: 0 equal, 0 differ, 0 missing\nhost_state: 0 equal, 0 differ, 0 missing\n";
    expect(await finish(["rebuild", "--check"], env)).toEqual([0, `${none}All is as the evidence gives it\n`, ""]);
    expect(await finish(["rebuild", "--host", "nobody"], env)).toEqual([1, "", expect.stringContaining("no host has this id or name")]);
    expect((await finish(["rebuild", "now"], env))[0]).toBe(2);
    const [code, out, err] = await finish(["migrate", "--distribute", "citus"], env);
    expect([code, out, err]).toEqual([1, "The schema is up to date\n", expect.stringContaining("this database has no extension citus")]);
  });
  it("says which port is taken, exit 1", async () => {
    const { server, port } = await taken();
    const env = { DATABASE_URL: await databases.create(), TRUEBOUND_DATA_DIR: join(folder, "taken") };
    const [code, , err] = await finish(["up"], { ...env, TRUEBOUND_HTTP_PORT: String(port), TRUEBOUND_LISTEN: "127.0.0.1:0" });
    expect([code, err]).toEqual([
      1,
      `Cannot listen on 127.0.0.1:${port}: the port is taken; stop what uses it, or choose another with TRUEBOUND_HTTP_PORT\n`,
    ]);
    server.close();
  });
  it("says that it cannot write its folder, exit 78", async () => {
    writeFileSync(join(folder, "file"), "");
    for (const env of [{}, { DATABASE_URL: await databases.create() }]) {
      const [code, out, err] = await finish(["up"], {
        ...env,
        TRUEBOUND_DATA_DIR: join(folder, "file", "data"),
        TRUEBOUND_HTTP_PORT: "0",
        TRUEBOUND_LISTEN: "127.0.0.1:0",
      });
      expect([code, out, lines(err).length, err]).toEqual([78, "", 1, expect.stringContaining(join(folder, "file"))]);
    }
  });
  it("brings the schema up where it is told to, one of two that start at once, and refuses a newer one all the same", async () => {
    const url = await databases.createEmpty();
    const both = [0, 1].map((index) =>
      start(["serve"], {
        DATABASE_URL: url,
        MIGRATE_ON_START: "1",
        TRUEBOUND_HTTP_PORT: "0",
        TRUEBOUND_LISTEN: "127.0.0.1:0",
        TRUEBOUND_RECEIPT_KEY_FILE: join(folder, "of-both.pem"),
        TRUEBOUND_DATA_DIR: join(folder, `of-${index}`),
      }),
    );
    for (const run of both) await servedAt(run);
    expect(both.map(({ out }) => lines(out)[0]).sort()).toEqual([`Migrated: ${MIGRATIONS.join(", ")}`, "The schema is up to date"]);
    const ready = await Promise.all(both.map(async (run) => (await get(`${await servedAt(run)}readyz`)).status));
    await ask(url, "insert into pgmigrations (name, run_on) values ('9999-later', now())");
    const later = await get(`${await servedAt(both[0] as Run)}readyz`);
    expect([ready, later.status, later.body.detail]).toEqual([
      [200, 200],
      503,
      expect.stringContaining("newer than this server: 9999-later"),
    ]);
    const [code, , err] = await finish(["serve"], { DATABASE_URL: url, MIGRATE_ON_START: "1", TRUEBOUND_DATA_DIR: join(folder, "of-0") });
    expect([code, err]).toEqual([78, expect.stringContaining("newer than this Truebound")]);
    for (const run of both) run.child.kill("SIGTERM");
    expect(await Promise.all(both.map(ended))).toEqual([0, 0]);
  });
  it("drains at SIGTERM: answers the delivery under way, ends streams and reports, says that it is not ready, and hears nobody new", async () => {
    const url = await databases.create();
    const agentsPort = await freePort();
    const run = start(["serve"], {
      DATABASE_URL: url,
      TRUEBOUND_HTTP_PORT: "0",
      TRUEBOUND_LISTEN: `127.0.0.1:${agentsPort}`,
      TRUEBOUND_DATA_DIR: join(folder, "drained"),
    });
    const page = await servedAt(run);
    const agent = new FakeAgent(`http://127.0.0.1:${agentsPort}`);
    await agent.enrol((await finish(["token", "create"], { DATABASE_URL: url }))[1].trim(), "drained");
    const events = await fetch(`${page}api/v1/events`);
    const streamed = events.text();
    // A report waits while somebody else makes one.
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("select pg_advisory_lock(hashtext($1))", [REPORT_TURN]);
    const asked = await fetch(`${page}api/v1/reports`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z", profiles: ["us-cat-member"] }),
    });
    const job = (await asked.json()) as { id: string; state: string };
    expect(job.state).toBe("making");
    const delivery = halfSent(agent);
    await delivery.heard;
    const kept = new Agent({ keepAlive: true });
    expect(await readiness(page, kept)).toEqual([200, ""]);

    run.child.kill("SIGTERM");
    const said = await until("the end of readiness", async () => {
      const [status, detail] = await readiness(page, kept);
      return status === 503 ? detail : null;
    });
    expect(said).toBe("This server is stopping: ask another one");
    expect((await fetch(`${page}api/v1/events`)).status).toBe(503);
    await until("nobody new to be heard", () => refuses(agentsPort));
    expect((await streamed).length).toBeGreaterThan(0);
    await client.end();
    const [status, verdict] = await delivery.finish();
    expect([status, verdict]).toEqual([200, "stored"]);
    const answered = performance.now();
    expect(await ended(run)).toBe(0);
    // Connections that are kept are not waited for.
    expect(performance.now() - answered).toBeLessThan(3_500);
    kept.destroy();
    expect((await ask<{ count: bigint }>(url, "select count(*) from evidence"))[0]?.count).toBe(1n);
    expect(run.err).toMatch(new RegExp(`Report ${job.id} of 2026-01-01T00:00:00\\S*Z to 2026-01-02T00:00:00\\S*Z is not made`));
    expect(readdirSync(join(folder, "drained")).includes("reports") ? readdirSync(join(folder, "drained/reports")) : []).toEqual([]);
  });
});

describe("truebound up", () => {
  const data = join(folder, "data");
  const env = { TRUEBOUND_DATA_DIR: data, TRUEBOUND_HTTP_PORT: "0", TRUEBOUND_LISTEN: "127.0.0.1:0" };
  const page = (run: Run) =>
    until(
      "the page",
      () => /^Truebound is measuring this host: (http:\S+)\n$/.exec(run.out)?.[1] ?? (run.code !== undefined && fail(run)),
      60_000,
    );
  const reporting = (url: string) =>
    until(
      "the agent's report",
      async () => {
        const { items } = (await get(`${url}api/v1/hosts`)).body;
        return items[0]?.last_received_at ? items : null;
      },
      60_000,
    );

  it("brings everything up, tells of this host, stops all of it at Ctrl-C, and shows the old data next time", async () => {
    const first = start(["up"], env);
    const hosts = await reporting(await page(first));
    expect(hosts).toMatchObject([{ status: "unknown", guaranteed: null, words: expect.stringContaining("unknown") }]);
    first.child.kill("SIGINT");
    expect([await ended(first), lines(first.out).length]).toEqual([0, 1]);
    const said = lines(first.err).map((line) => JSON.parse(line) as { level: string; time: string; msg: string });
    for (const line of said)
      expect(line).toMatchObject({ level: expect.any(String), time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) });
    for (const word of ["Creating a database in", "[agent] ", "Stopping"])
      expect(said.filter(({ msg }) => msg.startsWith(word)).length).toBeGreaterThan(0);
    const second = start(["up"], env);
    const again = await reporting(await page(second));
    expect(again.map((host: { id: string }) => host.id)).toEqual(hosts.map((host: { id: string }) => host.id));
    second.child.kill("SIGTERM");
    expect(await ended(second)).toBe(0);
    expect(existsSync(join(data, "postgres", "postmaster.pid"))).toBe(false);
  }, 180_000);
  it("starts after a kill -9, with one agent and the same host", async () => {
    const killed = start(["up"], env);
    const before = await reporting(await page(killed));
    const left = agentOf(data);
    killed.child.kill("SIGKILL");
    await ended(killed);
    const run = start(["up"], env);
    const after = await reporting(await page(run));
    expect(after.map((host: { id: string }) => host.id)).toEqual(before.map((host: { id: string }) => host.id));
    expect([isRunning(left), isRunning(agentOf(data))]).toEqual([false, true]);
    run.child.kill("SIGINT");
    expect(await ended(run)).toBe(0);
  }, 180_000);
});

const servedAt = (run: Run): Promise<string> =>
  until("the server", () => /serving: (http:\S+)/.exec(run.out)?.[1] ?? (run.code !== undefined && fail(run)), 60_000);

/** On one connection that is kept; an empty text where it is ready. */
function readiness(page: string, agent: Agent): Promise<[status: number | undefined, detail: string]> {
  return new Promise((resolve) => {
    request(`${page}readyz`, { agent }, async (res) => {
      const text = (await res.toArray()).join("");
      resolve([res.statusCode, res.statusCode === 200 ? "" : (JSON.parse(text) as { detail: string }).detail]);
    })
      .on("error", () => resolve([undefined, ""]))
      .end();
  });
}

/** A delivery of which the server has the first half; `finish` sends the other one. */
function halfSent(agent: FakeAgent) {
  const row = { realtime: 1_800_000_000_000_000_000n, lo: -5_000n, hi: 7_000n };
  const { headers, body } = agent.signed(Buffer.from(JSON.stringify(batchOf(agent.id, [row]))));
  const half = Math.floor(body.length / 2);
  const req = request(`${agent.url}/api/v1/batches`, { method: "POST", headers: { ...headers, "content-length": body.length } });
  const answered = new Promise<[number | undefined, string]>((resolve, reject) => {
    req.on("error", reject);
    req.on("response", async (res) =>
      resolve([res.statusCode, (JSON.parse((await res.toArray()).join("")) as { verdict: string }).verdict]),
    );
  });
  answered.catch(() => {});
  const heard = new Promise<void>((resolve) => req.write(body.subarray(0, half), () => resolve()));
  return {
    heard,
    finish: () => {
      req.end(body.subarray(half));
      return answered;
    },
  };
}

const refuses = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(false)).on("error", () => resolve(true));
    socket.unref();
    socket.on("connect", () => socket.destroy());
  });

const agentOf = (data: string): ProcessIdentity => (JSON.parse(readFileSync(join(data, "children.json"), "utf8")) as [ProcessIdentity])[0];

function fail(run: Run): never {
  throw new Error(`It ended with ${run.code}: ${run.err}`);
}

function taken(): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({ server, port: typeof address === "object" && address !== null ? address.port : 0 });
    });
  });
}

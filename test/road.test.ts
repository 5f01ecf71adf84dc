import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabases, testDatabases } from "../server/test/database.ts";

/** The road between machines as people take it: a server with TLS, a token made on it, an agent that enrols and reports. */
const folder = mkdtempSync(join(tmpdir(), "truebound-road-"));
const bin = (name: string) => fileURLToPath(new URL(`../bin/${name}.js`, import.meta.url));
const path = (name: string) => join(folder, name);

let databases: TestDatabases;
let url: string;
const children: ReturnType<typeof spawn>[] = [];

beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  for (const name of ["first", "second"]) {
    const made = spawnSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        path(`${name}.key`),
        "-out",
        path(`${name}.crt`),
        "-days",
        "2",
        "-subj",
        "/CN=nobody.example",
      ],
      { encoding: "utf8" },
    );
    if (made.status !== 0) throw new Error(made.stderr);
  }
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (more: Record<string, string> = {}) => ({
  PATH: process.env.PATH ?? "",
  HOME: folder,
  TRUEBOUND_SOURCES: "127.0.0.1:9",
  ...more,
});

function run(program: string, args: readonly string[], env: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin(program), ...args], { env: environment(env), encoding: "utf8" });
  return { status, stdout, stderr };
}

/** Resolves once the program has said so. */
function start(program: string, args: readonly string[], env: Record<string, string>, says: RegExp) {
  const child = spawn(process.execPath, [bin(program), ...args], { env: environment(env), stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  let text = "";
  const said = new Promise<RegExpExecArray>((resolve, reject) => {
    const look = (data: unknown) => {
      text += String(data);
      const found = says.exec(text);
      if (found) resolve(found);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.on("close", () => reject(new Error(`${program} ended: ${text}`)));
  });
  return { child, said, text: () => text };
}

const ended = (child: ReturnType<typeof spawn>) => new Promise<void>((resolve) => child.once("close", () => resolve()));

describe("an agent on the road to a server with TLS", () => {
  const port = 20_000 + (process.pid % 20_000);
  const served = (name: string, next?: string): Record<string, string> => ({
    DATABASE_URL: url,
    TRUEBOUND_HTTP_PORT: "0",
    TRUEBOUND_LISTEN: `127.0.0.1:${port}`,
    TRUEBOUND_DATA_DIR: folder,
    TRUEBOUND_TLS_CERT_FILE: path(`${name}.crt`),
    TRUEBOUND_TLS_KEY_FILE: path(`${name}.key`),
    ...(next === undefined ? {} : { TRUEBOUND_TLS_NEXT_KEY_FILE: path(`${next}.key`) }),
  });
  const agentEnv = { TRUEBOUND_AGENT_DATA_DIR: path("agent"), TRUEBOUND_HOST_NAME: "road-1" };

  it("enrols by a token that pins a certificate nobody vouches for, reports, and follows the server to its next key", async () => {
    const first = start("truebound", ["serve"], served("first", "second"), /serving: (\S+)/);
    const [, page = ""] = await first.said;
    const token = run("truebound", ["token", "create"], served("first", "second"));
    expect(token).toMatchObject({ status: 0, stdout: expect.stringMatching(/^tbj1\..+,.+https/) });
    writeFileSync(path("token"), token.stdout, { mode: 0o600 });

    const enrolled = run("truebound-agent", ["enroll", "--token-file", path("token")], agentEnv);
    expect(enrolled).toMatchObject({ status: 0, stdout: expect.stringContaining(`Enrolled at https://127.0.0.1:${port}/ as `) });
    expect(existsSync(path("token"))).toBe(false);
    expect(JSON.parse(readFileSync(path("agent/identity.json"), "utf8")).pins).toHaveLength(2);

    const agent = start("truebound-agent", ["run"], agentEnv, /but its key is the pinned one: trusted/);
    await agent.said;
    const hosts = async () =>
      (await (await fetch(`${page}api/v1/hosts`)).json()).items as { name: string; last_received_at: string | null }[];
    await expect.poll(async () => (await hosts())[0]?.last_received_at ?? null, { timeout: 30_000 }).not.toBeNull();

    first.child.kill("SIGTERM");
    await ended(first.child);
    const second = start("truebound", ["serve"], served("second"), /serving: (\S+)/);
    const [, next = ""] = await second.said;
    await expect.poll(agent.text, { timeout: 60_000 }).toMatch(/TLS keys are now pinned as [\w-]{43}\n/);
    expect(((await (await fetch(`${next}api/v1/hosts`)).json()) as { items: object[] }).items).toMatchObject([{ name: "road-1" }]);
    agent.child.kill("SIGTERM");
    await ended(agent.child);
    second.child.kill("SIGTERM");
    await ended(second.child);
  }, 180_000);

  it("whose folder was copied and reports twice is refused once, and told of", async () => {
    const running = start("truebound", ["serve"], served("second"), /serving: (\S+)/);
    const [, page = ""] = await running.said;
    cpSync(path("agent"), path("copy"), { recursive: true });
    const both = [path("agent"), path("copy")].map((at) =>
      start("truebound-agent", ["run"], { ...agentEnv, TRUEBOUND_AGENT_DATA_DIR: at }, /trusted/),
    );
    await Promise.all(both.map(({ said }) => said));
    const host = async () => (await (await fetch(`${page}api/v1/hosts/road-1`)).json()) as { clone_suspected: boolean };
    await expect
      .poll(host, { timeout: 60_000 })
      .toMatchObject({ clone_suspected: true, events: expect.arrayContaining([expect.objectContaining({ kind: "clone_suspected" })]) });
    await expect.poll(() => both.filter(({ text }) => text().includes("fork: ")).length, { timeout: 30_000 }).toBe(1);
    for (const { child } of [...both, running]) {
      child.kill("SIGTERM");
      await ended(child);
    }
  }, 120_000);

  it("enrols nowhere by a token that pins another key, and forgets when it is told to", async () => {
    const rogue = start("truebound", ["serve"], served("second"), /serving: (\S+)/);
    await rogue.said;
    const token = run("truebound", ["token", "create"], served("first"));
    writeFileSync(path("token"), token.stdout, { mode: 0o600 });
    const env = { ...agentEnv, TRUEBOUND_AGENT_DATA_DIR: path("other") };
    expect(run("truebound-agent", ["enroll", "--token-file", path("token")], env)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("is not one that was pinned"),
    });
    expect(existsSync(path("token"))).toBe(true);
    expect(run("truebound-agent", ["unenroll"], agentEnv)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("truebound host revoke"),
    });
    expect(existsSync(path("agent/identity.json")) || existsSync(path("agent/key.pem"))).toBe(false);
    rogue.child.kill("SIGTERM");
    await ended(rogue.child);
  }, 120_000);

  it.each([
    ["TLS", { ...served("first"), TRUEBOUND_LISTEN: `0.0.0.0:${port}` }],
    ["a proxy before it", { TRUEBOUND_LISTEN: `0.0.0.0:${port}`, TRUEBOUND_HTTP_PORT: "0", TRUEBOUND_TLS_PROXY: "1" }],
  ])(
    "needs no token on the server's own machine, with %s on all its addresses",
    async (_, settings) => {
      const own = mkdtempSync(join(folder, "own-"));
      const database = await databases.create();
      const all = start(
        "truebound",
        ["up"],
        { ...settings, DATABASE_URL: database, TRUEBOUND_DATA_DIR: own },
        /measuring this host: (\S+)/,
      );
      const [, page = ""] = await all.said;
      const hosts = async () =>
        ((await (await fetch(`${page}api/v1/hosts`)).json()) as { items: { last_received_at: string | null }[] }).items;
      await expect.poll(async () => (await hosts())[0]?.last_received_at ?? all.text(), { timeout: 60_000 }).toMatch(/^\d{4}-/);
      all.child.kill("SIGTERM");
      await ended(all.child);
    },
    120_000,
  );

  it("is taken by no server whose key is another one than its database's", async () => {
    const other = mkdtempSync(join(folder, "other-server-"));
    expect(run("truebound", ["serve"], { ...served("first"), TRUEBOUND_DATA_DIR: other })).toMatchObject({
      status: 78,
      stderr: expect.stringContaining("TRUEBOUND_RECEIPT_KEY_FILE"),
    });
  }, 60_000);
});

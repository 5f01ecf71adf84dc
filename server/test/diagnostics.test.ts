import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { ownSurroundings } from "../src/adapters/surroundings.ts";
import { runApply, runDiagnostics } from "../src/administer.ts";
import { type Config, readConfig } from "../src/config.ts";
import { ask, quiet } from "./database.ts";
import { batchOf, FakeAgent } from "./fake-agent.ts";
import { serverForTests } from "./server-under-test.ts";
import { until } from "./until.ts";

const tested = serverForTests();
const folder = mkdtempSync(join(tmpdir(), "truebound-diagnostics-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NAMES = ["kanarie-host", "kanarie-desk", "kanarie-channel", "kanarie.source.example", "kanarie-person", "kanarie.tsa.example"];

/** A database in which each place that may hold a secret or a name has one; gives the secrets. */
async function furnished(): Promise<string[]> {
  const secret = (what: string) => `geheim-${what}-${"x".repeat(8)}`;
  const joinToken = await tested.server.createToken({ labels: { desk: "kanarie-desk" }, uses: 2, ttlSeconds: 600 });
  const agent = new FakeAgent(tested.server.agentsUrl);
  await agent.enrol(joinToken, "kanarie-host");
  const batch = batchOf(agent.id, [{ realtime: 1_800_000_000_000_000_000n, lo: -5_000n, hi: 7_000n }], {
    sources: ["a", "b", "c"].map((name) => ({ ...batchOf(agent.id, []).sources[0], id: `${name}.kanarie.source.example:123` })) as never,
  });
  expect((await agent.send(batch)).status).toBe(200);
  const file = join(folder, "channels.yaml");
  writeFileSync(
    file,
    `version: 1\nchannels:\n  - name: kanarie-channel\n    kind: slack\n    severities: [critical]\n    url_file: ${join(folder, "slack")}\n`,
  );
  writeFileSync(join(folder, "slack"), "https://hooks.example/geheim-slack\n");
  const applied = await runApply(configOf({ DATABASE_URL: tested.url }), { file, diff: false, dryRun: false, json: false }, quiet);
  expect([applied.code, applied.err]).toEqual([0, expect.stringContaining("1 added")]);
  const page = async () =>
    (await (await fetch(`${tested.server.peopleUrl}/metrics`)).text()).includes('_error_bound_seconds{host="kanarie-host"');
  await until("the host's metrics", page);
  await ask(tested.url, "insert into person (name, password_hash) values ('kanarie-person', $1)", [secret("hash")]);
  const kept = await ask<{ text: string }>(
    tested.url,
    "select encode(hash, 'hex') as text from join_token union all select encode(secret, 'hex') from log_shard",
  );
  return [joinToken.trim().slice(-30), secret("hash"), agent.publicKey, ...kept.map(({ text }) => text)];
}

function configOf(environment: Record<string, string>): Config {
  const read = readConfig(environment, { ...ownSurroundings(), home: "/nonexistent" });
  if ("problems" in read) throw new Error(read.problems.join("; "));
  return read.config;
}

async function unpacked(withNames: boolean, environment: Record<string, string>): Promise<{ files: Map<string, string>; all: string }> {
  const out = join(folder, `${withNames}.tar.gz`);
  const into = join(folder, String(withNames));
  mkdirSync(into);
  const config = configOf(environment);
  const told = await runDiagnostics(config, { out, withNames }, quiet, environment);
  expect([told.code, told.out, statSync(out).mode & 0o777]).toEqual([0, `${out}\n`, 0o600]);
  expect(await runDiagnostics(config, { out, withNames }, quiet, environment)).toMatchObject({
    code: 1,
    err: expect.stringContaining("it is there already"),
  });
  execFileSync("tar", ["-xzf", out, "-C", into]);
  const files = new Map(readdirSync(into).map((name) => [name, readFileSync(join(into, name), "utf8")]));
  return { files, all: [...files.values()].join("\n") };
}

it("a bundle tells how the service stands, and holds no secret, no evidence and no name", async () => {
  const secrets = await furnished();
  const url = new URL(tested.url);
  const environment = {
    DATABASE_URL: tested.url,
    TRUEBOUND_HTTP_PORT: new URL(tested.server.peopleUrl).port,
    TRUEBOUND_TSA_URL: "https://kanarie-person:geheim-tsa@kanarie.tsa.example/r",
    TRUEBOUND_LABELS: "desk=kanarie-desk",
    TRUEBOUND_HOST_NAME: "kanarie-host",
    AWS_SECRET_ACCESS_KEY: "geheim-aws",
    UNRELATED: "geheim-unrelated",
  };
  const plain = await unpacked(false, environment);
  const named = await unpacked(true, environment);
  expect([...plain.files.keys()].sort()).toEqual([
    "README.txt",
    "about.json",
    "database.json",
    "doctor.json",
    "metrics.txt",
    "settings.json",
  ]);
  const database = JSON.parse(plain.files.get("database.json") ?? "") as {
    readonly schema: { readonly missing: string[]; readonly unknown: string[]; readonly last: string };
    readonly tables: readonly { readonly table: string; readonly bytes: string }[];
    readonly settings: readonly { readonly name: string }[];
  };
  expect(database.schema).toMatchObject({ missing: [], unknown: [], last: expect.stringMatching(/^\d{4}-/) });
  expect(database.tables.filter(({ table, bytes }) => table === "evidence" && BigInt(bytes) > 0n)).toHaveLength(1);
  expect(database.settings.map(({ name }) => name)).toContain("shared_buffers");
  expect(JSON.parse(plain.files.get("doctor.json") ?? "")).toMatchObject({ version: "0.1.0" });
  expect(plain.files.get("metrics.txt")).toContain('truebound_clock_error_bound_seconds{host="host-1",tier="guaranteed"} 0.0000');

  // Canaries: what opens something is in neither, and what names somebody only where names are wanted.
  const opening = [...secrets, "geheim", ...(url.password === "" ? [] : [url.password])];
  expect(opening.length).toBeGreaterThan(5);
  for (const { all } of [plain, named]) expect(opening.filter((canary) => all.includes(canary))).toEqual([]);
  expect(NAMES.filter((name) => plain.all.includes(name))).toEqual([]);
  expect(plain.all).not.toMatch(/-5000|lo_ns/);
  expect(NAMES.filter((name) => named.all.includes(name))).toEqual(
    expect.arrayContaining(["kanarie-host", "kanarie-desk", "kanarie.source.example"]),
  );
});

import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IdentityFiles } from "@truebound/agent";
import { type NumbersChild, PostgresPair, startNumbersChild } from "@truebound/testkit";
import { afterEach, expect, it } from "vitest";
import { durableOf, REPORT_NUMBERS, readEvidence } from "../agent/test/acceptance/reporting-world.ts";
import { runAgent } from "../agent/test/helpers.ts";
import { migrate } from "../server/src/adapters/postgres/migrate.ts";
import { ask, quiet } from "../server/test/database.ts";
import { serverOn } from "../server/test/server-under-test.ts";
import { until } from "../server/test/until.ts";

/** A change of keys, and then a database that was restored from a backup of before it: real processes, a real PostgreSQL. */
const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Numbers of one life of the agent, more than it can use. */
const LIFE = 1_000_000;

interface Scene {
  readonly pair: PostgresPair;
  readonly dataDir: string;
  readonly lives: NumbersChild[];
  /** Another life of the agent on the same folder. */
  readonly start: () => void;
}

async function begin(): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), "truebound-restored-"));
  // The user as whom PostgreSQL runs must be able to pass through.
  chmodSync(folder, 0o711);
  ends.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const pair = await PostgresPair.start(folder, (url) => migrate(url, quiet));
  ends.push(() => pair.stop());
  const server = await serverOn(pair.url, { log: { ...quiet, error: () => {} } });
  ends.push(() => server.stop());
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, await server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), { mode: 0o600 });
  const dataDir = join(folder, "agent");
  const lives: NumbersChild[] = [];
  const start = () => {
    const options = { dataDir, server: server.agentsUrl, tokenFile, from: lives.length * LIFE, everyMs: 50, padBytes: 0 };
    const agent = startNumbersChild(REPORT_NUMBERS, options);
    lives.push(agent);
    agent.begin();
  };
  start();
  ends.push(async () => {
    for (const { process } of lives) process.kill("SIGKILL");
    await Promise.all(lives.map(({ ended }) => ended));
  });
  await until("the agent reports", async () => (await storedIn(pair.url)).size > 20, 60_000);
  return { pair, dataDir, lives, start };
}

interface KeyRow {
  readonly key: string;
  readonly endorsed: boolean;
  readonly signed: boolean;
}

const KEYS = `
  select encode(public_key, 'base64') as key, old_signature is not null as endorsed, from_seq is not null as signed
  from host_key order by agreed_at`;
const keysOf = (url: string) => ask<KeyRow>(url, KEYS);
const hostKey = async (url: string) => (await ask<{ key: string }>(url, "select encode(public_key, 'base64') as key from host"))[0]?.key;
const storedIn = async (url: string) => new Set((await readEvidence(url)).numbers);
const present = (dataDir: string) => Buffer.from(new IdentityFiles(dataDir).signer().publicKey, "base64url").toString("base64");

async function more({ pair }: Scene, what: string, count: number): Promise<void> {
  const before = (await storedIn(pair.url)).size;
  await until(what, async () => (await storedIn(pair.url)).size >= before + count, 60_000);
}

/** As a person orders it, until the server has a batch by the new key. */
async function rotate({ pair, dataDir }: Scene): Promise<void> {
  const before = await hostKey(pair.url);
  expect(await runAgent(["rotate"], { TRUEBOUND_AGENT_DATA_DIR: dataDir })).toMatchObject({ code: 0 });
  await until("a batch by the next key", async () => (await hostKey(pair.url)) !== before, 60_000);
}

/** All that was on disk by now is stored once, in one chain that is whole. */
async function refilled({ pair, lives }: Scene): Promise<void> {
  const durable = lives.flatMap(durableOf);
  const all = async () => {
    const kept = await storedIn(pair.url);
    return durable.every((n) => kept.has(n));
  };
  // The database is away while it is restored.
  await until("the refill", () => all().catch(() => false), 120_000);
  const { numbers, broken, declared, epochs } = await readEvidence(pair.url);
  expect({ broken, declared, epochs, twice: numbers.length - new Set(numbers).size }).toEqual({
    broken: [],
    declared: 0,
    epochs: 1,
    twice: 0,
  });
}

const told = ({ lives }: Scene) => lives.flatMap(({ lines }) => lines).flatMap((line) => ("log" in line ? [line.log] : []));

it("agrees on its key again by the former one, and refills what came since", { timeout: 240_000 }, async () => {
  const scene = await begin();
  const { pair, dataDir } = scene;
  await pair.backUp();
  const first = present(dataDir);
  await rotate(scene);
  await more(scene, "reports by the new key", 30);
  const second = present(dataDir);
  expect(second).not.toBe(first);

  await pair.restore();
  await refilled(scene);
  expect(await keysOf(pair.url)).toEqual([
    { key: first, endorsed: false, signed: true },
    { key: second, endorsed: true, signed: true },
  ]);
  expect([present(dataDir), statSync(join(dataDir, "key.former.pem")).mode & 0o777]).toEqual([second, 0o600]);
  expect(told(scene).filter((line) => line.includes("restored from before the change of keys"))).toHaveLength(1);
});

it("finds the one that the server knows also where two changes are missing there, and after a start", { timeout: 240_000 }, async () => {
  const scene = await begin();
  const { pair, dataDir, lives, start } = scene;
  await pair.backUp();
  const first = present(dataDir);
  await rotate(scene);
  for (let change = 0; change < 2; change++) {
    lives.at(-1)?.process.kill("SIGTERM");
    expect(await lives.at(-1)?.ended).toBe(0);
    if (change === 1) await pair.restore();
    start();
    if (change === 0) await rotate(scene);
  }
  await refilled(scene);
  const last = present(dataDir);
  expect(await keysOf(pair.url)).toMatchObject([{ key: first }, { key: last, endorsed: true, signed: true }]);
  expect(readFileSync(join(dataDir, "key.former.pem"), "utf8").match(/BEGIN PRIVATE KEY/g)).toHaveLength(2);
});

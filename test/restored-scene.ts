import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NumbersChild, PostgresPair, startNumbersChild } from "@truebound/testkit";
import { expect } from "vitest";
import { durableOf, REPORT_NUMBERS, readEvidence } from "../agent/test/acceptance/reporting-world.ts";
import { migrate } from "../server/src/adapters/postgres/migrate.ts";
import { quiet } from "../server/test/database.ts";
import { serverOn } from "../server/test/server-under-test.ts";
import { until } from "../server/test/until.ts";

/** One agent and one server in processes and on a PostgreSQL of their own, of which a backup can be made and restored. */
export type Ends = (() => Promise<void> | void)[];

/** Numbers of one life of the agent, more than it can use. */
export const LIFE = 1_000_000;

export interface Scene {
  readonly pair: PostgresPair;
  readonly dataDir: string;
  readonly lives: NumbersChild[];
  /** Another life of the agent on the same folder. */
  readonly start: () => void;
}

export async function beginScene(ends: Ends): Promise<Scene> {
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

export const storedIn = async (url: string) => new Set((await readEvidence(url)).numbers);
export async function more({ pair }: Scene, what: string, count: number): Promise<void> {
  const before = (await storedIn(pair.url)).size;
  await until(what, async () => (await storedIn(pair.url)).size >= before + count, 60_000);
}

/** As a supervisor ends it. */
export async function stop({ lives }: Scene): Promise<void> {
  const life = lives.at(-1);
  life?.process.kill("SIGTERM");
  expect(await life?.ended).toBe(0);
}

/** A database of its own, and the lives of the agent that fills it. */
export interface Refilled {
  readonly pair: { readonly url: string };
  readonly lives: readonly NumbersChild[];
}

/** All that was on disk by now, and was not lost there, is stored once, in chains that are whole. */
export async function refilled({ pair, lives }: Refilled, epochs = 1, isLost: (n: number) => boolean = () => false): Promise<void> {
  const durable = lives.flatMap(durableOf).filter((n) => !isLost(n));
  const all = async () => {
    const kept = await storedIn(pair.url);
    return durable.every((n) => kept.has(n));
  };
  // The database is away while it is restored.
  await until("the refill", () => all().catch(() => false), 120_000);
  const { numbers, broken, declared, epochs: found } = await readEvidence(pair.url);
  const twice = numbers.length - new Set(numbers).size;
  expect({ broken, declared, epochs: found, twice }).toEqual({ broken: [], declared: 0, epochs, twice: 0 });
}

export const told = ({ lives }: Scene) => lives.flatMap(({ lines }) => lines).flatMap((line) => ("log" in line ? [line.log] : []));

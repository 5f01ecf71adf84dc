import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, PostgresThatFalls, type Serving, startServing, startTcpRelay, type TcpRelay, Writers } from "@truebound/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { times } from "../../../agent/test/acceptance/scale.ts";
import { openContent } from "../../src/adapters/batch-content.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { openPool } from "../../src/adapters/postgres/pool.ts";
import { rebuildStore } from "../../src/adapters/postgres/rebuild/rebuild-store.ts";
import { rebuild } from "../../src/rebuild/rebuild.ts";
import { ask, quiet } from "../database.ts";
import { until } from "../until.ts";
import { wholeChain } from "./whole-chain.ts";

const KILLS = times(6, 200);
const WRITERS = 20;
/** Receipts between two kills; below that it was no load, and the run says nothing. */
const BETWEEN = times(100, 200);

const folder = mkdtempSync(join(tmpdir(), "truebound-replicas-"));
// The user as whom PostgreSQL runs must be able to pass through.
chmodSync(folder, 0o711);
let postgres: PostgresThatFalls;
let balancer: TcpRelay;
let ports: readonly number[] = [];
const servers: Serving[] = [];

const start = (index: number) => startServing(postgres.url, folder, { port: ports[index] as number, isQuiet: true });

beforeAll(async () => {
  postgres = await PostgresThatFalls.start(folder);
  await migrate(postgres.url, quiet);
  ports = [await freePort(), await freePort()];
  for (const index of [0, 1]) servers[index] = await start(index);
  balancer = await startTcpRelay({ targets: () => ports.map((port) => ({ host: "127.0.0.1", port })) });
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await balancer?.close();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** Either server, and PostgreSQL, by turns. */
async function killNext(turn: number): Promise<void> {
  if (turn % 3 === 2) return postgres.killAndRestart();
  await servers[turn % 3]?.kill();
  servers[turn % 3] = await start(turn % 3);
}

describe("R22 servers and PostgreSQL that are killed by turns, under twenty writers", () => {
  it("have stored each batch once whose receipt was given", { timeout: 120_000 + KILLS * 30_000 }, async () => {
    const url = `http://127.0.0.1:${balancer.port}`;
    const token = await (servers[0] as Serving).token(WRITERS);
    const writers = await Writers.start({ url, token, writers: WRITERS, name: "writer-", seed: 22 });
    const since = performance.now();
    for (let turn = 0; turn < KILLS; turn++) {
      const before = writers.acked;
      await until("the load", () => writers.acked >= before + BETWEEN, 120_000);
      await killNext(turn);
    }
    const last = writers.acked;
    await until("the load after the last kill", () => writers.acked >= last + BETWEEN, 120_000);
    await writers.stop();
    const seconds = (performance.now() - since) / 1000;

    const acked = writers.acked;
    expect(acked).toBeGreaterThanOrEqual((KILLS + 1) * BETWEEN);
    for (const { agent, acked: own } of writers.all)
      expect(await wholeChain(postgres.url, agent.id)).toEqual({ batches: own, trouble: [] });
    const [stored] = await ask<{ rows: bigint; distinct: bigint }>(
      postgres.url,
      "select count(*) as rows, count(distinct (host_id, epoch, seq)) as distinct from evidence",
    );
    expect(stored).toEqual({ rows: BigInt(acked), distinct: BigInt(acked) });
    // And what was derived is of each once.
    const pool = openPool(postgres.url, quiet);
    const { code, out } = await rebuild(rebuildStore(pool), openContent, { host: null, check: true });
    await pool.end();
    expect([code, out]).toEqual([0, expect.stringContaining(`host_state: ${WRITERS} equal`)]);
    expect([...balancer.taken.values()].length).toBe(2);
    expect(writers.broken).toBeGreaterThan(0);
    console.log(
      `R22: ${KILLS} kills, ${acked} batches acked (${Math.round(acked / seconds)}/s), each stored once; ${writers.broken} connections broke, ${writers.refused} refusals`,
    );
  });
});

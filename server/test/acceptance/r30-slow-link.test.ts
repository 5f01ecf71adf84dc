import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SeededRandom, type Serving, startServing, startTcpRelay, Writers } from "@truebound/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { times } from "../../../agent/test/acceptance/scale.ts";
import { type TestDatabases, testDatabases } from "../database.ts";
import { until } from "../until.ts";
import { wholeChain } from "./whole-chain.ts";

const OTHERS = 20;
const TICK_MS = 50;
const LOST = 0.2;
/** kbit/s, and batches that have to come over such a link. */
const LINKS = [
  [64, times(8, 200)],
  [8, times(1, 60)],
] as const;

const folder = mkdtempSync(join(tmpdir(), "truebound-slow-"));
let databases: TestDatabases;
let url: string;
let server: Serving;
beforeAll(async () => {
  databases = await testDatabases();
  url = await databases.create();
  server = await startServing(url, folder);
});
afterAll(async () => {
  await server?.stop();
  await databases?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const p99 = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN;

describe("R30 one agent over a slow and lossy link among twenty others", () => {
  it.each(LINKS)(
    "of %i kbit/s: it is late and complete, and the others are unmoved",
    { timeout: 120_000 + times(0, 1_800_000) },
    async (kbit, batches) => {
      const common = { url: server.agentsUrl, token: await server.token(OTHERS + 1) };
      const others = await Writers.start({ ...common, writers: OTHERS, name: `other-${kbit}-`, seed: 30, everyMs: 100 });
      await until("the others without it", () => others.acked >= OTHERS * 10, 60_000);
      const without = others.all.flatMap(({ latencies }) => latencies);
      const random = new SeededRandom(kbit);
      const target = { host: "127.0.0.1", port: Number(new URL(server.agentsUrl).port) };
      const pace = { tickMs: TICK_MS, bytesPerTick: Math.floor((kbit * 1000 * TICK_MS) / 8000), isLost: () => random.next() < LOST };
      const link = await startTcpRelay({ targets: () => [target], pace });
      const slow = await Writers.start({ ...common, url: `http://127.0.0.1:${link.port}`, writers: 1, name: `slow-${kbit}-`, seed: 31 });
      const sofar = others.acked;
      await until("all of the slow one", () => slow.acked >= batches, 90_000 + times(0, 1_800_000));
      const meanwhile = others.acked - sofar;
      await slow.stop();
      await others.stop();
      await link.close();
      expect([others.refused, others.broken, slow.refused]).toEqual([0, 0, 0]);
      expect(meanwhile).toBeGreaterThan(batches * OTHERS * 0.5);
      for (const { agent, acked } of [...slow.all, ...others.all])
        expect(await wholeChain(url, agent.id)).toEqual({ batches: acked, trouble: [] });
      const [own] = slow.all;
      const during = others.all.flatMap(({ latencies }, index) =>
        latencies.slice(Math.floor(without.length / OTHERS) + (index < 0 ? 1 : 0)),
      );
      console.log(
        `R30, ${kbit} kbit/s: ${slow.acked} batches, ${Math.round(Math.max(...(own?.latencies ?? [])))} ms for the slowest; the others' p99 ${(p99(during) / p99(without)).toFixed(2)} × that without it`,
      );
    },
  );
});

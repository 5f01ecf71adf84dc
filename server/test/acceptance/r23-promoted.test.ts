import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NumbersChild, PostgresPair, type Serving, startNumbersChild, startServing } from "@truebound/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { durableOf, REPORT_NUMBERS, readEvidence } from "../../../agent/test/acceptance/reporting-world.ts";
import { times } from "../../../agent/test/acceptance/scale.ts";
import { migrate } from "../../src/adapters/postgres/migrate.ts";
import { quiet } from "../database.ts";
import { until } from "../until.ts";

const AGENTS = 3;
/** Numbers of one agent, more than it can use. */
const LIFE = 1_000_000;
const REFILL_MS = 300_000;

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Scene {
  readonly pair: PostgresPair;
  readonly agents: readonly NumbersChild[];
  readonly stored: (url?: string) => Promise<Set<number>>;
}

/** Agents with their own spools and outboxes report to a server on a database that has a standby. */
async function begin(): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), "truebound-standby-"));
  // The user as whom PostgreSQL runs must be able to pass through.
  chmodSync(folder, 0o711);
  ends.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const pair = await PostgresPair.start(folder, (url) => migrate(url, quiet));
  ends.push(() => pair.stop());
  const server: Serving = await startServing(pair.url, folder, { isQuiet: true });
  ends.push(() => server.stop());
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, await server.token(AGENTS), { mode: 0o600 });
  const agents = Array.from({ length: AGENTS }, (_, index) => {
    const options = {
      dataDir: join(folder, `agent-${index}`),
      server: server.agentsUrl,
      tokenFile,
      from: index * LIFE,
      everyMs: 50,
      padBytes: 0,
    };
    const agent = startNumbersChild(REPORT_NUMBERS, options);
    agent.begin();
    return agent;
  });
  ends.push(async () => {
    for (const { process } of agents) process.kill("SIGKILL");
    await Promise.all(agents.map(({ ended }) => ended));
  });
  return { pair, agents, stored: async (url = pair.url) => new Set((await readEvidence(url)).numbers) };
}

const more = (scene: Scene, what: string, count: number) => {
  let before = -1;
  return until(
    what,
    async () => {
      const now = (await scene.stored().catch(() => null))?.size ?? -1;
      if (before < 0) before = now;
      return before >= 0 && now >= before + count;
    },
    60_000,
  );
};

/** All that any agent had on disk comes to be stored, once, in one chain, and no loss is declared. */
async function allArrives({ pair, agents, stored }: Scene): Promise<number> {
  const since = performance.now();
  const durable = agents.flatMap(durableOf);
  await until(
    "the refill",
    async () =>
      stored().then(
        (kept) => durable.every((n) => kept.has(n)),
        () => false,
      ),
    REFILL_MS,
  );
  const ms = performance.now() - since;
  const { numbers, broken, declared } = await readEvidence(pair.url);
  expect({ broken, declared, twice: numbers.length - new Set(numbers).size }).toEqual({ broken: [], declared: 0, twice: 0 });
  return Math.round(ms);
}

const missingIn = (kept: ReadonlySet<number>, all: ReadonlySet<number>): number[] => [...all].filter((n) => !kept.has(n));

async function finish(): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end();
}

describe("R23 a database of which another takes the place", () => {
  it("a synchronous standby: nothing is lost of which a receipt was given", { timeout: 120_000 * times(1, 20) }, async () => {
    for (let run = 0; run < times(1, 20); run++) {
      const scene = await begin();
      await scene.pair.startStandby(true);
      await more(scene, "the load", 60);
      // Who sees a batch sees it committed, so its receipt may have been given.
      const seen = await scene.stored();
      await scene.pair.promote();
      expect(missingIn(await scene.stored(scene.pair.standbyUrl), seen)).toEqual([]);
      scene.pair.switchOver();
      await more(scene, "reports after it", 30);
      console.log(
        `R23, synchronous: ${seen.size} batches seen, 0 lost; all agents had on disk was there ${await allArrives(scene)} ms later`,
      );
      await finish();
    }
  });
  it("an asynchronous one that lagged: agents go back to what it expects, and refill it", { timeout: 120_000 * times(1, 20) }, async () => {
    for (let run = 0; run < times(1, 20); run++) {
      const scene = await begin();
      await scene.pair.startStandby(false);
      await more(scene, "the load", 60);
      scene.pair.cutStream();
      await more(scene, "what the standby does not get", 40);
      const seen = await scene.stored();
      await scene.pair.promote();
      const lost = missingIn(await scene.stored(scene.pair.standbyUrl), seen);
      expect(lost.length).toBeGreaterThan(0);
      scene.pair.switchOver();
      const ms = await allArrives(scene);
      expect(missingIn(await scene.stored(), seen)).toEqual([]);
      console.log(`R23, asynchronous: ${lost.length} of ${seen.size} were lost, and refilled within ${ms} ms`);
      await finish();
    }
  });
  it("an older backup: agents refill what came since", { timeout: 120_000 * times(1, 5) }, async () => {
    for (let run = 0; run < times(1, 5); run++) {
      const scene = await begin();
      await more(scene, "the load", 60);
      await scene.pair.backUp();
      await more(scene, "what the backup does not have", 60);
      const seen = await scene.stored();
      await scene.pair.restore();
      const ms = await allArrives(scene);
      expect(missingIn(await scene.stored(), seen)).toEqual([]);
      console.log(`R23, restored: refilled within ${ms} ms`);
      await finish();
    }
  });
});

import { cpSync } from "node:fs";
import { join } from "node:path";
import { startTcpRelay, type TcpRelay } from "@truebound/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { durableOf, readEvidence, World } from "../../../agent/test/acceptance/reporting-world.ts";
import { times } from "../../../agent/test/acceptance/scale.ts";
import { ask, type TestDatabases, testDatabases } from "../database.ts";
import { until } from "../until.ts";

const RUNS = times(1, 20);
/** Numbers of one life, more than it can use: they tell who sent a batch. */
const LIFE = 1_000_000;

let databases: TestDatabases;
let world: World;
const relays: TcpRelay[] = [];
beforeAll(async () => {
  databases = await testDatabases();
});
afterEach(async () => {
  await world?.close();
  for (const relay of relays.splice(0)) await relay.close();
});
afterAll(() => databases?.stop());

/** The server as it is dialled from another machine. */
async function seenFrom(from: string): Promise<string> {
  const { port } = new URL(world.server.url);
  const relay = await startTcpRelay({ targets: () => [{ host: "127.0.0.1", port: Number(port) }], from });
  relays.push(relay);
  return `http://127.0.0.1:${relay.port}`;
}

const clones = () =>
  ask<{ refused: string; reports: string }>(
    world.server.databaseUrl,
    "select detail->>'refused_from' as refused, detail->>'reports_from' as reports from host_event where kind = 'clone_suspected' order by at_ns",
  );

describe("R20 a host whose key and state were copied, and one that was rolled back to yesterday's", () => {
  it("goes on as whoever was first; the other is refused and both addresses are told; no record of the two is mixed", {
    timeout: 60_000 + RUNS * 60_000,
  }, async () => {
    for (let run = 0; run < RUNS; run++) {
      world = await World.on(databases);
      const folder = (name: string) => join(world.folder, name);
      const arrived = async () => (await readEvidence(world.server.databaseUrl)).numbers;
      const yesterday = world.start({ from: 0, everyMs: 20 });
      await until("its first reports", async () => (await arrived()).length > 5);
      yesterday.process.kill("SIGTERM");
      await yesterday.ended;
      for (const name of ["copy", "rolled-back"]) cpSync(folder("agent"), folder(name), { recursive: true });

      const original = world.start({ from: LIFE, everyMs: 50 });
      await until("the original's reports", async () => (await arrived()).some((n) => n >= LIFE));
      const copy = world.start({ from: 2 * LIFE, everyMs: 50, dataDir: folder("copy"), server: await seenFrom("127.0.0.2") });
      await until("the copy to be told of", async () => (await clones()).length === 1);
      const rolledBack = world.start({ from: 3 * LIFE, everyMs: 50, dataDir: folder("rolled-back"), server: await seenFrom("127.0.0.3") });
      await until("what was rolled back to be told of", async () => (await clones()).some(({ refused }) => refused === "127.0.0.3"));

      const so = (await arrived()).length;
      await until("the original to go on", async () => (await arrived()).length > so + 5);
      for (const child of [copy, rolledBack]) child.process.kill("SIGKILL");
      const written = durableOf(original).length;
      await until("all that the original has", async () => (await arrived()).filter((n) => n >= LIFE).length >= written);
      const { numbers, broken, epochs, declared } = await readEvidence(world.server.databaseUrl);
      expect({ broken, epochs, declared }).toEqual({ broken: [], epochs: 1, declared: 0 });
      expect(numbers.filter((n) => n >= 2 * LIFE)).toEqual([]);
      expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      for (const told of await clones())
        expect([told.reports, ["127.0.0.2", "127.0.0.3"].includes(told.refused)]).toEqual(["127.0.0.1", true]);
      await world.close();
    }
    console.log(`R20: ${RUNS} of ${RUNS}: copies and rolled-back states refused and told of, 0 mixed records`);
  });
});

import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ChildAgent,
  holdsTruth,
  type ReferenceServer,
  runningTime,
  runScenario,
  type Scenario,
  SeededRandom,
  startChildAgent,
  startReferenceServer,
} from "@truebound/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabases } from "../../../server/test/database.ts";
import { loadLibc } from "../../src/adapters/libc.ts";
import { temporaryFolder } from "../helpers.ts";
import { durableOf, producedOf, readEvidence, startDatabases, World } from "./reporting-world.ts";
import { times } from "./scale.ts";

const HOUR_S = 3600;
const YEAR_S = 365 * 24 * HOUR_S;
/** By how much a wall clock is set, s. */
const SIZES = [-HOUR_S, -24 * HOUR_S, -10 * YEAR_S, HOUR_S, 10 * YEAR_S];
const STEPS = times(100, 1000);
const EVERY_S = 29;

describe("R18 a wall clock that is set back and forth (simulated)", () => {
  it("each step is reported with its size, the cadence is kept, and no bound leaves the truth out", { timeout: 600_000 }, () => {
    const random = new SeededRandom(18);
    // Slow paths: about one step in ten falls between T1 and T4.
    const sources = [1, 2, 3].map((last) => ({ address: `198.51.100.${last}:123`, thereMs: 250, backMs: 250, jitterMs: 20 }));
    const calm: Scenario = { name: "calm", seconds: (STEPS + 2) * EVERY_S, seed: 18, clock: { driftPpb: 30_000 }, sources };
    const steps = Array.from({ length: STEPS }, (_, index) => ({
      atS: (index + 1) * EVERY_S + random.between(0, 8),
      byNs: (SIZES[index % SIZES.length] as number) * 1e9,
    }));
    const stepped = runScenario({ ...calm, name: "stepped", clock: { ...calm.clock, steps } });
    const undisturbed = runScenario(calm);
    expect(stepped.missed).toEqual([]);
    expect(stepped.missedBetween).toEqual([]);
    expect([stepped.rows.length, stepped.exchanges]).toEqual([undisturbed.rows.length, undisturbed.exchanges]);
    const reported = stepped.findings.filter(({ kind }) => kind === "clock_stepped").map(({ detail }) => Number(detail.by_ns));
    expect(reported).toHaveLength(STEPS);
    for (const [index, by] of reported.entries()) expect(Math.abs(by - (steps[index]?.byNs as number))).toBeLessThan(50e6);
    console.log(`R18: ${STEPS} steps, ${stepped.exchanges} exchanges, ${stepped.rows.length} rows, 0 outside`);
  });
});

const FAKETIME = ["x86_64", "aarch64"]
  .map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`)
  .find((path) => existsSync(path));
const PRINT_ROWS = join(import.meta.dirname, "../../../packages/testkit/dist/child/print-rows.js");

/** REALTIME of a process, false by what a file says; its monotonic clocks are left alone. */
class FalseClock {
  readonly #file: string;
  #at = 0;

  constructor(folder: string) {
    this.#file = join(folder, "faketime");
    this.set(0);
  }

  get env(): NodeJS.ProcessEnv {
    const { LD_PRELOAD: _, ...rest } = process.env;
    const fake = { FAKETIME_DONT_FAKE_MONOTONIC: "1", FAKETIME_NO_CACHE: "1", FAKETIME_TIMESTAMP_FILE: this.#file };
    return { ...rest, LD_PRELOAD: FAKETIME, ...fake };
  }

  step(byS: number): void {
    this.set(this.#at + byS);
  }

  set(toS: number): void {
    this.#at = toS;
    writeFileSync(`${this.#file}.new`, `${toS < 0 ? "" : "+"}${toS}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }
}

const truth = runningTime();
/** Long enough for a back-off that a server's absence had made. */
const until = (condition: () => boolean | Promise<boolean>) => expect.poll(condition, { timeout: 60_000, interval: 20 }).toBe(true);

describe.skipIf(FAKETIME === undefined)("R18 a process whose wall clock is set back and forth (skipped: libfaketime not found)", () => {
  let servers: ReferenceServer[] = [];
  let folder: ReturnType<typeof temporaryFolder>;
  let child: ChildAgent | null = null;
  let world: World | null = null;
  let databases: TestDatabases;
  beforeAll(async () => {
    databases = await startDatabases();
  });
  afterAll(() => databases?.stop());
  afterEach(async () => {
    child?.stop();
    for (const server of servers.splice(0)) server.close();
    folder?.remove();
    await world?.close();
    world = null;
  });

  it("measures on: each step an event with its size, and the truth in every row", { timeout: 120_000 }, async () => {
    folder = temporaryFolder();
    servers = await Promise.all([1, 2, 3].map((last) => startReferenceServer({ address: `127.0.18.${last}`, truth })));
    const clock = new FalseClock(folder.path);
    const mode = loadLibc().libc ? "userland_clock" : "calibrated_clock";
    const agent = startChildAgent(PRINT_ROWS, { mode, sources: servers, probeIntervalS: 0.2, readingIntervalS: 0.05 }, clock.env);
    child = agent;
    const reported = () => agent.events.filter(({ event }) => event === "clock_stepped").map(({ detail }) => Number(detail.by_ns) / 1e9);
    await until(() => agent.rows.at(-1)?.status === "proven");
    for (const [index, size] of SIZES.entries()) {
      const replies = agent.rows.at(-1)?.replies ?? 0;
      clock.step(size);
      await until(() => reported().length > index && (agent.rows.at(-1)?.replies ?? 0) > replies + 5);
    }
    expect(reported()).toHaveLength(SIZES.length);
    for (const [index, by] of reported().entries()) expect(Math.abs(by - (SIZES[index] as number))).toBeLessThan(0.05);
    expect(agent.rows.filter((row) => !holdsTruth(row, truth))).toEqual([]);
    expect(agent.events.filter(({ event }) => /suspended|jumped|disrupted/.test(event))).toEqual([]);
  });

  it("reports on: nothing is sent early or late, and all arrives, once", { timeout: 120_000 }, async () => {
    folder = temporaryFolder();
    world = await World.on(databases);
    const { server } = world;
    const clock = new FalseClock(folder.path);
    const numbers = world.start({ from: 0, everyMs: 20 }, { env: clock.env });
    await until(() => durableOf(numbers).length > 5);
    for (const [index, size] of SIZES.entries()) {
      // Every other step while there is nobody to report to.
      if (index % 2 === 0) await server.down();
      const since = { count: producedOf(numbers).length, at: performance.now() };
      clock.step(size);
      await until(() => producedOf(numbers).length >= since.count + 40);
      // Faster than its timer it never is, however far the wall clock jumps ahead.
      expect(performance.now() - since.at).toBeGreaterThan(40 * 20 * 0.5);
      await server.up();
    }
    await world.finish(numbers);
    const { numbers: got, broken, declared, epochs } = await readEvidence(server.databaseUrl);
    expect({ broken, declared, epochs }).toEqual({ broken: [], declared: 0, epochs: 1 });
    expect(got).toEqual(producedOf(numbers));
  });
});

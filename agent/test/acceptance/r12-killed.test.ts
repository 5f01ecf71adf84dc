import { type NumbersChild, SeededRandom } from "@truebound/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabases } from "../../../server/test/database.ts";
import { durableOf, producedOf, readEvidence, startDatabases, World } from "./reporting-world.ts";
import { times } from "./scale.ts";

const CYCLES = times(40, 1000);
/** Numbers of one life, more than it can use. */
const LIFE = 1_000_000;
/** Segments of some ten batches, so that a new one is begun all the time. */
const LIMITS = { segmentBytes: 16 * 1024, totalBytes: 64 * 1024 * 1024 };

let databases: TestDatabases;
let world: World;
beforeAll(async () => {
  databases = await startDatabases();
});
afterAll(() => databases?.stop());
afterEach(() => world?.close());

/** Resolves after so long by the monotonic clock, or as soon as there is nothing to wait for. */
const elapsed = (ms: number, isOver: () => boolean = () => false) => {
  const since = performance.now();
  return expect.poll(() => isOver() || performance.now() - since >= ms, { timeout: ms + 20_000, interval: 5 }).toBe(true);
};

/** Goes down and comes back at random until told to stop; then it is up. */
async function keepFalling({ server }: World, random: SeededRandom, isOver: () => boolean): Promise<number> {
  let falls = 0;
  while (!isOver()) {
    await elapsed(random.between(300, 2500), isOver);
    await server.down();
    falls += 1;
    await elapsed(random.between(50, 1200), isOver);
    await server.up();
  }
  return falls;
}

describe("R12 an agent that is killed at any moment", () => {
  it("delivers each batch that was on disk once, in one chain", { timeout: 60_000 + CYCLES * 4000 }, async () => {
    world = await World.on(databases);
    const random = new SeededRandom(12);
    const children: NumbersChild[] = [];
    let isOver = false;
    const falling = keepFalling(world, new SeededRandom(1212), () => isOver);
    const prepare = (cycle: number) => world.prepare({ from: cycle * LIFE, everyMs: 5, padBytes: 800, limits: LIMITS });
    let next = prepare(0);
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      const child = next;
      child.begin();
      children.push(child);
      // Loads while this one lives.
      next = prepare(cycle + 1);
      await expect.poll(() => child.lines.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(cycle === 0 ? 2 : 0);
      await elapsed(random.between(0, 200));
      child.process.kill("SIGKILL");
      await child.ended;
      expect(child.stderr()).toBe("");
    }
    next.process.kill("SIGKILL");
    isOver = true;
    const falls = await falling;
    const last = world.start({ from: CYCLES * LIFE, everyMs: 20, padBytes: 0, limits: LIMITS });
    const durable = () => [...children, last].flatMap(durableOf);
    await expect.poll(() => producedOf(last).length, { timeout: 20_000 }).toBeGreaterThan(3);
    await world.finish(last, 30_000 + CYCLES * 600);
    const { numbers, broken, declared, epochs } = await readEvidence(world.server.databaseUrl);
    expect(broken).toEqual([]);
    expect(numbers.length).toBe(new Set(numbers).size);
    const arrived = new Set(numbers);
    expect(durable().filter((n) => !arrived.has(n))).toEqual([]);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    // What was killed between disk and telling arrives too; nothing was lost, so nothing is declared.
    expect({ declared, isOneChain: epochs <= 2 }).toEqual({ declared: 0, isOneChain: true });
    expect(falls).toBeGreaterThan(2);
    console.log(
      `R12: ${CYCLES} kills, ${falls} falls of the server, ${durable().length} batches on disk, ${numbers.length} arrived, 0 twice`,
    );
  });
});

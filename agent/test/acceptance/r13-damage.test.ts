import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabases } from "../../../server/test/database.ts";
import { scanFrames } from "../../src/spool/frame.ts";
import { durableOf, numberOf, producedOf, readEvidence, startDatabases, World } from "./reporting-world.ts";

/** What R13 does to each bit of a file (packages/testkit/src/long/spool.ts), here before a real server that holds some of it. */
let databases: TestDatabases;
let world: World;
beforeAll(async () => {
  databases = await startDatabases();
});
afterAll(() => databases?.stop());
afterEach(() => world?.close());

/** Two batches to a file. */
const LIMITS = { segmentBytes: 1300, totalBytes: 64 * 1024 * 1024 };
const spool = () => join(world.folder, "agent/spool");
const segments = () =>
  readdirSync(spool())
    .filter((name) => name.endsWith(".spool"))
    .sort();

/** Produces until so many are on disk, and, where the server is up, there too. Returns their numbers. */
async function live(from: number, least: number): Promise<number[]> {
  const child = world.start({ from, everyMs: 20, padBytes: 0, limits: LIMITS });
  await expect.poll(() => producedOf(child).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(least);
  if (world.server.isUp) await world.finish(child);
  else {
    child.process.kill("SIGTERM");
    expect(await child.ended).toBe(0);
  }
  return durableOf(child);
}

const evidence = () => readEvidence(world.server.databaseUrl);
const arrived = (wanted: readonly number[]) =>
  expect
    .poll(
      async () => {
        const { numbers } = await evidence();
        return wanted.filter((n) => !numbers.includes(n));
      },
      { timeout: 15_000 },
    )
    .toEqual([]);

const declaredAre = (count: number) => expect.poll(async () => (await evidence()).declared, { timeout: 15_000 }).toBe(count);

function flipAMiddleBit(name: string): void {
  const bytes = readFileSync(join(spool(), name));
  const place = bytes.length >> 2;
  bytes[place] = (bytes[place] as number) ^ 1;
  writeFileSync(join(spool(), name), bytes);
}

describe("a spool that is damaged between two lives of its agent", () => {
  it("in what the server has already: nothing is lost, and nothing is declared lost", { timeout: 60_000 }, async () => {
    world = await World.on(databases);
    const before = await live(0, 12);
    flipAMiddleBit(segments()[1] as string);
    const after = await live(1000, 5);
    const { numbers, declared, broken, epochs, events } = await evidence();
    expect({ numbers, declared, broken, epochs }).toEqual({ numbers: [...before, ...after], declared: 0, broken: [], epochs: 1 });
    expect(events.filter(({ kind }) => kind === "spool_gap")).toMatchObject([{ detail: { missing_batches: 1 } }]);
  });

  it("in what it has not: the rest arrives, and the loss is declared to the batch", { timeout: 60_000 }, async () => {
    world = await World.on(databases);
    const first = await live(0, 6);
    await world.server.down();
    const second = await live(1000, 12);
    flipAMiddleBit(segments().at(-3) as string);
    await world.server.up();
    const third = await live(2000, 6);
    // A life that ends right after it found the loss leaves it to the next one to say so.
    const fourth = await live(3000, 5);
    await declaredAre(1);
    const { numbers, broken, epochs } = await evidence();
    expect({ broken, epochs }).toEqual({ broken: [], epochs: 2 });
    const written = [...first, ...second, ...third, ...fourth];
    expect(numbers.length).toBe(new Set(numbers).size);
    expect(written.filter((n) => !numbers.includes(n))).toHaveLength(1);
  });

  it("so that its newest are gone, which the server has: what is written next, without it, is no fork", { timeout: 60_000 }, async () => {
    world = await World.on(databases);
    const before = await live(0, 12);
    for (const name of segments().slice(-3)) rmSync(join(spool(), name));
    await world.server.down();
    const without = await live(1000, 20);
    await world.server.up();
    const after = await live(2000, 5);
    await arrived([...before, ...without, ...after]);
    const { numbers, declared, broken, epochs, events } = await evidence();
    expect({ numbers, declared, broken, epochs }).toEqual({
      numbers: [...before, ...without, ...after],
      declared: 0,
      broken: [],
      epochs: 1,
    });
    expect(events.filter(({ kind }) => kind === "clone_suspected")).toEqual([]);
  });

  it("so that its newest are gone, and nobody has them: that is declared, and nothing else is lost", { timeout: 60_000 }, async () => {
    world = await World.on(databases);
    const before = await live(0, 6);
    await world.server.down();
    const without = await live(1000, 12);
    const gone = segments().at(-1) as string;
    const lost = scanFrames(readFileSync(join(spool(), gone))).batches.map(({ body }) => numberOf(body));
    rmSync(join(spool(), gone));
    const more = await live(2000, 6);
    await world.server.up();
    const after = await live(3000, 5);
    // As above: the next life says what one found at its end.
    const last = await live(4000, 5);
    const kept = [...before, ...without, ...more, ...after, ...last].filter((n) => !lost.includes(n));
    await arrived(kept);
    await declaredAre(lost.length);
    const { numbers, broken } = await evidence();
    expect({ numbers: [...numbers].sort((a, b) => a - b), broken }).toEqual({ numbers: kept, broken: [] });
    expect(lost.length).toBeGreaterThan(0);
  });
});

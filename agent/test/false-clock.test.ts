import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type ChildAgent,
  type ChildRow,
  holdsTruth,
  type ReferenceServer,
  runningTime,
  startChildAgent,
  startReferenceServer,
} from "@truebound/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadLibc } from "../src/adapters/libc.ts";
import { FAKETIME, withClock, withClockOffAs } from "./false-clock.ts";
import { temporaryFolder } from "./helpers.ts";

/** For the rungs that take their stamps themselves; steps on the others are in the scenarios. */
const PRINT_ROWS = join(import.meta.dirname, "../../packages/testkit/dist/child/print-rows.js");
const MODES = [...(loadLibc().libc ? ["userland_clock"] : []), "calibrated_clock", "process_clock"];
const truth = runningTime();
const until = (condition: () => boolean) => expect.poll(condition, { timeout: 20_000, interval: 20 }).toBe(true);

describe.skipIf(FAKETIME === undefined)("a process with a false clock (skipped: libfaketime not found)", () => {
  let servers: ReferenceServer[] = [];
  let answering = true;
  let folder: ReturnType<typeof temporaryFolder>;
  let child: ChildAgent | null = null;

  beforeEach(async () => {
    folder = temporaryFolder();
    answering = true;
    servers = await Promise.all(
      [1, 2, 3].map((last) => startReferenceServer({ address: `127.0.7.${last}`, truth, answers: () => answering })),
    );
  });
  afterEach(() => {
    child?.stop();
    for (const server of servers) server.close();
    folder.remove();
  });

  function start(mode: string, fake: Record<string, string>): ChildAgent {
    const env = { ...process.env, ...fake };
    child = startChildAgent(PRINT_ROWS, { mode, sources: servers, probeIntervalS: 0.2, readingIntervalS: 0.05 }, env);
    return child;
  }
  const misses = ({ rows }: ChildAgent) => rows.filter((row) => !holdsTruth(row, truth));
  const middle = ({ lo, hi }: ChildRow) => (BigInt(lo as string) + BigInt(hi as string)) / 2n;

  it.each(MODES)("%s: a step of 3 s is an event, and in the bound at once without a new exchange", async (mode) => {
    const file = join(folder.path, "faketime");
    writeFileSync(file, "+0\n");
    const agent = start(mode, withClockOffAs(file));
    await until(() => agent.rows.at(-1)?.status === "proven");
    answering = false;
    const silent = agent.rows.length;
    await until(() => agent.rows.length > silent + 4);
    const before = agent.rows.at(-1) as ChildRow;
    writeFileSync(`${file}.new`, "+3\n");
    renameSync(`${file}.new`, file);
    await until(() => agent.events.some(({ event }) => event === "clock_stepped"));
    const isAfter = (row: ChildRow) =>
      BigInt(row.monotonic) > BigInt(before.monotonic) && row.lo !== null && middle(row) < middle(before) - 2_000_000_000n;
    // The event can be printed before the row that it came with.
    await until(() => agent.rows.some(isAfter));
    const after = agent.rows.find(isAfter);
    expect(after?.replies).toBe(before.replies);
    expect(Number(middle(before) - middle(after as ChildRow)) / 1e9).toBeCloseTo(3, 1);
    const steps = agent.events.filter(({ event }) => event === "clock_stepped").map(({ detail }) => Number(detail.by_ns) / 1e9);
    expect(steps).toHaveLength(1);
    expect(steps[0]).toBeCloseTo(3, 1);
    expect(misses(agent)).toEqual([]);
    expect(agent.events.filter(({ event }) => /suspended|paused|jumped|disrupted/.test(event))).toEqual([]);
  });

  /** Where MONOTONIC stands in for the ruler the bound is some 226,000 ppm wide: only a far greater rate stands out of it. */
  const RATES = MODES.map((mode) => (mode === "userland_clock" ? ([mode, "1.0005"] as const) : ([mode, "1.05"] as const)));
  it.each(RATES)("%s: a clock that runs at %s shows it in the bound, and is never outside", async (mode, rate) => {
    const agent = start(mode, withClock(`+0 x${rate}`));
    await until(() => agent.rows.at(-1)?.status === "proven");
    const first = agent.rows.at(-1) as ChildRow;
    const isBeyond = ({ hi }: ChildRow) => hi !== null && BigInt(hi) < BigInt(first.lo as string);
    await until(() => agent.rows.some(isBeyond));
    expect(misses(agent)).toEqual([]);
    expect(agent.rows.length).toBeGreaterThan(5);
    expect(agent.events.filter(({ event }) => /suspended|jumped|disrupted/.test(event))).toEqual([]);
  });
});

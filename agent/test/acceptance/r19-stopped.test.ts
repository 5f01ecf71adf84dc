import { join } from "node:path";
import {
  type ChildAgent,
  holdsTruth,
  type ReferenceServer,
  runningTime,
  SeededRandom,
  startChildAgent,
  startReferenceServer,
} from "@truebound/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { times } from "./scale.ts";

const PRINT_ROWS = join(import.meta.dirname, "../../../packages/testkit/dist/child/print-rows.js");
const STOPS = times(4, 100);
const LONGEST_MS = times(2500, 60_000);
const POLL_S = 0.5;
const truth = runningTime();
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const until = (condition: () => boolean, timeout = 20_000) => expect.poll(condition, { timeout, interval: 10 }).toBe(true);

/** When each source was asked, ms of this process's monotonic clock. */
async function askedServers(): Promise<{ servers: ReferenceServer[]; asked: number[][] }> {
  const asked: number[][] = [[], [], []];
  const servers = await Promise.all(
    asked.map((times, index) =>
      startReferenceServer({ address: `127.0.19.${index + 1}`, truth, answers: () => times.push(performance.now()) > 0 }),
    ),
  );
  ends.push(() => {
    for (const server of servers) server.close();
  });
  return { servers, asked };
}

const paused = ({ events }: ChildAgent): number[] =>
  events.filter(({ event }) => event === "process_paused").map(({ detail }) => Number(detail.for_ns) / 1e6);

interface Stop {
  readonly stoppedMs: number;
  readonly continued: number;
}

async function stopFor({ process: { pid } }: ChildAgent, ms: number): Promise<Stop> {
  const since = performance.now();
  process.kill(pid as number, "SIGSTOP");
  await until(() => performance.now() - since >= ms, ms + 20_000);
  process.kill(pid as number, "SIGCONT");
  const continued = performance.now();
  return { stoppedMs: continued - since, continued };
}

/** Few stops are as long as the longest. */
const lengths = (random: SeededRandom) => Array.from({ length: STOPS }, () => 1000 + (LONGEST_MS - 1000) * random.next() ** 3);

describe("R19 an agent that is stopped", () => {
  it("declares each gap, asks each source once to catch up, and takes no sample across it", {
    timeout: 60_000 + STOPS * (LONGEST_MS + 5000),
  }, async () => {
    const { servers, asked } = await askedServers();
    const child = startChildAgent(PRINT_ROWS, {
      mode: "calibrated_clock",
      sources: servers,
      probeIntervalS: POLL_S,
      readingIntervalS: 0.1,
    });
    ends.push(() => child.stop());
    await until(() => child.rows.at(-1)?.status === "proven");
    let most = 0;
    for (const ms of lengths(new SeededRandom(19))) {
      const before = paused(child).filter((for_) => for_ > 700).length;
      const { stoppedMs, continued } = await stopFor(child, ms);
      await until(() => paused(child).filter((for_) => for_ > 700).length > before);
      expect(Math.abs((paused(child).findLast((for_) => for_ > 700) as number) - stoppedMs)).toBeLessThan(1000);
      // Until half an interval has passed only what was overdue can have been asked.
      await until(() => performance.now() - continued > POLL_S * 500);
      for (const times of asked) most = Math.max(most, times.filter((at) => at >= continued && at < continued + POLL_S * 500).length);
      const answered = child.rows.at(-1)?.replies ?? 0;
      await until(() => (child.rows.at(-1)?.replies ?? 0) > answered + 5);
    }
    expect(most).toBeLessThanOrEqual(1);
    expect(child.rows.filter((row) => !holdsTruth(row, truth))).toEqual([]);
    expect(child.events.filter(({ event }) => /stepped|suspended|jumped|disrupted|conflict|void/.test(event))).toEqual([]);
    console.log(`R19: ${STOPS} stops, at most ${most} polls of a source to catch up`);
  });
});

import { join } from "node:path";
import {
  type ChildAgent,
  holdsTruth,
  type ReferenceServer,
  runningTime,
  SeededRandom,
  startChildAgent,
  startReferenceServer,
  startRelay,
} from "@truebound/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { loadLibc } from "../src/adapters/libc.ts";
import { loggedIn, startAgent, temporaryFolder } from "./helpers.ts";

const PRINT_ROWS = join(import.meta.dirname, "../../packages/testkit/dist/child/print-rows.js");
const QUICK = { probeIntervalS: 0.1, readingIntervalS: 0.05 };
const truth = runningTime();
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const until = (condition: () => boolean, timeout = 20_000) => expect.poll(condition, { timeout, interval: 20 }).toBe(true);

/** Told of every request that reaches a server. */
let onRequest: () => void = () => undefined;

async function servers(count: number, from: number): Promise<ReferenceServer[]> {
  const answers = () => {
    onRequest();
    return true;
  };
  const started = await Promise.all(
    Array.from({ length: count }, (_, index) => startReferenceServer({ address: `127.0.6.${from + index}`, truth, answers })),
  );
  ends.push(() => {
    for (const server of started) server.close();
  });
  return started;
}

/** Stops the process for that long, by this process's own monotonic clock. */
async function pause(pid: number, ms: number): Promise<void> {
  const since = performance.now();
  process.kill(pid, "SIGSTOP");
  await until(() => performance.now() - since >= ms);
  process.kill(pid, "SIGCONT");
}

/** Stops it the moment that a request of its reaches a server: the exchange then spans the pause. */
async function pauseInExchange(pid: number, ms: number): Promise<void> {
  const paused = new Promise<void>((resolve, reject) => {
    onRequest = () => {
      onRequest = () => undefined;
      pause(pid, ms).then(resolve, reject);
    };
  });
  await paused;
}

const native = loadLibc().libc !== null;
const MODES = native ? ["kernel_interleaved", "userland_clock", "calibrated_clock"] : ["calibrated_clock"];
const PAUSES = 3;

describe("a process that is stopped", () => {
  it.each(MODES)("%s: the bound holds the truth across it, no exchange is lost, and the pause is an event", async (mode) => {
    const targets = await servers(3, 1);
    // Slow paths: the reply is still on its way when the process stops.
    const relays = await Promise.all(
      targets.map((target, index) => startRelay(`127.0.6.${11 + index}`, target, { thereMs: 60, backMs: 60 }, new SeededRandom(index))),
    );
    ends.push(() => {
      for (const relay of relays) relay.close();
    });
    const child: ChildAgent = startChildAgent(PRINT_ROWS, { mode, sources: relays, ...QUICK });
    ends.push(() => child.stop());
    await until(() => child.rows.at(-1)?.status === "proven");
    const proven = child.rows.length;
    for (let turn = 1; turn <= PAUSES; turn++) {
      const answered = child.rows.at(-1)?.replies ?? 0;
      await pauseInExchange(child.process.pid as number, 400);
      await until(() => paused(child).filter((ns) => ns > 200_000_000n).length >= turn && (child.rows.at(-1)?.replies ?? 0) > answered + 3);
    }
    expect(child.rows.filter((row) => !holdsTruth(row, truth))).toEqual([]);
    expect(child.rows.slice(proven).filter(({ status }) => status !== "proven")).toEqual([]);
    expect(child.rows.at(-1)?.troubles).toEqual({});
    // A busy machine may stop it for moments of its own beside ours.
    expect(paused(child).filter((ns) => ns > 200_000_000n).length).toBeGreaterThanOrEqual(PAUSES);
    expect(paused(child).every((ns) => ns < 5_000_000_000n)).toBe(true);
    expect(child.events.filter(({ event }) => /stepped|suspended|jumped|disrupted|conflict|void/.test(event))).toEqual([]);
  });

  it("is said by the agent as it is installed, and by nothing else", async () => {
    const targets = await servers(2, 21);
    const folder = temporaryFolder();
    const agent = startAgent({
      TRUEBOUND_AGENT_DATA_DIR: folder.path,
      TRUEBOUND_SOURCES: targets.map(({ address, port }) => `${address}:${port}`).join(","),
      TRUEBOUND_PROBE_INTERVAL: "4s",
    });
    ends.push(() => agent.kill("SIGCONT") && agent.kill("SIGTERM") && folder.remove());
    let log = "";
    agent.stderr?.on("data", (text) => {
      log += text;
    });
    await until(() => /status proven/.test(log));
    const before = log.length;
    await pause(agent.pid as number, 5000);
    await expect.poll(() => log.slice(before), { timeout: 10_000 }).toContain("process_paused");
    expect(loggedIn(log.slice(before))).toEqual([
      { level: "warn", said: expect.stringMatching(/^process_paused \{"for_ns":"[1-9]\d{9}"\}$/) },
    ]);
  });
});

const paused = ({ events }: ChildAgent): bigint[] =>
  events.filter(({ event }) => event === "process_paused").map(({ detail }) => BigInt(detail.for_ns as string));

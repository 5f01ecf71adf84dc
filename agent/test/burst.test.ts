import type { Agent, Transport } from "@truebound/agent";
import { type AgentMore, sourcesAt } from "@truebound/testkit";
import { worstError } from "@truebound/time";
import { Batch, DEFAULT_POLICY, type Policy, unpackColumn, validator } from "@truebound/wire";
import { beforeEach, describe, expect, it } from "vitest";
import { agentForTests } from "./simulated-agent.ts";

/** Reports before their time: because the server asks, or because a limit was left. */
const RARE: Policy = { ...DEFAULT_POLICY, version: 1, reading_interval_s: 0.05, report_interval_s: 300 };
const isBatch = validator(Batch);
const ADDRESSES = [41, 42, 43].map((last) => `127.0.5.${last}`);

describe("an agent that reports early", () => {
  const { start: startAgent, batches, servers } = agentForTests(ADDRESSES);
  let agent: Agent | null = null;
  /** When each server was asked, ms, as the agent sent it: when it arrived is no matter of the agent's. */
  const asked = new Map<string, number[]>();

  beforeEach(() => {
    for (const address of ADDRESSES) asked.set(address, []);
  });

  const noting = (transport: Transport): Transport => ({
    ...transport,
    exchange: (endpoint, ...rest) => {
      asked.get(endpoint.address)?.push(performance.now());
      return transport.exchange(endpoint, ...rest);
    },
    close: () => transport.close(),
  });

  function start(origin: "declared" | "pool", more: AgentMore = {}): Agent {
    agent = startAgent({
      sources: sourcesAt(servers(), origin),
      around: noting,
      settings: { probeIntervalS: 3600, rhoPpb: 1_000_000 },
      policy: RARE,
      ...more,
    });
    return agent;
  }

  const polls = () => agent?.monitor.probes.map((probe) => probe.polls) ?? [];
  const until = (condition: () => boolean) => expect.poll(condition, { timeout: 15_000, interval: 5 }).toBe(true);
  const answering = (word: string) => batches.filter(({ burst }) => burst === word);

  it("answers a request also where no source may be asked, in every report for as long as it is asked", async () => {
    const running = start("pool");
    await until(() => running.monitor.probes.every(({ replies }) => replies === 1));
    running.heed({ burst: "a", rehearsal: null, flight: null });
    await until(() => answering("a").length === 1);
    expect(isBatch.errors(batches.at(-1))).toEqual([]);
    expect(unpackColumn((batches.at(-1) as Batch).bounds.raw_ns)).toHaveLength(1);
    running.heed({ burst: "a", rehearsal: null, flight: null });
    running.reportNow();
    expect(answering("a")).toHaveLength(2);
    running.heed({ burst: null, rehearsal: null, flight: null });
    running.reportNow();
    expect(answering("a")).toHaveLength(2);
    expect(polls()).toEqual([1, 1, 1]);
  });

  it("asks each source once more, and reports when all have answered", async () => {
    const running = start("declared");
    await until(() => running.monitor.probes.every(({ replies }) => replies === 1));
    const since = performance.now();
    await until(() => performance.now() - since > 1_050);
    const before = polls();
    running.heed({ burst: "b", rehearsal: null, flight: null });
    await until(() => answering("b").length === 1);
    expect(polls().map((count, index) => count - (before[index] as number))).toEqual([1, 1, 1]);
    expect(running.monitor.probes.map(({ replies }) => replies)).toEqual(polls());
  });

  it("never asks a source below its floor, however often it is asked itself", async () => {
    const running = start("declared");
    const since = performance.now();
    let words = 0;
    await until(() => {
      words += 1;
      running.heed({ burst: `w${words}`, rehearsal: null, flight: null });
      return performance.now() - since > 3_500;
    });
    for (const times of asked.values()) {
      expect(times.length).toBeGreaterThan(2);
      for (const [index, at] of times.slice(1).entries()) expect(at - (times[index] as number)).toBeGreaterThan(999);
    }
  });

  it("says at once that its bound has left the limit of its policy", async () => {
    const limit = 1_500_000;
    const running = start("declared", { policy: { ...RARE, limit_ns: limit } });
    await until(() => running.monitor.current?.status === "proven");
    const beyond = ({ bounds }: Batch) => {
      const [lo, hi] = [unpackColumn(bounds.lo_ns).at(-1), unpackColumn(bounds.hi_ns).at(-1)];
      return lo != null && hi != null && worstError({ lo, hi }) > BigInt(limit);
    };
    // Of no event that would have been told anyway.
    const told = () => batches.findIndex((batch) => beyond(batch) && batch.events.length === 0);
    await until(() => told() >= 0);
    // The server has looked by then, and says in its receipt what it wants to know.
    await until(() => batches.length > told() + 1);
  });
});

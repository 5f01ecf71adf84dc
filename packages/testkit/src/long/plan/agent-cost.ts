import { setTimeout as pause } from "node:timers/promises";
import { type Endpoint, makeSource, rungs } from "@truebound/agent";
import { type Batch, DEFAULT_POLICY } from "@truebound/wire";
import { answering } from "../../bench/chronyd.ts";
import { agentOn } from "../../host/agent-on.ts";

/** What measuring takes of one processor, ns each. */
export interface AgentCost {
  readonly readingNs: number;
  readonly exchangeNs: number;
  readonly readings: number;
  readonly exchanges: number;
}

const MANY_SOURCES = 8;

/** An agent that mostly reads its clocks, then one that mostly polls; all that it does beside, reports among it, counts for one of the two. */
export async function measureAgentCost(endpoint: Endpoint, seconds: number): Promise<AgentCost> {
  await answering(endpoint.port, undefined, endpoint.address);
  const reading = await used(endpoint, { sources: 1, readingS: 0.1, pollS: 16 }, seconds);
  const readingNs = reading.processorNs / reading.readings;
  const polling = await used(endpoint, { sources: MANY_SOURCES, readingS: 1, pollS: 1 }, seconds);
  const exchangeNs = (polling.processorNs - polling.readings * readingNs) / polling.exchanges;
  return { readingNs, exchangeNs, readings: reading.readings, exchanges: polling.exchanges };
}

interface Rhythm {
  readonly sources: number;
  readonly readingS: number;
  readonly pollS: number;
}

async function used({ address, port }: Endpoint, { sources, readingS, pollS }: Rhythm, seconds: number) {
  const rung = rungs()
    .find(({ mode }) => mode === "kernel_interleaved")
    ?.build();
  if (rung === undefined) throw new Error("Cannot measure the cost of an agent here: there are no kernel stamps");
  let readings = 0;
  let last: Batch | null = null;
  const asked = Array.from({ length: sources }, (_, slot) => makeSource(address, port, "declared", slot));
  const agent = agentOn(rung, asked, {
    clockSet: null,
    policy: { ...DEFAULT_POLICY, reading_interval_s: readingS, probe_interval_s: pollS },
    published: () => (readings += 1),
    report: (batch) => (last = batch),
  });
  agent.start();
  await pause(START_MS);
  const [before, polled, read] = [process.cpuUsage(), pollsOf(last), readings];
  await pause(seconds * 1000);
  agent.reportNow();
  const spent = process.cpuUsage(before);
  const found = { processorNs: (spent.user + spent.system) * 1000, readings: readings - read, exchanges: pollsOf(last) - polled };
  agent.stop();
  rung.close();
  return found;
}

/** Past the first polls, and after the first report. */
const START_MS = 12_000;

const pollsOf = (batch: Batch | null): number => batch?.sources.reduce((sum, { polls }) => sum + polls, 0) ?? 0;

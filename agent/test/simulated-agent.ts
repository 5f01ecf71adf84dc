import type { Agent, Source, Transport } from "@truebound/agent";
import {
  type AgentMore,
  agentOn,
  type ClockFaults,
  type ReferenceServer,
  runningTime,
  SimClock,
  simRung,
  sourcesAt,
  startReferenceServer,
} from "@truebound/testkit";
import type { Batch } from "@truebound/wire";
import { afterEach, beforeEach } from "vitest";

export interface Circumstances extends AgentMore {
  readonly clock?: ClockFaults;
  /** Instead of the servers at `addresses`. */
  readonly sources?: readonly Source[];
  readonly around?: (transport: Transport) => Transport;
}

/** For the tests of a describe: an agent with a simulated clock before real servers, all of them anew for each test. */
export function agentForTests(addresses: readonly string[]) {
  const truth = runningTime();
  const batches: Batch[] = [];
  let servers: readonly ReferenceServer[] = [];
  let agent: Agent | null = null;

  beforeEach(async () => {
    batches.length = 0;
    servers = await Promise.all(addresses.map((address) => startReferenceServer({ address, truth })));
  });
  afterEach(() => {
    agent?.stop();
    agent = null;
    for (const server of servers) server.close();
  });

  function start({ clock = {}, sources = sourcesAt(servers), around = (as) => as, ...more }: Circumstances): Agent {
    const rung = simRung(new SimClock(truth, clock));
    agent = agentOn({ ...rung, transport: around(rung.transport) }, sources, { report: (batch) => batches.push(batch), ...more });
    agent.start();
    return agent;
  }
  /** `batches` = all that it reported. */
  return { start, batches, servers: () => servers };
}

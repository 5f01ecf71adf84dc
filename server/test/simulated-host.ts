import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DgramTransport, makeSource, NO_PEERS, nonceSource, PUBLISH_NOTHING, type RunningAgent, startAgent } from "@truebound/agent";
import { type ReferenceServer, runningTime, SIM_STEERING, SimClock, startReferenceServer } from "@truebound/testkit";
import type { RunningServer } from "../src/server.ts";

const truth = runningTime();

export interface SimulatedHost {
  readonly running: RunningAgent;
  readonly sources: readonly ReferenceServer[];
  readonly logged: readonly string[];
}

/** The very agent that real hosts run, on a simulated clock, with three sources over real UDP, reporting to a server. */
export async function simulatedHost(
  server: RunningServer,
  place: { folder: string; name: string; net: number; rehearsals?: boolean },
): Promise<SimulatedHost> {
  const { folder, name, net, rehearsals = false } = place;
  const sources = await Promise.all([1, 2, 3].map((last) => startReferenceServer({ address: `127.0.${net}.${last}`, truth })));
  const clocks = new SimClock(truth, { aheadNs: -3_000_000, driftPpb: 20_000 });
  const transport = new DgramTransport({ mode: "simulated", precision: -20, uncertainty: 1000n, readRuler: () => clocks.raw() });
  const tokenFile = join(folder, `${name}.token`);
  writeFileSync(tokenFile, await server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), { mode: 0o600 });
  const logged: string[] = [];
  const running = await startAgent(
    {
      dataDir: join(folder, name),
      server: new URL(server.agentsUrl),
      tokenFile,
      serverPins: [],
      keepTokenFile: false,
      name,
      labels: {},
      sources: sources.map(({ address, port }) => makeSource(address, port, "declared")),
      probeIntervalS: 1,
      rhoPpb: null,
      faults: null,
      rehearsals,
      peers: NO_PEERS,
      publish: PUBLISH_NOTHING,
    },
    { mode: "simulated", clocks, transport, interleave: false, clockSet: null, close: () => transport.close() },
    nonceSource(),
    (_, message) => logged.push(message),
    { current: SIM_STEERING, distrust: () => undefined },
  );
  return { running, sources, logged };
}

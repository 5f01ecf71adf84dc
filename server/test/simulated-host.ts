import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunningAgent } from "@truebound/agent";
import { type ReferenceServer, runningTime, SimClock, sourcesAt, startReferenceServer, startSimHost } from "@truebound/testkit";
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
  const tokenFile = join(folder, `${name}.token`);
  writeFileSync(tokenFile, await server.createToken({ uses: 1, ttlSeconds: 600, labels: {} }), { mode: 0o600 });
  const logged: string[] = [];
  const running = await startSimHost(
    { name, sources: sourcesAt(sources), keepTokenFile: false, probeIntervalS: 1, rehearsals },
    { clocks },
    { server: new URL(server.agentsUrl), tokenFile, dataDir: folder },
    (_, message) => logged.push(message),
  );
  return { running, sources, logged };
}

import type { Endpoint } from "@truebound/agent";
import { SeededRandom } from "../sim/random.ts";
import { type PathFaults, startRelay } from "../udp/relay.ts";
import { byTimer, byTurning } from "../udp/wait.ts";
import { startChronydServer, startChronydServerAt } from "./chronyd.ts";
import { makeVethPair } from "./veth-pair.ts";

/** A path between a host and a chronyd on the same machine's clock, so that the true offset is zero. */
export const LINKS = ["loopback", "veth", "2+2 ms ± jitter", "6+1 ms"] as const;
export type LinkName = (typeof LINKS)[number];

export interface Link {
  readonly endpoint: Endpoint;
  /** A command that runs another one at the host's end; empty = right here. */
  readonly inside: readonly string[];
}

const RELAYED: Partial<Record<LinkName, PathFaults>> = {
  "2+2 ms ± jitter": { thereMs: 2, backMs: 2, jitterMs: 0.3 },
  "6+1 ms": { thereMs: 6, backMs: 1 },
};
const VETH_PORT = 11123;
const SEED = 20_260_101;

/** Makes the link, has it measured, and takes it down whatever happens. Text = why it cannot be made here. */
export async function withLink<T>(name: LinkName, measure: (link: Link) => Promise<T>): Promise<T | { readonly skipped: string }> {
  return name === "veth" ? throughVeth(measure) : overLoopback(RELAYED[name] ?? null, measure);
}

/** A link of any path, delayed by timers: as idle as its packets, and a millisecond or so late. */
export const withRelayedLink = <T>(faults: PathFaults, measure: (link: Link) => Promise<T>): Promise<T> =>
  overLoopback(faults, measure, byTimer);

async function overLoopback<T>(faults: PathFaults | null, measure: (link: Link) => Promise<T>, wait = byTurning): Promise<T> {
  const server = await startChronydServer();
  const direct = { address: "127.0.0.1", port: server.port };
  const relay = faults && (await startRelay("127.0.0.1", direct, faults, new SeededRandom(SEED), wait));
  try {
    return await measure({ endpoint: relay ? { address: relay.address, port: relay.port } : direct, inside: [] });
  } finally {
    relay?.close();
    await server.stop();
  }
}

async function throughVeth<T>(measure: (link: Link) => Promise<T>): Promise<T | { readonly skipped: string }> {
  const pair = await makeVethPair();
  if (typeof pair === "string") return { skipped: pair };
  const { serverAddress: address, network: allow, insideServer: inside, insideClient } = pair;
  const server = startChronydServerAt({ address, allow, port: VETH_PORT, inside });
  try {
    return await measure({ endpoint: { address, port: VETH_PORT }, inside: insideClient });
  } finally {
    await server.stop();
    await pair.close();
  }
}

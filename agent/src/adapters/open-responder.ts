import { type ServerState, TransmitMemory } from "@truebound/ntp";
import type { Endpoint } from "../probe/ports.ts";
import { Limiter, type Limits } from "../responder/limiter.ts";
import { loadLibc } from "./libc.ts";
import { KernelClocks } from "./os-clock.ts";
import { Poller } from "./poller.ts";
import { type ResponderCounts, UdpResponder } from "./udp-responder.ts";

export interface OpenResponder {
  readonly port: number;
  readonly counts: () => ResponderCounts;
  readonly close: () => Promise<void>;
}

export interface ResponderAsked {
  readonly listen: Endpoint;
  /** Whether the host at this address (`addressKey`) may ask. */
  readonly isPeer: (key: string) => boolean;
  readonly state: () => ServerState;
  readonly limits?: Limits;
}

/** A responder with clocks and a poller of its own. Throws where there is no native code, or where it cannot listen. */
export function openResponder({ listen, isPeer, state, limits }: ResponderAsked): OpenResponder {
  const { libc, why } = loadLibc();
  if (libc === null) throw new Error(`Cannot answer peers: ${why}`);
  const [clocks, poller] = [new KernelClocks(libc), new Poller(libc)];
  const free = () => {
    poller.close();
    clocks.close();
  };
  try {
    const rules = { isPeer, limiter: new Limiter(Math.random, limits), memory: new TransmitMemory() };
    const responder = new UdpResponder(libc, clocks, poller, { listen, rules, state });
    return { port: responder.port, counts: () => responder.counts, close: () => responder.close().then(free) };
  } catch (error) {
    free();
    throw error;
  }
}

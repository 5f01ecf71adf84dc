import { TransmitMemory } from "@truebound/ntp";
import { Limiter, type Limits } from "../responder/limiter.ts";
import type { OpenResponder, ToOpen } from "../responder/ports.ts";
import type { Ruler } from "../responder/ruler-teller.ts";
import { loadLibc } from "./libc.ts";
import { KernelClocks } from "./os-clock.ts";
import { Poller } from "./poller.ts";
import { UdpResponder } from "./udp-responder.ts";

export interface ResponderAsked extends Omit<ToOpen, "ruler"> {
  /** Absent: nothing is told of it. */
  readonly ruler?: Ruler;
  readonly limits?: Limits;
}

/** A responder with clocks and a poller of its own. Throws where there is no native code, or where it cannot listen. */
export function openResponder({ listen, isPeer, state, ruler, limits }: ResponderAsked): OpenResponder {
  const { libc, why } = loadLibc();
  if (libc === null)
    throw new Error(
      `Cannot answer peers: ${why}; it takes 64-bit Linux and the optional dependency koffi (npm ci without --omit=optional)`,
    );
  const [clocks, poller] = [new KernelClocks(libc), new Poller(libc)];
  const free = () => {
    poller.close();
    clocks.close();
  };
  try {
    const rules = { isPeer, limiter: new Limiter(Math.random, limits), memory: new TransmitMemory() };
    const responder = new UdpResponder(libc, clocks, poller, { listen, rules, state, ...(ruler === undefined ? {} : { ruler }) });
    return { port: responder.port, counts: () => responder.counts, close: () => responder.close().then(free) };
  } catch (error) {
    free();
    throw error;
  }
}

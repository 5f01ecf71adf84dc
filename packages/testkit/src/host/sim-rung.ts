import { DgramTransport, type Rung } from "@truebound/agent";
import type { SimClock } from "../sim/sim-clock.ts";
import { answerOnUdp } from "../udp/sim-answer.ts";

const PRECISION = -20;
const USERLAND_ERROR_NS = 1000n;

/** The way of a host with a simulated clock to take stamps: packets are real, and the clock is read around them. */
export function simRung(clocks: SimClock): Rung {
  const transport = new DgramTransport({
    mode: "simulated",
    precision: PRECISION,
    uncertainty: USERLAND_ERROR_NS,
    readRuler: () => clocks.raw(),
  });
  return {
    mode: "simulated",
    clocks,
    transport,
    interleave: false,
    clockSet: null,
    answer: answerOnUdp(clocks),
    close: () => transport.close(),
  };
}

import { type HostMonitor, heldUntil, Limiter, RulerTeller, respond, stateAt } from "@truebound/agent";
import { fromUtc, type RulerReading, TransmitMemory } from "@truebound/ntp";
import { utc } from "@truebound/time";
import { SIM_SLEW, type SimClock } from "../sim/sim-clock.ts";

const NO_LIMIT = { rate: 1e6, burst: 1e6, total: 1e6, remembered: 4096 };

/** Answers peers as an agent does, on a simulated clock: all but the socket. */
export class SimResponder {
  readonly #clock: SimClock;
  readonly #monitor: HostMonitor;
  readonly #teller: RulerTeller;
  readonly #rules: Parameters<typeof respond>[0];

  constructor(clock: SimClock, monitor: HostMonitor, ruler: () => number, isPeer: (key: string) => boolean = () => true) {
    this.#clock = clock;
    this.#monitor = monitor;
    this.#rules = { isPeer, limiter: new Limiter(() => 0.999, NO_LIMIT), memory: new TransmitMemory() };
    this.#teller = new RulerTeller({ id: ruler, slew: () => SIM_SLEW }, clock.read());
  }

  /** A request that the kernel stamped so, handled now; null = silence. */
  answer(bytes: Uint8Array, from: string, received: bigint): Uint8Array | null {
    const [stamp, reading] = [utc(received), this.#clock.read()];
    const response = respond(this.#rules, bytes, from, fromUtc(stamp), Number(reading.rawAfter / 1_000_000n));
    if (response.kind === "silence") return null;
    const telling = response.asksForRuler ? this.#teller.tell(stamp, reading) : null;
    this.#teller.queueWasEmpty();
    if (telling?.kind === "no_reply") return null;
    const told: RulerReading | null =
      telling?.kind === "reading" ? { ruler: telling.ruler, ...telling.at, hold: heldUntil(telling.at, reading.rawAfter) } : null;
    return response.write(stateAt(this.#monitor.ownFacts(), reading, stamp), fromUtc(reading.realtime), told);
  }
}

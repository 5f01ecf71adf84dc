import { type HostMonitor, heldAtLeast, Limiter, ownState, RulerTeller, respond } from "@truebound/agent";
import { fromUtc, type RulerReading, TransmitMemory } from "@truebound/ntp";
import { drift, grow, type HostReading, type UtcInstant, utc } from "@truebound/time";
import { SIM_SLEW, type SimClock } from "../sim/sim-clock.ts";

const NO_LIMIT = { rate: 1e6, burst: 1e6, total: 1e6, remembered: 4096 };
const PRECISION = -24;

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
    const response = respond(
      this.#rules,
      bytes,
      from,
      () => this.#state(reading, stamp),
      fromUtc(stamp),
      Number(reading.rawAfter / 1_000_000n),
    );
    if (response.kind === "silence") return null;
    const telling = response.asksForRuler ? this.#teller.tell(stamp, reading) : null;
    this.#teller.queueWasEmpty();
    if (telling?.kind === "no_reply") return null;
    const told: RulerReading | null =
      telling?.kind === "reading" ? { ruler: telling.ruler, ...telling.at, hold: heldAtLeast(telling.at, reading.rawAfter) } : null;
    return response.write(fromUtc(reading.realtime), told);
  }

  #state(reading: HostReading, stamp: UtcInstant) {
    const { offset, proven } = this.#monitor.ownAt(reading);
    const guaranteed = offset && grow(offset, drift(SIM_SLEW, reading.realtime > stamp ? reading.realtime - stamp : 0n));
    return ownState({ guaranteed, proven }, 2, PRECISION, 0n);
  }
}

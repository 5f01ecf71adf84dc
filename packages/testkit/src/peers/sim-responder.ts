import { type Clocks, heldUntil, Limiter, type ResponderCounts, RulerTeller, respond, type ToOpen } from "@truebound/agent";
import { fromUtc, type RulerReading, TransmitMemory } from "@truebound/ntp";
import { utc } from "@truebound/time";

const NO_LIMIT = { rate: 1e6, burst: 1e6, total: 1e6, remembered: 4096 };

/** Answers peers as an agent does, on a simulated clock: all but the socket. */
export class SimResponder {
  readonly #clock: Pick<Clocks, "read">;
  readonly #asked: Omit<ToOpen, "listen">;
  readonly #teller: RulerTeller;
  readonly #rules: Parameters<typeof respond>[0];
  readonly #silent = { not_a_request: 0, stranger: 0, over_limit: 0 };
  #answered = 0;
  #unsent = 0;

  constructor(clock: Pick<Clocks, "read">, asked: Omit<ToOpen, "listen">) {
    this.#clock = clock;
    this.#asked = asked;
    this.#rules = { isPeer: asked.isPeer, limiter: new Limiter(() => 0.999, NO_LIMIT), memory: new TransmitMemory() };
    this.#teller = new RulerTeller(asked.ruler, clock.read());
  }

  get counts(): ResponderCounts {
    return { answered: this.#answered, silent: { ...this.#silent }, unsent: this.#unsent };
  }

  /**
   * A request that was stamped so by this host's clock, handled now; null = silence.
   * @param isLast nothing waits behind it
   */
  answer(bytes: Uint8Array, from: string, received: bigint, isLast = true): Uint8Array | null {
    const [stamp, reading] = [utc(received), this.#clock.read()];
    const response = respond(this.#rules, bytes, from, fromUtc(stamp), Number(reading.rawAfter / 1_000_000n));
    if (response.kind === "silence") {
      this.#silent[response.why] += 1;
      return null;
    }
    const telling = response.asksForRuler ? this.#teller.tell(stamp, reading) : null;
    if (isLast) this.#teller.queueWasEmpty();
    if (telling?.kind === "no_reply") {
      this.#unsent += 1;
      return null;
    }
    this.#answered += 1;
    const told: RulerReading | null =
      telling?.kind === "reading" ? { ruler: telling.ruler, ...telling.at, hold: heldUntil(telling.at, reading.rawAfter) } : null;
    return response.write(this.#asked.state(reading, stamp), fromUtc(reading.realtime), told);
  }

  /** When the reply to a request that was stamped so left, by the stamp of a kernel: told with the next request (RFC 9769). */
  left(received: bigint, at: bigint): void {
    this.#rules.memory.remember(fromUtc(utc(received)), fromUtc(utc(at)));
  }
}

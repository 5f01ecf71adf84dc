import type { OpenResponder, ResponderCounts, ToOpen } from "@truebound/agent";
import { SimResponder } from "../peers/sim-responder.ts";
import type { SeededRandom } from "../sim/random.ts";
import type { Machine } from "./machine.ts";
import type { PeerRoad } from "./peer-road.ts";
import type { Scheduler } from "./scheduler.ts";

export interface PortParts {
  readonly address: string;
  readonly machine: Machine;
  readonly road: PeerRoad;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  /** The process is there no more. */
  readonly isOver: () => boolean;
}

interface Waiting {
  readonly bytes: Uint8Array;
  readonly from: string;
  /** REALTIME when the kernel took it in. */
  readonly received: bigint;
  readonly reply: (bytes: Uint8Array) => void;
}

/** ms until the process comes to what its kernel has. */
const WOKEN_WITHIN_MS = 0.3;
/** ns from the reply's stamp to when it leaves; the kernel tells of it afterwards. */
const LEAVES_WITHIN_NS = 20_000;

/** A UDP port of a simulated host: its kernel stamps what comes, and the agent's own code answers it when the process is let run. */
export class PeerPort implements OpenResponder {
  readonly port: number;
  readonly #parts: PortParts;
  readonly #responder: SimResponder;
  readonly #release: () => void;
  #waiting: Waiting[] = [];
  #isClosed = false;

  constructor(asked: ToOpen, parts: PortParts) {
    const { address, machine, road } = parts;
    this.port = asked.listen.port;
    this.#parts = parts;
    this.#responder = new SimResponder(machine, asked);
    this.#release = road.listen({ address, port: this.port }, (bytes, from, reply) => this.#receive(bytes, from, reply));
  }

  counts = (): ResponderCounts => this.#responder.counts;

  close = async (): Promise<void> => this.end();

  end(): void {
    this.#isClosed = true;
    this.#release();
  }

  /** A machine that sleeps takes nothing in. */
  #receive(bytes: Uint8Array, from: string, reply: Waiting["reply"]): void {
    const { machine, scheduler, random } = this.#parts;
    const { now } = scheduler;
    if (machine.clock.sleepsUntil(now) !== null) return;
    this.#waiting.push({ bytes, from, received: machine.clock.realtimeAt(now), reply });
    scheduler.after(random.between(0.005, WOKEN_WITHIN_MS), () => machine.whenAwake(() => this.#answerAll()));
  }

  /** In the order in which they came, until nothing is left. */
  #answerAll(): void {
    if (this.#isClosed || this.#parts.isOver()) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const [index, { bytes, from, received, reply }] of waiting.entries()) {
      const answer = this.#responder.answer(bytes, from, received, index === waiting.length - 1);
      if (answer !== null) this.#send(answer, received, reply);
    }
  }

  #send(answer: Uint8Array, received: bigint, reply: Waiting["reply"]): void {
    const { machine, scheduler, random } = this.#parts;
    const leaves = scheduler.now + BigInt(Math.round(random.between(500, LEAVES_WITHIN_NS)));
    scheduler.at(leaves, () => {
      this.#responder.left(received, machine.clock.realtimeAt(leaves));
      reply(answer);
    });
  }
}

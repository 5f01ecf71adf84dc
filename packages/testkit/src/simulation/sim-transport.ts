import type { Consider, Delivery, Endpoint, Transport } from "@truebound/agent";
import { raw } from "@truebound/time";
import type { SeededRandom } from "../sim/random.ts";
import { SimServer, type SimSource } from "../sim/sim-source.ts";
import type { Machine } from "./machine.ts";
import type { Scheduler } from "./scheduler.ts";

const STAMP_ERROR = 60;
/** An old answer of the same server comes once more, before the one that is waited for. */
const REPLAYED = 0.05;
/** The same answer comes twice. */
const TWICE = 0.05;

/** A host's way to its time servers. Its stamps are a kernel's: taken when a packet goes and comes, whatever the process does then. */
export class SimTransport implements Transport {
  readonly mode = "kernel_basic";
  readonly precision = -24;
  readonly uncertainty = 0n;
  readonly #servers: ReadonlyMap<string, SimServer>;
  readonly #scheduler: Scheduler;
  readonly #machine: Machine;
  readonly #random: SeededRandom;
  readonly #answered: () => void;
  readonly #last = new Map<string, Uint8Array>();

  /** @param answered told of each answer that was taken, of a server that says it has the time. */
  constructor(sources: readonly SimSource[], machine: Machine, scheduler: Scheduler, random: SeededRandom, answered: () => void) {
    this.#servers = new Map(
      sources.map((source) => [source.address, new SimServer(source, random, scheduler.truth.startUtc, scheduler.truth.leaps)]),
    );
    this.#machine = machine;
    this.#scheduler = scheduler;
    this.#random = random;
    this.#answered = answered;
  }

  exchange({ address, port }: Endpoint, request: Uint8Array, timeoutMs: number, consider: Consider): Promise<Delivery> {
    const name = `${address}:${port}`;
    const sent = this.#scheduler.now;
    const t1 = this.#stamp(sent);
    const delivery = this.#servers.get(name)?.deliver(request, sent) ?? null;
    const old = this.#last.get(name);
    return new Promise((resolve) => {
      let isOver = false;
      const end = (outcome: Delivery) => {
        isOver = true;
        resolve(outcome);
      };
      const receive = (bytes: Uint8Array, arrives: bigint) => {
        const stamp = this.#stamp(arrives);
        this.#machine.whenAwake(() => {
          if (isOver || consider(bytes) === "drop") return;
          if (!isUnsynchronised(bytes)) this.#answered();
          end({ kind: "reply", bytes, t1, t4: stamp, mode: this.mode });
        });
      };
      if (delivery !== null) this.#plan(delivery.arrives, () => receive(delivery.bytes, delivery.arrives));
      if (delivery !== null && this.#random.next() < TWICE)
        this.#plan(delivery.arrives + 500_000n, () => receive(delivery.bytes, this.#scheduler.now));
      if (old !== undefined && this.#random.next() < REPLAYED) this.#plan(sent + 100_000n, () => receive(old, this.#scheduler.now));
      if (delivery !== null) this.#last.set(name, delivery.bytes);
      this.#machine.later(timeoutMs, () => {
        if (!isOver) end({ kind: "failed", reason: "timeout" });
      });
    });
  }

  close(): void {}

  #plan(at: bigint, act: () => void): void {
    this.#scheduler.at(at, act);
  }

  #stamp(at: bigint) {
    const error = Math.round(this.#random.between(-STAMP_ERROR + 1, STAMP_ERROR - 1));
    return { raw: raw(this.#machine.rawAt(at) + BigInt(error)), cap: BigInt(STAMP_ERROR) };
  }
}

/** RFC 5905: leap indicator 3. */
const isUnsynchronised = (reply: Uint8Array): boolean => (reply[0] ?? 0) >> 6 === 3;

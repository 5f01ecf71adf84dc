import type { Consider, Delivery, Endpoint, Transport } from "@truebound/agent";
import { raw } from "@truebound/time";
import type { SeededRandom } from "../sim/random.ts";
import { type SimDelivery, SimServer, type SimSource } from "../sim/sim-source.ts";
import type { Machine } from "./machine.ts";
import type { PeerRoad } from "./peer-road.ts";
import type { Scheduler } from "./scheduler.ts";

const STAMP_ERROR = 60;
/** An old answer of the same server comes once more, before the one that is waited for. */
const REPLAYED = 0.05;
/** The same answer comes twice. */
const TWICE = 0.05;

/** By whom an answer was given. */
export type Answerer = "source" | "peer";

/** How a host reaches others that are no time servers. */
export interface WayToPeers {
  readonly road: PeerRoad;
  /** Its own, on that road. */
  readonly address: string;
}

export interface TransportParts {
  readonly sources: readonly SimSource[];
  readonly machine: Machine;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  /** null = it has no peers. */
  readonly peers: WayToPeers | null;
  /** Told of each answer that was taken, of whoever says that he has the time. */
  readonly answered: (by: Answerer) => void;
}

/** A host's way to its time servers and its peers. Its stamps are a kernel's: taken when a packet goes and comes, whatever the process does then. */
export class SimTransport implements Transport {
  readonly mode = "kernel_basic";
  readonly precision = -24;
  readonly uncertainty = 0n;
  readonly #servers: ReadonlyMap<string, SimServer>;
  readonly #parts: TransportParts;
  readonly #last = new Map<string, Uint8Array>();

  constructor(parts: TransportParts) {
    const { sources, random, scheduler } = parts;
    const { startUtc, leaps } = scheduler.truth;
    this.#parts = parts;
    this.#servers = new Map(sources.map((source) => [source.address, new SimServer(source, random, startUtc, leaps)]));
  }

  exchange(to: Endpoint, request: Uint8Array, timeoutMs: number, consider: Consider): Promise<Delivery> {
    const name = `${to.address}:${to.port}`;
    const server = this.#servers.get(name);
    const { scheduler, machine } = this.#parts;
    const sent = scheduler.now;
    const t1 = this.#stamp(sent);
    const by = server === undefined ? "peer" : "source";
    return new Promise((resolve) => {
      let isOver = false;
      const end = (outcome: Delivery) => {
        isOver = true;
        resolve(outcome);
      };
      const receive = (bytes: Uint8Array, arrives: bigint) => {
        const t4 = this.#stamp(arrives);
        machine.whenAwake(() => {
          if (isOver || consider(bytes) === "drop") return;
          if (!isUnsynchronised(bytes)) this.#parts.answered(by);
          end({ kind: "reply", bytes, t1, t4, mode: this.mode });
        });
      };
      if (server === undefined) this.#askPeer(name, to, request, receive);
      else this.#askServer(name, server.deliver(request, sent), receive);
      machine.later(timeoutMs, () => {
        if (!isOver) end({ kind: "failed", reason: "timeout" });
      });
    });
  }

  #askServer(name: string, delivery: SimDelivery | null, receive: (bytes: Uint8Array, arrives: bigint) => void): void {
    const { random, scheduler } = this.#parts;
    const sent = scheduler.now;
    const old = this.#last.get(name);
    if (delivery !== null) scheduler.at(delivery.arrives, () => receive(delivery.bytes, delivery.arrives));
    if (delivery !== null && random.next() < TWICE) scheduler.at(delivery.arrives + 500_000n, () => receive(delivery.bytes, scheduler.now));
    if (old !== undefined && random.next() < REPLAYED) scheduler.at(sent + 100_000n, () => receive(old, scheduler.now));
    if (delivery !== null) this.#last.set(name, delivery.bytes);
  }

  #askPeer(name: string, to: Endpoint, request: Uint8Array, receive: (bytes: Uint8Array, arrives: bigint) => void): void {
    const { random, scheduler, peers } = this.#parts;
    const old = this.#last.get(name);
    if (old !== undefined && random.next() < REPLAYED) scheduler.after(0.1, () => receive(old, scheduler.now));
    peers?.road.ask(peers.address, to, request, (bytes) => {
      this.#last.set(name, bytes);
      receive(bytes, scheduler.now);
    });
  }

  close(): void {}

  #stamp(at: bigint) {
    const { random, machine } = this.#parts;
    const error = Math.round(random.between(-STAMP_ERROR + 1, STAMP_ERROR - 1));
    return { raw: raw(machine.rawAt(at) + BigInt(error)), cap: BigInt(STAMP_ERROR) };
  }
}

/** RFC 5905: leap indicator 3. */
const isUnsynchronised = (reply: Uint8Array): boolean => (reply[0] ?? 0) >> 6 === 3;

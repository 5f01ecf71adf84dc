import type { Endpoint } from "@truebound/agent";
import type { SeededRandom } from "../sim/random.ts";
import type { PeerPaths } from "./mesh-plan.ts";
import type { Road } from "./road.ts";
import type { Scheduler } from "./scheduler.ts";

/** What comes of a datagram, where it came from, and the way by which an answer goes back. */
export type Receive = (bytes: Uint8Array, from: string, reply: (bytes: Uint8Array) => void) => void;

const LATEST_MS = 1_000;

/** The network between hosts: each datagram goes its own way, and may be lost, doubled, overtaken, or meet nobody. */
export class PeerRoad {
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #road: Pick<Road, "isCut">;
  readonly #ports = new Map<string, Receive>();
  paths: PeerPaths;

  constructor(scheduler: Scheduler, random: SeededRandom, road: Pick<Road, "isCut">, paths: PeerPaths) {
    [this.#scheduler, this.#random, this.#road, this.paths] = [scheduler, random, road, paths];
  }

  /** @return gives the port back. */
  listen({ address, port }: Endpoint, receive: Receive): () => void {
    const name = `${address}:${port}`;
    this.#ports.set(name, receive);
    return () => {
      if (this.#ports.get(name) === receive) this.#ports.delete(name);
    };
  }

  /** @param answered told of each datagram that comes back, whenever it does. */
  ask(from: string, to: Endpoint, request: Uint8Array, answered: (bytes: Uint8Array) => void): void {
    const reply = (bytes: Uint8Array) => this.#carry(to.address, from, () => answered(bytes));
    this.#carry(from, to.address, () => this.#ports.get(`${to.address}:${to.port}`)?.(request, from, reply));
  }

  #carry(from: string, to: string, arrive: () => void): void {
    for (let copy = this.#happens(this.paths.twice) ? 2 : 1; copy > 0; copy--) {
      if (this.#road.isCut(from, "there") || this.#road.isCut(to, "back") || this.#happens(this.paths.lost)) continue;
      this.#scheduler.after(this.#delayMs(), arrive);
    }
  }

  #happens(chance: number): boolean {
    return chance > 0 && this.#random.next() < chance;
  }

  #delayMs(): number {
    const { thereMs, jitterMs, slow } = this.paths;
    return thereMs + this.#random.exponential(jitterMs) + (this.#happens(slow) ? this.#random.between(0, LATEST_MS) : 0);
  }
}

import { networkOf } from "../enrol/failure-gate.ts";
import { type Refusal, refuse } from "../refusal.ts";

/**
 * How much of what is being received may lie in memory: as much as was announced, until it is answered. A network of slow or
 * silent senders fills its own share, and nobody else's.
 */
export interface BudgetLimits {
  readonly bytes: number;
  readonly bytesPerNetwork: number;
}

export const BUDGET: BudgetLimits = { bytes: 256 * 1024 * 1024, bytesPerNetwork: 64 * 1024 * 1024 };

const RETRY_SECONDS = 5;

export class BodyBudget {
  readonly #limits: BudgetLimits;
  readonly #held = new Map<string, number>();
  #total = 0;

  constructor(limits: BudgetLimits = BUDGET) {
    this.#limits = limits;
  }

  /** Bytes that are announced and not yet answered. */
  get total(): number {
    return this.#total;
  }

  /** Sets bytes aside until `release` is called; or says why not. */
  reserve(address: string | null, bytes: number): { readonly release: () => void } | Refusal {
    const network = networkOf(address);
    const held = this.#held.get(network) ?? 0;
    if (held + bytes > this.#limits.bytesPerNetwork)
      return refuse("rate", `Too much is on its way from this network at once, try again in ${RETRY_SECONDS} s`, {
        retrySeconds: RETRY_SECONDS,
      });
    if (this.#total + bytes > this.#limits.bytes)
      return refuse("unavailable", `Too much is on its way to this server at once, try again in ${RETRY_SECONDS} s`, {
        retrySeconds: RETRY_SECONDS,
      });
    this.#change(network, bytes);
    let isHeld = true;
    return {
      release: () => {
        if (isHeld) this.#change(network, -bytes);
        isHeld = false;
      },
    };
  }

  #change(network: string, bytes: number): void {
    const left = (this.#held.get(network) ?? 0) + bytes;
    this.#total += bytes;
    if (left > 0) this.#held.set(network, left);
    else this.#held.delete(network);
  }
}

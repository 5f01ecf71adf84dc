import type { Sample } from "../metrics/fleet-samples.ts";
import type { SystemCheck } from "./check.ts";

/** Four looks: who could not look for so long says nothing rather than what was. */
const OLD_MS = 120_000;

/** How each thing stood at the last look, for whoever asks between two. */
export class CheckStatuses {
  readonly #monotonic: () => number;
  #last: { readonly checks: readonly SystemCheck[]; readonly atMs: number } | null = null;

  /** ms */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  seen(checks: readonly SystemCheck[]): void {
    this.#last = { checks, atMs: this.#monotonic() };
  }

  samples(): Sample[] {
    if (this.#last === null || this.#monotonic() - this.#last.atMs > OLD_MS) return [];
    return this.#last.checks.map(({ id, state }) => ({ family: "systemCheck", labels: { check: id, state }, value: 1 }));
  }
}

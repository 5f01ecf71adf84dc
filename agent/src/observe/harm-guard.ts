import type { SourceProbe } from "../probe/source-probe.ts";
import { canonicalAddress } from "./chronyc.ts";
import { type Decision, type HarmState, type OurPolling, watchHarm } from "./harm-watch.ts";
import type { DaemonWitness } from "./ports.ts";

interface Began {
  readonly address: string;
  readonly at: bigint;
  readonly replies: number;
  readonly kisses: number;
}

/** Asks the daemon how it fares at the sources that we share with it, and sets our pace there. */
export class HarmGuard {
  readonly #witness: DaemonWitness;
  readonly #began = new WeakMap<SourceProbe, Began>();
  #state: HarmState = new Map();

  constructor(witness: DaemonWitness) {
    this.#witness = witness;
  }

  get everySeconds(): number {
    return this.#witness.everySeconds;
  }

  /** One look. `now` is read after the answer: a register is never older than we take it for. No answer changes nothing. */
  async look(now: () => bigint, probes: () => readonly SourceProbe[]): Promise<Decision[]> {
    const testimony = await this.#witness.sources();
    if (testimony.kind !== "ok") return [];
    const daemon = testimony.value.flatMap(({ address, reach, poll }) => (address === null ? [] : { address, reach, poll }));
    const at = now();
    const { state, decisions } = watchHarm(this.#state, at, daemon, this.#ours(probes(), at));
    this.#state = state;
    for (const probe of probes()) probe.slowDown(state.get(addressOf(probe) ?? "")?.factor ?? 1);
    return decisions;
  }

  #ours(probes: readonly SourceProbe[], now: bigint): OurPolling[] {
    const byAddress = new Map<string, OurPolling>();
    for (const probe of probes) {
      const one = this.#polling(probe, now);
      if (one === null) continue;
      const other = byAddress.get(one.address);
      byAddress.set(one.address, other === undefined ? one : together(one, other));
    }
    return [...byAddress.values()];
  }

  /** Null before our first poll there. The counts of a probe outlive its address, so what it brought along is taken off. */
  #polling(probe: SourceProbe, now: bigint): OurPolling | null {
    const address = addressOf(probe);
    if (address === null || probe.polls === 0) return null;
    const counts = { replies: probe.replies, kisses: probe.troubles.get("kiss_rate") ?? 0 };
    const known = this.#began.get(probe);
    const began = known?.address === address ? known : { address, at: now, ...(known === undefined ? NOTHING_YET : counts) };
    this.#began.set(probe, began);
    return { address, began: began.at, replies: counts.replies - began.replies, kisses: counts.kisses - began.kisses };
  }
}

const NOTHING_YET = { replies: 0, kisses: 0 };

export const addressOf = ({ address }: SourceProbe): string | null => (address === null ? null : canonicalAddress(address));

const together = (a: OurPolling, b: OurPolling): OurPolling => ({
  address: a.address,
  began: a.began < b.began ? a.began : b.began,
  replies: a.replies + b.replies,
  kisses: a.kisses + b.kisses,
});

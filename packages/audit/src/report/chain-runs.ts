import type { ManifestHost } from "../report-manifest.ts";

type Chain = ManifestHost["chains"][number];
type Draft = { -readonly [Field in keyof Chain]: Chain[Field] } & { lost: (readonly [number, number])[] };

/** Which numbers of a host's epochs are there, and which are missing between. */
export class ChainRuns {
  readonly #chains: Draft[] = [];

  /** False for one that does not come after all others. */
  take(epoch: number, seq: number): boolean {
    const chain = this.#chains.at(-1);
    if (chain === undefined || chain.epoch < epoch) {
      this.#chains.push({ epoch, first_seq: seq, last_seq: seq, lost: [], unreadable: 0 });
      return true;
    }
    if (chain.epoch > epoch || chain.last_seq >= seq) return false;
    if (chain.last_seq + 1 < seq) chain.lost.push([chain.last_seq + 1, seq - 1]);
    chain.last_seq = seq;
    return true;
  }

  /** The last one could not be read. */
  markUnreadable(): void {
    const chain = this.#chains.at(-1);
    if (chain !== undefined) chain.unreadable++;
  }

  get epoch(): number | null {
    return this.#chains.at(-1)?.epoch ?? null;
  }

  get chains(): ManifestHost["chains"] {
    return this.#chains;
  }
}

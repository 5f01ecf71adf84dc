/** What became of a batch body: safe on disk, safe while this process lives, or gone. */
export type Put = { readonly kind: "durable" } | { readonly kind: "held" | "dropped"; readonly why: string };

/** What takes batch bodies. */
export interface Taker {
  put(body: Uint8Array): Put;
}

const MOST_HELD = 256;
/** Why a report is held that comes while nothing is wrong yet. */
export const OPENING = "the spool is being opened";

/**
 * Reports of an agent whose spool cannot be opened: it measures on, and they are held in memory, bounded. Once the spool opens
 * they go to it in order, and all that follow go there at once.
 */
export class EarlyReports implements Taker {
  #held: Uint8Array[] = [];
  #taker: Taker | null = null;
  #why = OPENING;

  put(body: Uint8Array): Put {
    if (this.#taker !== null) return this.#taker.put(body);
    if (this.#held.length >= MOST_HELD) return { kind: "dropped", why: this.#why };
    this.#held.push(body);
    return { kind: "held", why: this.#why };
  }

  /** Why it is not open. */
  explain(why: string): void {
    this.#why = why;
  }

  /** Resolves to how many could not be taken. */
  handTo(taker: Taker): number {
    this.#taker = taker;
    const outcomes = this.#held.splice(0).map((body) => taker.put(body));
    return outcomes.filter(({ kind }) => kind === "dropped").length;
  }
}

import { readStoredBatch } from "./read-batch.ts";
import type { Salvage } from "./salvage.ts";

export type ReadStored = typeof readStoredBatch;

/** What a parsed batch takes at most, in bytes for each byte of its text: an empty list of two characters and a comma is the dearest. */
const HEAP_PER_TEXT_BYTE = 16;

interface Kept {
  readonly salvage: Salvage;
  readonly bytes: number;
}

/**
 * Batches of which something was set aside take long to read, and a page asks for them again and again. Known by all that the
 * outcome depends on, the bytes and who sent them, so what is remembered is what would be found; no longer asked for than
 * others, they go. A whole batch is read each time.
 */
export class SalvageMemory {
  readonly #mostBytes: number;
  readonly #sha256: (bytes: Uint8Array) => Uint8Array;
  readonly #salvage: ReadStored;
  /** The one that was asked for least lately first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(mostBytes: number, sha256: (bytes: Uint8Array) => Uint8Array, salvage: ReadStored = readStoredBatch) {
    this.#mostBytes = mostBytes;
    this.#sha256 = sha256;
    this.#salvage = salvage;
  }

  get bytes(): number {
    return this.#bytes;
  }

  readonly read: ReadStored = (text, agent, isWhole) => {
    if (isWhole) return this.#salvage(text, agent, true);
    const key = `${agent} ${Buffer.from(this.#sha256(text)).toString("base64")}`;
    const known = this.#kept.get(key) ?? { salvage: this.#salvage(text, agent, false), bytes: text.length * HEAP_PER_TEXT_BYTE };
    this.#forget(key);
    this.#keep(key, known);
    return known.salvage;
  };

  #keep(key: string, one: Kept): void {
    if (one.bytes > this.#mostBytes) return;
    this.#kept.set(key, one);
    this.#bytes += one.bytes;
    while (this.#bytes > this.#mostBytes) this.#forget(this.#kept.keys().next().value as string);
  }

  #forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}

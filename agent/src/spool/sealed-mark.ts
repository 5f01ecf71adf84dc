import { crc32c } from "./frame.ts";
import type { ChainPlace } from "./sealed-batch.ts";
import { UnreadableFile } from "./unreadable-file.ts";

/** The file in which a spool remembers its end. */
export interface MarkStore {
  has(name: string): boolean;
  read(name: string): Uint8Array;
  /** Writes these bytes in place, durably; makes the file first where there is none. */
  overwrite(name: string, at: number, bytes: Uint8Array): void;
  remove(name: string): void;
}

export const MARK_NAME = "sealed.mark";

/**
 * The end of the chain once more, beside the batches themselves: where the newest of them are lost to damage, their numbers
 * are still not used a second time, and the next batch still follows the right hash. Two slots, written by turns, so that a
 * torn write leaves the one before. A crash between a batch and its mark leaves the mark one behind: of that batch only its own
 * frame says that it was, so whatever lies behind the last whole frame counts as one that may be lost (`Spool.doubt`).
 */
export class SealedMark {
  readonly #store: MarkStore;
  #slot = 0;
  #place: ChainPlace | null = null;

  constructor(store: MarkStore) {
    this.#store = store;
    const bytes = bytesOf(store);
    for (const slot of [0, 1]) {
      const place = decode(bytes.subarray(slot * SLOT, (slot + 1) * SLOT));
      if (place === null || (this.#place !== null && !isLater(place, this.#place))) continue;
      [this.#place, this.#slot] = [place, slot];
    }
  }

  get place(): ChainPlace | null {
    return this.#place;
  }

  set({ epoch, seq, hash }: ChainPlace): void {
    const slot = 1 - this.#slot;
    this.#store.overwrite(MARK_NAME, slot * SLOT, encode({ epoch, seq, hash }));
    [this.#place, this.#slot] = [{ epoch, seq, hash }, slot];
  }
}

/** Empty = there is none, or none that the medium gives: then it goes, so that another can be written. */
function bytesOf(store: MarkStore): Uint8Array {
  if (!store.has(MARK_NAME)) return new Uint8Array();
  try {
    return store.read(MARK_NAME);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    store.remove(MARK_NAME);
    return new Uint8Array();
  }
}

const isLater = (a: ChainPlace, b: ChainPlace): boolean => a.epoch > b.epoch || (a.epoch === b.epoch && a.seq > b.seq);

const LINE = /^(\d{9}) (\d{16}) ([0-9a-f]{64}) ([0-9a-f]{8})\n$/;
const SLOT = 9 + 1 + 16 + 1 + 64 + 1 + 8 + 1;

function encode({ epoch, seq, hash }: ChainPlace): Uint8Array {
  const said = `${String(epoch).padStart(9, "0")} ${String(seq).padStart(16, "0")} ${hash}`;
  return new TextEncoder().encode(`${said} ${checksum(said)}\n`);
}

function decode(bytes: Uint8Array): ChainPlace | null {
  const [line, epoch, seq, hash = "", sum] = LINE.exec(new TextDecoder("latin1").decode(bytes)) ?? [];
  if (line === undefined || checksum(`${epoch} ${seq} ${hash}`) !== sum) return null;
  return { epoch: Number(epoch), seq: Number(seq), hash };
}

const checksum = (text: string): string => crc32c(new TextEncoder().encode(text)).toString(16).padStart(8, "0");

import { encodeFrame, scanFrames } from "./frame.ts";
import type { SealedBatch } from "./sealed-batch.ts";

/** The files of a spool. `append` returns when the bytes are on disk. */
export interface SegmentStore {
  list(): { readonly name: string; readonly bytes: number }[];
  read(name: string): Uint8Array;
  append(name: string, bytes: Uint8Array): void;
  /** Cuts the file to its first `bytes` bytes; what was behind them is kept aside. */
  truncate(name: string, bytes: number): void;
  remove(name: string): void;
  /** Whether a file of this name exists; names that `list` does not give count too. */
  has(name: string): boolean;
  /** Keeps a damaged file for a person to look at, out of the way. */
  setAside(name: string): void;
}

export interface SpoolLimits {
  readonly segmentBytes: number;
  readonly totalBytes: number;
}

export const DEFAULT_LIMITS: SpoolLimits = { segmentBytes: 1024 * 1024, totalBytes: 256 * 1024 * 1024 };

/** Says that the files of an epoch hold all that it replaces. */
const completeMark = (epoch: number): string => `${String(epoch).padStart(6, "0")}.complete`;

interface Segment {
  readonly name: string;
  readonly epoch: number;
  readonly first: number;
  last: number;
  bytes: number;
}

/** What opening a spool, or bounding it, had to leave behind. Declared to the server, never silent. */
export interface SpoolLoss {
  readonly tornBytes: number;
  readonly damagedFiles: readonly string[];
  readonly droppedBatches: number;
}

/**
 * Sealed batches on disk, in order, until the server has checkpointed them. Opens whatever is there: a torn tail is cut, a
 * damaged file is set aside, and both are counted.
 */
export class Spool {
  readonly #store: SegmentStore;
  readonly #limits: SpoolLimits;
  #segments: Segment[] = [];
  #last: SealedBatch | null = null;
  #cache: { name: string; bytes: number; batches: readonly SealedBatch[] } | null = null;
  #tornBytes = 0;
  #damagedFiles: string[] = [];
  #droppedBatches = 0;
  #distrusted: string | null = null;

  constructor(store: SegmentStore, limits: SpoolLimits = DEFAULT_LIMITS) {
    this.#store = store;
    this.#limits = limits;
    for (const file of store.list()) this.#openSegment(file.name);
    this.#segments.sort((a, b) => a.epoch - b.epoch || a.first - b.first);
    this.#finishReplacing();
    this.#keepNewestRun();
  }

  /** The newest batch, whether acknowledged or not. */
  get last(): SealedBatch | null {
    return this.#last;
  }

  get firstSeq(): number | null {
    return this.#segments[0]?.first ?? null;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  get loss(): SpoolLoss {
    return { tornBytes: this.#tornBytes, damagedFiles: this.#damagedFiles, droppedBatches: this.#droppedBatches };
  }

  /** Appends durably. Throws what the disk says; the caller keeps the batch and tries again. */
  append(batch: SealedBatch): void {
    const frame = encodeFrame(batch);
    const segment = this.#segmentFor(batch, frame.length);
    this.#appendOrDistrust(segment.name, frame);
    if (segment.last < segment.first) this.#segments.push(segment);
    segment.last = batch.seq;
    segment.bytes += frame.length;
    this.#last = batch;
    while (this.bytes > this.#limits.totalBytes && this.#segments.length > 1) this.#dropOldest();
  }

  read(seq: number): SealedBatch | null {
    const segment = this.#segments.find(({ first, last }) => first <= seq && seq <= last);
    if (segment === undefined) return null;
    if (this.#cache?.name !== segment.name || this.#cache.bytes !== segment.bytes)
      this.#cache = { name: segment.name, bytes: segment.bytes, batches: scanFrames(this.#store.read(segment.name)).batches };
    return this.#cache.batches.find((batch) => batch.seq === seq) ?? null;
  }

  /** The server holds everything up to `seq` for good: whole segments behind it may go. The newest always stays. */
  checkpoint(seq: number): void {
    while (this.#segments.length > 1 && (this.#segments[0] as Segment).last <= seq) this.#removeFirst();
  }

  /**
   * Replaces the content by these batches, of a later epoch. All or nothing: the new files count only once their epoch is
   * marked complete, and the old ones go after that. Throws what the disk says, and then all is as it was.
   */
  replace(batches: readonly SealedBatch[]): void {
    const [segments, last] = [this.#segments, this.#last];
    [this.#segments, this.#last] = [[], null];
    const mark = batches[0] === undefined ? null : completeMark(batches[0].epoch);
    try {
      for (const batch of batches) this.append(batch);
      if (mark !== null) this.#store.append(mark, new Uint8Array([1]));
    } catch (error) {
      for (const segment of this.#segments) this.#store.remove(segment.name);
      [this.#segments, this.#last] = [segments, last];
      throw error;
    }
    for (const segment of segments) this.#store.remove(segment.name);
    if (mark !== null) this.#store.remove(mark);
  }

  /** Two epochs at once: a replacement was cut short. Complete, the newer one counts; else the older, and nothing was lost. */
  #finishReplacing(): void {
    const newest = this.#segments.at(-1)?.epoch;
    if (newest === undefined || this.#segments[0]?.epoch === newest) return;
    const isComplete = this.#store.has(completeMark(newest));
    const goes = (segment: Segment) => (segment.epoch === newest) !== isComplete;
    for (const segment of this.#segments.filter(goes)) this.#store.remove(segment.name);
    this.#segments = this.#segments.filter((segment) => !goes(segment));
    if (isComplete) this.#store.remove(completeMark(newest));
  }

  /** After a failed write or sync a file is not written to again: what the disk kept of it is unknown. */
  #appendOrDistrust(name: string, frame: Uint8Array): void {
    try {
      this.#store.append(name, frame);
      this.#distrusted = null;
    } catch (error) {
      this.#distrusted = name;
      throw error;
    }
  }

  #openSegment(name: string): void {
    const bytes = this.#store.read(name);
    const { batches, soundBytes } = scanFrames(bytes);
    const first = batches[0];
    const last = batches.at(-1);
    if (first === undefined || last === undefined) return this.#discard(name, bytes.length);
    if (soundBytes < bytes.length) {
      this.#tornBytes += bytes.length - soundBytes;
      this.#store.truncate(name, soundBytes);
    }
    this.#segments.push({ name, epoch: first.epoch, first: first.seq, last: last.seq, bytes: soundBytes });
  }

  #discard(name: string, bytes: number): void {
    this.#tornBytes += bytes;
    if (bytes === 0) return this.#store.remove(name);
    this.#damagedFiles.push(name);
    this.#store.setAside(name);
  }

  /** Batches must follow one another: of what was read, the newest unbroken run is the spool; the rest cannot be sent in order. */
  #keepNewestRun(): void {
    for (let index = this.#segments.length - 1; index > 0; index--) {
      const [before, after] = [this.#segments[index - 1] as Segment, this.#segments[index] as Segment];
      // A batch whose sync failed is written again to a new file: what both hold counts as the newer one's.
      if (after.first <= before.last && after.first > before.first) before.last = after.first - 1;
      if (before.last + 1 === after.first) continue;
      for (const segment of this.#segments.splice(0, index)) {
        this.#damagedFiles.push(segment.name);
        this.#droppedBatches += segment.last - segment.first + 1;
        this.#store.setAside(segment.name);
      }
      break;
    }
    const newest = this.#segments.at(-1);
    this.#last = newest === undefined ? null : this.read(newest.last);
  }

  #segmentFor(batch: SealedBatch, bytes: number): Segment {
    const current = this.#segments.at(-1);
    const fits = current !== undefined && current.epoch === batch.epoch;
    if (fits && current.name !== this.#distrusted && current.bytes + bytes <= this.#limits.segmentBytes) return current;
    const name = `${String(batch.epoch).padStart(6, "0")}-${String(batch.seq).padStart(12, "0")}.spool`;
    return { name, epoch: batch.epoch, first: batch.seq, last: batch.seq - 1, bytes: 0 };
  }

  #dropOldest(): void {
    const oldest = this.#segments[0] as Segment;
    this.#droppedBatches += oldest.last - oldest.first + 1;
    this.#removeFirst();
  }

  #removeFirst(): void {
    const [gone] = this.#segments.splice(0, 1);
    if (gone) this.#store.remove(gone.name);
  }
}

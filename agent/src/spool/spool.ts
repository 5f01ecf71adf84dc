import { encodeFrame, salvageFrames, scanFrames } from "./frame.ts";
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

type Place = Pick<SealedBatch, "epoch" | "seq">;

const segmentName = ({ epoch, seq }: Place): string => `${String(epoch).padStart(6, "0")}-${String(seq).padStart(12, "0")}.spool`;

/** Where the oldest file says that it begins. */
function headOf(files: ReturnType<SegmentStore["list"]>): Place | null {
  const [, epoch, seq] = /^(\d{6})-(\d{12})\.spool$/.exec(files[0]?.name ?? "") ?? [];
  return epoch === undefined || seq === undefined ? null : { epoch: Number(epoch), seq: Number(seq) };
}

interface Segment {
  readonly name: string;
  readonly epoch: number;
  readonly first: number;
  last: number;
  bytes: number;
}

/** Of batches that lie in one file, at least one. */
function segmentOf(name: string, batches: readonly SealedBatch[], bytes: number): Segment {
  const [first, last] = [batches[0] as SealedBatch, batches.at(-1) as SealedBatch];
  return { name, epoch: first.epoch, first: first.seq, last: last.seq, bytes };
}

/** What opening a spool, or bounding it, had to leave behind. Declared to the server, never silent. */
export interface SpoolLoss {
  readonly tornBytes: number;
  readonly damagedFiles: readonly string[];
  readonly droppedBatches: number;
}

/**
 * Sealed batches on disk, in order, until the server has checkpointed them. Opens whatever is there: a torn tail is cut, what
 * is damaged is set aside, what lies before and behind it stays, and what is missing is counted. A number between `firstSeq`
 * and the newest can therefore be missing: `read` says null.
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
    const head = headOf(store.list());
    for (const file of store.list()) if (!this.#segments.some(({ name }) => name === file.name)) this.#openSegment(file.name);
    this.#segments.sort((a, b) => a.epoch - b.epoch || a.first - b.first);
    this.#finishReplacing();
    this.#countMissing(head);
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
    if (soundBytes < bytes.length) this.#cutDamage(name, bytes, batches.at(-1) ?? null, soundBytes);
    else if (batches.length === 0) this.#store.remove(name);
    if (batches.length > 0) this.#segments.push(segmentOf(name, batches, soundBytes));
  }

  /** What lies behind the damage is moved before the damage is cut off: cut short in between, the next start does it again. */
  #cutDamage(name: string, bytes: Uint8Array, last: SealedBatch | null, soundBytes: number): void {
    const runs = salvageFrames(bytes.subarray(soundBytes), last);
    const isOwn = (run: readonly SealedBatch[]) => segmentName(run[0] as SealedBatch) === name;
    const moved = runs.filter((run) => !isOwn(run) && !this.#isHeld(run)).map((run) => this.#rewrite(run));
    if (soundBytes > 0) this.#store.truncate(name, soundBytes);
    else {
      this.#damagedFiles.push(name);
      this.#store.setAside(name);
    }
    // A whole frame behind rubbish at the head of its own file.
    const own = runs.filter(isOwn).map((run) => this.#rewrite(run));
    this.#segments.push(...moved, ...own);
    this.#tornBytes += bytes.length - soundBytes - [...moved, ...own].reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /**
   * Whether a file by the run's first number has it, or has what was written in its place: after a failed sync a batch goes to
   * a new file, and what then came back of the old one is void. Only a part of the run, cut short, is written anew.
   */
  #isHeld(run: readonly SealedBatch[]): boolean {
    const name = segmentName(run[0] as SealedBatch);
    if (!this.#store.has(name)) return false;
    const { batches } = scanFrames(this.#store.read(name));
    return batches.length >= run.length || batches.some((batch, index) => batch.hash !== run[index]?.hash);
  }

  /** What lies behind damage goes on in a file of its own, by its own first number. */
  #rewrite(run: readonly SealedBatch[]): Segment {
    const name = segmentName(run[0] as SealedBatch);
    const bytes = Buffer.concat(run.map(encodeFrame));
    if (this.#store.has(name)) this.#store.remove(name);
    this.#store.append(name, bytes);
    return segmentOf(name, run, bytes.length);
  }

  /** Whoever sends from here meets a missing number, and must go on beyond it in an epoch of its own: so each is counted. */
  #countMissing(head: Place | null): void {
    let expected = head !== null && head.epoch === this.#segments[0]?.epoch ? head.seq : (this.#segments[0]?.first ?? 0);
    for (const [index, segment] of this.#segments.entries()) {
      // A batch whose sync failed is written again to a new file: what both hold counts as the newer one's.
      const before = this.#segments[index - 1];
      if (before !== undefined && segment.first <= before.last && segment.first > before.first) before.last = segment.first - 1;
      this.#droppedBatches += Math.max(0, segment.first - expected);
      expected = segment.last + 1;
    }
    const newest = this.#segments.at(-1);
    this.#last = newest === undefined ? null : this.read(newest.last);
  }

  #segmentFor(batch: SealedBatch, bytes: number): Segment {
    const current = this.#segments.at(-1);
    const fits = current !== undefined && current.epoch === batch.epoch;
    if (fits && current.name !== this.#distrusted && current.bytes + bytes <= this.#limits.segmentBytes) return current;
    return { name: segmentName(batch), epoch: batch.epoch, first: batch.seq, last: batch.seq - 1, bytes: 0 };
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

import { encodeFrame, salvageFrames, scanFrames } from "./frame.ts";
import type { SealedBatch } from "./sealed-batch.ts";
import { type ChainPlace, type MarkStore, SealedMark } from "./sealed-mark.ts";

/** What a store throws of a file that its medium will not give, now or later. Any other trouble with reading may pass. */
export class UnreadableFile extends Error {}

/** The files of a spool. `append` and `overwrite` return when the bytes are on disk. */
export interface SegmentStore extends MarkStore {
  /** Segments, of whichever version of the format. */
  list(): { readonly name: string; readonly bytes: number }[];
  append(name: string, bytes: Uint8Array): void;
  /** Cuts the file to its first `bytes` bytes; what was behind them is kept aside. */
  truncate(name: string, bytes: number): void;
  /** Keeps a file for a person to look at, or for the version that wrote it, out of the way. */
  setAside(name: string, as: "damaged" | "newer"): void;
}

/**
 * The version of the format is the end of a file's name: `.spool` is the first, `.spool2` will be the second. Whoever changes
 * the frames raises it and goes on reading the older ones.
 */
const FORMAT = 1;

const formatOf = (name: string): number => Number(/\.spool(\d*)$/.exec(name)?.[1] || 1);

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
  /** After a failed write or sync it is not written to again: what the disk kept of it is unknown. */
  closed: boolean;
}

/** Of batches that lie in one file, at least one. */
function segmentOf(name: string, batches: readonly SealedBatch[], bytes: number): Segment {
  const [first, last] = [batches[0] as SealedBatch, batches.at(-1) as SealedBatch];
  return { name, epoch: first.epoch, first: first.seq, last: last.seq, bytes, closed: false };
}

/** What opening a spool, or bounding it, had to leave behind. Said, never silent; what of it the server has is known only there. */
export interface SpoolLoss {
  readonly tornBytes: number;
  readonly damagedFiles: readonly string[];
  /** Set aside because a later version wrote them. */
  readonly newerFiles: readonly string[];
  readonly droppedBatches: number;
}

/**
 * Sealed batches on disk, in order, until the server has checkpointed them. Opens whatever is there: a torn tail is cut, what
 * is damaged is set aside, what lies before and behind it stays, and what is missing is counted. A number up to that of
 * `last` can therefore be missing: `read` says null. Opening throws only where the disk refuses to be mended; then nothing is
 * lost, and it can be tried again.
 */
export class Spool {
  readonly #store: SegmentStore;
  readonly #limits: SpoolLimits;
  readonly #mark: SealedMark;
  #segments: Segment[] = [];
  #last: ChainPlace | null = null;
  #cache: { name: string; bytes: number; batches: readonly SealedBatch[] } | null = null;
  #tornBytes = 0;
  #damagedFiles: string[] = [];
  #newerFiles: string[] = [];
  #droppedBatches = 0;
  /** Files whose very first write failed: the disk may say later that all is well with them. Their names are used again, they are not. */
  readonly #suspect = new Set<string>();

  constructor(store: SegmentStore, limits: SpoolLimits = DEFAULT_LIMITS) {
    this.#store = store;
    this.#limits = limits;
    this.#setAsideNewer();
    const head = headOf(store.list());
    for (const file of store.list()) if (!this.#segments.some(({ name }) => name === file.name)) this.#openSegment(file.name);
    this.#segments.sort((a, b) => a.epoch - b.epoch || a.first - b.first);
    this.#finishReplacing();
    this.#countMissing(head);
    this.#mark = new SealedMark(store);
    this.#recallEnd(this.#mark.place, head);
  }

  /** Where the chain ends, whether acknowledged or not. Its batch is still here unless damage took it. */
  get last(): ChainPlace | null {
    return this.#last;
  }

  get firstSeq(): number | null {
    return this.#segments[0]?.first ?? null;
  }

  /** The number of the newest batch that is still here. */
  get newestHeld(): number | null {
    return this.#segments.at(-1)?.last ?? null;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  get loss(): SpoolLoss {
    const [tornBytes, damagedFiles, newerFiles] = [this.#tornBytes, this.#damagedFiles, this.#newerFiles];
    return { tornBytes, damagedFiles, newerFiles, droppedBatches: this.#droppedBatches };
  }

  /** Appends durably. Throws what the disk says; the caller keeps the batch and tries again. */
  append(batch: SealedBatch): void {
    this.#write(batch);
    this.#remember(batch);
    while (this.bytes > this.#limits.totalBytes && this.#segments.length > 1 && this.#dropOldest());
  }

  /** Throws what the disk says where that may pass; of a file that it will never give again, all is lost and counted. */
  read(seq: number): SealedBatch | null {
    const segment = this.#segments.find(({ first, last }) => first <= seq && seq <= last);
    return segment === undefined ? null : (this.#batchesOf(segment).find((batch) => batch.seq === seq) ?? null);
  }

  /** The server holds everything up to `seq` for good: whole segments behind it may go. The newest always stays. */
  checkpoint(seq: number): void {
    while (this.#segments.length > 1 && (this.#segments[0] as Segment).last <= seq && this.#removeFirst());
  }

  /**
   * Replaces the content by these batches, of a later epoch. All or nothing: the new files count only once their epoch is
   * marked complete, and the old ones go after that. Throws what the disk says, and then all is as it was.
   */
  replace(batches: readonly SealedBatch[]): void {
    const [segments, last] = [this.#segments, this.#last];
    const epoch = batches[0]?.epoch ?? null;
    if (epoch !== null) this.#removeIfThere(completeMark(epoch));
    try {
      [this.#segments, this.#last] = [[], null];
      this.#writeWhole(batches);
      if (epoch !== null) this.#store.append(completeMark(epoch), new Uint8Array([1]));
      else this.#mark.clear();
    } catch (error) {
      for (const { name } of this.#segments) this.#tryTo(() => this.#store.remove(name));
      if (epoch !== null) this.#tryTo(() => this.#removeIfThere(completeMark(epoch)));
      [this.#segments, this.#last] = [segments, last];
      throw error;
    }
    this.#cache = null;
    if (this.#last !== null) this.#remember(this.#last);
    this.#dropReplaced(epoch);
  }

  /** The mark of completeness goes last, and only when nothing older is left: without it the older would count. */
  #dropReplaced(epoch: number | null): void {
    const kept = new Set(this.#segments.map(({ name }) => name));
    const isGone = this.#store
      .list()
      .filter(({ name }) => !kept.has(name))
      .map(({ name }) => this.#tryTo(() => this.#store.remove(name)));
    if (epoch !== null && isGone.every(Boolean)) this.#tryTo(() => this.#store.remove(completeMark(epoch)));
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

  /** Into files that are written and synced once each: tens of thousands of batches take seconds so, not minutes. */
  #writeWhole(batches: readonly SealedBatch[]): void {
    let [run, frames, bytes]: [SealedBatch[], Uint8Array[], number] = [[], [], 0];
    const finish = () => {
      if (run.length === 0) return;
      const segment = { ...segmentOf(segmentName(run[0] as SealedBatch), run, 0) };
      this.#appendOrClose(segment, Buffer.concat(frames));
      this.#segments.push({ ...segment, bytes });
      this.#last = run.at(-1) as SealedBatch;
      [run, frames, bytes] = [[], [], 0];
    };
    for (const batch of batches) {
      const frame = encodeFrame(batch);
      if (bytes + frame.length > this.#limits.segmentBytes) finish();
      run.push(batch);
      frames.push(frame);
      bytes += frame.length;
    }
    finish();
  }

  #write(batch: SealedBatch): void {
    const frame = encodeFrame(batch);
    const segment = this.#segmentFor(batch, frame.length);
    this.#appendOrClose(segment, frame);
    if (segment.bytes === 0) this.#segments.push(segment);
    segment.last = batch.seq;
    segment.bytes += frame.length;
    this.#last = batch;
  }

  /** A retry of a failed write goes to a new file: even one of the same name is another, since the failed one is removed first. */
  #appendOrClose(segment: Segment, frame: Uint8Array): void {
    try {
      if (this.#suspect.has(segment.name)) this.#removeIfThere(segment.name);
      this.#suspect.delete(segment.name);
      this.#store.append(segment.name, frame);
    } catch (error) {
      segment.closed = true;
      if (segment.bytes === 0) this.#suspect.add(segment.name);
      throw error;
    }
  }

  /** The batch is safe already: a mark that is one behind is made good by the next. */
  #remember(place: ChainPlace): void {
    this.#tryTo(() => this.#mark.set(place));
  }

  /** The newest batches are lost, but not that there were any: the next one follows them. Where all are lost their number is not known: one. */
  #recallEnd(marked: ChainPlace | null, head: Place | null): void {
    if (marked === null) return;
    const before = head?.epoch === marked.epoch ? head.seq - 1 : marked.seq - 1;
    const { epoch, seq } = this.#last ?? { epoch: marked.epoch, seq: before };
    if (marked.epoch !== epoch || marked.seq <= seq) return;
    this.#droppedBatches += marked.seq - seq;
    this.#last = marked;
  }

  #setAsideNewer(): void {
    for (const { name } of this.#store.list().filter((file) => formatOf(file.name) > FORMAT)) {
      this.#store.setAside(name, "newer");
      this.#newerFiles.push(name);
    }
  }

  #batchesOf(segment: Segment): readonly SealedBatch[] {
    if (this.#cache?.name !== segment.name || this.#cache.bytes !== segment.bytes) {
      const bytes = this.#readOrSetAside(segment.name);
      if (bytes === null) this.#forget(segment);
      const batches = bytes === null ? [] : scanFrames(bytes.subarray(0, segment.bytes)).batches;
      this.#cache = { name: segment.name, bytes: segment.bytes, batches };
    }
    return this.#cache.batches;
  }

  #forget(segment: Segment): void {
    this.#droppedBatches += segment.last - segment.first + 1;
    this.#segments = this.#segments.filter((one) => one !== segment);
  }

  #readOrSetAside(name: string): Uint8Array | null {
    try {
      return this.#store.read(name);
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      this.#damagedFiles.push(name);
      this.#store.setAside(name, "damaged");
      return null;
    }
  }

  #openSegment(name: string): void {
    const bytes = this.#readOrSetAside(name);
    if (bytes === null) return;
    const { batches, soundBytes } = scanFrames(bytes);
    if (soundBytes < bytes.length) return this.#openDamaged(name, bytes, batches, soundBytes);
    if (batches.length === 0) this.#store.remove(name);
    else this.#segments.push(segmentOf(name, batches, soundBytes));
  }

  /** Where the disk does not let a mere torn tail be cut it stays, and nothing is written behind it. */
  #openDamaged(name: string, bytes: Uint8Array, batches: readonly SealedBatch[], soundBytes: number): void {
    const last = batches.at(-1) ?? null;
    const runs = salvageFrames(bytes.subarray(soundBytes), last);
    const cut = () => this.#cutDamage(name, bytes, runs, soundBytes);
    if (last === null) return cut();
    const mayStay = runs.length === 0;
    const segment = segmentOf(name, batches, soundBytes);
    if (mayStay) segment.closed = !this.#tryTo(cut);
    else cut();
    this.#segments.push(segment);
  }

  /** What lies behind the damage is moved before the damage is cut off: cut short in between, the next start does it again. */
  #cutDamage(name: string, bytes: Uint8Array, runs: readonly SealedBatch[][], soundBytes: number): void {
    const isOwn = (run: readonly SealedBatch[]) => segmentName(run[0] as SealedBatch) === name;
    const moved = runs.filter((run) => !isOwn(run) && !this.#isHeld(run)).map((run) => this.#rewrite(run));
    if (soundBytes > 0) this.#store.truncate(name, soundBytes);
    else {
      this.#damagedFiles.push(name);
      this.#store.setAside(name, "damaged");
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

  /** What lies behind damage goes on in a file of its own, by its own first number. Not synced, it must not be found later. */
  #rewrite(run: readonly SealedBatch[]): Segment {
    const name = segmentName(run[0] as SealedBatch);
    const bytes = Buffer.concat(run.map(encodeFrame));
    this.#removeIfThere(name);
    try {
      this.#store.append(name, bytes);
    } catch (error) {
      this.#tryTo(() => this.#removeIfThere(name));
      throw error;
    }
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

  /** A file holds numbers without a gap: what is missing lies between files. */
  #segmentFor(batch: SealedBatch, bytes: number): Segment {
    const current = this.#segments.at(-1);
    const follows = current !== undefined && !current.closed && current.epoch === batch.epoch && current.last + 1 === batch.seq;
    if (follows && current.bytes + bytes <= this.#limits.segmentBytes) return current;
    return { name: segmentName(batch), epoch: batch.epoch, first: batch.seq, last: batch.seq - 1, bytes: 0, closed: false };
  }

  #dropOldest(): boolean {
    const { first, last } = this.#segments[0] as Segment;
    const isGone = this.#removeFirst();
    if (isGone) this.#droppedBatches += last - first + 1;
    return isGone;
  }

  /** False = the disk refuses, and it stays. */
  #removeFirst(): boolean {
    const oldest = this.#segments[0] as Segment;
    const isGone = this.#tryTo(() => this.#store.remove(oldest.name));
    if (isGone) this.#segments.shift();
    return isGone;
  }

  #removeIfThere(name: string): void {
    if (this.#store.has(name)) this.#store.remove(name);
  }

  /** For what may as well be done later: false = the disk refused. */
  #tryTo(act: () => void): boolean {
    try {
      act();
      return true;
    } catch {
      return false;
    }
  }
}

import { followedBy, mayBeAmong, placeNow } from "./former-chains.ts";
import { encodeFrame, endIn, framesMaybeIn, salvageFrames, scanFrames } from "./frame.ts";
import { type Carried, isBefore, type Place } from "./place.ts";
import type { ChainPlace, Reseal, SealedBatch } from "./sealed-batch.ts";
import { type MarkStore, SealedMark } from "./sealed-mark.ts";
import { carriedBy, firstOf, lastOf, placeOf, type Segment, segmentName, segmentOf, withoutCarried, withPlaces } from "./segment.ts";
import { UnreadableFile } from "./unreadable-file.ts";

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

/** What is here of one epoch, from the first number to the last; some in between may be missing. */
export interface Stretch {
  readonly epoch: number;
  readonly first: number;
  readonly last: number;
}

/** What lies behind the last whole frame of the newest file. */
interface Tail {
  readonly name: string;
  /** The number that its first frame would have. */
  readonly from: Place;
  /** How many frames it may have been; null = the medium does not give the file. */
  readonly frames: number | null;
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
 * Sealed batches on disk, in order, until the server has checkpointed them. Opens whatever is there: what is damaged is set
 * aside, what lies before and behind it stays, and what is missing is counted. A number up to that of `last` can therefore be
 * missing: `read` says null. A torn tail that may have been a batch is left as it is until `mend`, so that this can be
 * remembered before. Opening throws only where the disk refuses to be mended; then nothing is lost, and it can be tried again.
 */
export class Spool {
  readonly #store: SegmentStore;
  readonly #limits: SpoolLimits;
  readonly #mark: SealedMark;
  #segments: Segment[] = [];
  #last: ChainPlace | null = null;
  #unfinished: Place | null = null;
  /** What went on in later epochs, one stretch for each: files that still hold some of it on the disk do not count there. */
  #carried: readonly Carried[] = [];
  #cache: { name: string; bytes: number; batches: readonly SealedBatch[] } | null = null;
  #tornBytes = 0;
  #damagedFiles: string[] = [];
  #newerFiles: string[] = [];
  #droppedBatches = 0;
  /** The newest file as it was opened: only in that can a write have been cut short that nothing followed. */
  readonly #newestName: string | undefined;
  #tail: Tail | null = null;
  /** Cuts the tail off. */
  #mend: (() => void) | null = null;
  readonly #doubt: Stretch | null;
  /** Files whose very first write failed: the disk may say later that all is well with them. Their names are used again, they are not. */
  readonly #suspect = new Set<string>();

  constructor(store: SegmentStore, limits: SpoolLimits = DEFAULT_LIMITS) {
    this.#store = store;
    this.#limits = limits;
    this.#setAsideNewer();
    const head = placeOf(store.list()[0]?.name);
    this.#newestName = store.list().at(-1)?.name;
    for (const file of store.list()) if (!this.#segments.some(({ name }) => name === file.name)) this.#openSegment(file.name);
    this.#segments.sort((a, b) => a.epoch - b.epoch || a.first - b.first);
    this.#mark = new SealedMark(store);
    this.#leaveOutCarried();
    this.#countMissing(head);
    this.#recallEnd(this.#mark.place, head);
    this.#doubt = doubtIn(this.#tail, this.#mark.place);
    if (this.#doubt === null) this.mend();
  }

  /** Where the chain ends, whether acknowledged or not. Its batch is still here unless damage took it. */
  get last(): ChainPlace | null {
    return this.#last;
  }

  /** The number of the oldest batch of the newest epoch that is here. */
  get firstSeq(): number | null {
    return this.#newest.at(0)?.first ?? null;
  }

  /** The number of the newest batch that is still here, in the newest epoch. */
  get newestHeld(): number | null {
    return this.#newest.at(-1)?.last ?? null;
  }

  /** Where a carrying over that was cut short began; null = there is none to go on with. */
  get unfinished(): Place | null {
    return this.#unfinished;
  }

  /** What is here of the newest epoch before this one: the server has it, and has not checkpointed it. */
  before(epoch: number): Stretch | null {
    const newest = this.#segments.findLast((segment) => segment.epoch < epoch)?.epoch;
    return newest === undefined ? null : this.stretch(newest);
  }

  /** The epoch that follows this one here; null = none does. */
  after(epoch: number): number | null {
    return this.#segments.find((segment) => segment.epoch > epoch)?.epoch ?? null;
  }

  stretch(epoch: number): Stretch | null {
    const segments = this.#segments.filter((segment) => segment.epoch === epoch);
    const [first, last] = [segments.at(0)?.first, segments.at(-1)?.last];
    return first === undefined || last === undefined ? null : { epoch, first, last };
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  get loss(): SpoolLoss {
    const [tornBytes, damagedFiles, newerFiles] = [this.#tornBytes, this.#damagedFiles, this.#newerFiles];
    return { tornBytes, damagedFiles, newerFiles, droppedBatches: this.#droppedBatches };
  }

  /**
   * Numbers behind all that is whole and behind what the mark says: their batches may have been on the disk when a bit turned, or
   * were being written when the process ended. They are used again; null = there are none.
   */
  get doubt(): Stretch | null {
    return this.#doubt;
  }

  /** Cuts a torn tail off; to be called once what may be lost with it is remembered, and done before anything is written. Throws what the disk says. */
  mend(): void {
    this.#mend?.();
    this.#mend = null;
  }

  /** Appends durably. Throws what the disk says; the caller keeps the batch and tries again. */
  append(batch: SealedBatch): void {
    this.mend();
    this.#write(batch);
    this.#remember(batch);
    while (this.bytes > this.#limits.totalBytes && this.#segments.length > 1 && this.#dropOldest());
  }

  /** Throws what the disk says where that may pass; of a file that it will never give again, all is lost and counted. */
  read(seq: number, epoch = this.#last?.epoch): SealedBatch | null {
    const segment = this.#segments.find((one) => one.epoch === epoch && one.first <= seq && seq <= one.last);
    return segment === undefined ? null : (this.#batchesOf(segment).find((batch) => batch.seq === seq) ?? null);
  }

  /** The server holds everything up to `seq` for good, and all of the epochs before: whole segments of it may go. The newest always stays. */
  checkpoint(seq: number, epoch = this.#last?.epoch ?? 0): void {
    const isPast = (segment: Segment) => !isBefore({ epoch, seq }, lastOf(segment));
    while (this.#segments.length > 1 && isPast(this.#segments[0] as Segment) && this.#removeFirst());
  }

  /**
   * Where the batch is now that a chain of an epoch before ends in, by its hash, if it went on in a later one; null = it did not, or
   * it is not here any more. Throws what the disk says where that may pass.
   */
  wentOnAt(head: ChainPlace, reseal: Reseal): Place | null {
    const mayHave = ({ followed, first, last }: Segment) => mayBeAmong(head, followed, last + 1 - first);
    for (const segment of this.#segments.filter(mayHave)) {
      const batches = this.#batchesOf(segment).filter(({ seq }) => seq <= segment.last);
      const now = placeNow(head, batches, reseal);
      if (now !== null) return now;
    }
    return null;
  }

  /**
   * How many numbers there are from this place to the end of the last epoch before `until`, whether here or not.
   * @param known ends of epochs of which nothing may be here any more
   */
  countFrom(from: Place, until: number, known: readonly Place[] = []): number {
    const ends = new Map<number, number>();
    // The mark may be one behind, and be all that is left at a start.
    for (const { epoch, seq } of [...known, ...this.#segments.map(lastOf), this.#mark.place, this.#last].filter((end) => end !== null))
      if (epoch >= from.epoch && epoch < until) ends.set(epoch, Math.max(seq, ends.get(epoch) ?? 0));
    return [...ends].reduce((sum, [epoch, seq]) => sum + Math.max(0, seq - (epoch === from.epoch ? from.seq - 1 : 0)), 0);
  }

  /**
   * Goes on in a later epoch that begins at `begin`: all batches from `from` on, sealed anew by `reseal`. File by file: one is
   * read, written, and deleted, so no more than one file's batches are held, and the disk needs room for one more file, and for
   * the one in which `from` lies. What lies before `from` stays where it is. Cut short at any point, the next start finds
   * `unfinished`, and this goes on where it was. Throws what the disk says; it can be called again with the same words.
   */
  carryOver(from: Place, begin: ChainPlace, reseal: Reseal): void {
    this.mend();
    let end = this.#last !== null && this.#last.epoch === begin.epoch ? this.#last : begin;
    const past = this.#carriedBefore(begin.epoch);
    for (const source of this.#segments.filter((one) => one.epoch < begin.epoch && !isBefore(lastOf(one), from))) {
      end = this.#carry(source, from, end, reseal, past);
      this.#unfinished = from;
    }
    this.#last = end;
    this.#unfinished = null;
    this.#remember(end);
  }

  /** The files that say it may go on themselves, and those that it is said of are still here: so it is said again. */
  #carriedBefore(epoch: number): readonly Carried[] {
    const epochs = this.#store.list().flatMap(({ name }) => placeOf(name)?.epoch ?? []);
    const isHere = ({ from, to }: Carried) => epochs.some((one) => from.epoch <= one && one <= to.epoch);
    return this.#carried.filter((one) => one.into < epoch && isHere(one));
  }

  #carry(source: Segment, from: Place, end: ChainPlace, reseal: Reseal, past: readonly Carried[]): ChainPlace {
    const all = this.#batchesOf(source);
    const batches = all.filter((batch) => batch.seq <= source.last && !isBefore(batch, from));
    let last = end;
    const resealed = batches.map(({ body }) => {
      const sealed = reseal(last, body);
      last = sealed;
      return sealed;
    });
    const [first] = batches;
    if (first !== undefined) this.#writeFile(withPlaces(resealed, batches, { past, followed: followedBy(first, all, reseal) }));
    this.#leaveOut(source, from);
    return { epoch: last.epoch, seq: last.seq, hash: last.hash };
  }

  /** Batches that follow each other, as a file of their own. */
  #writeFile(batches: readonly SealedBatch[]): void {
    const bytes = Buffer.concat(batches.map(encodeFrame));
    const segment = { ...segmentOf(segmentName(batches[0] as SealedBatch), batches, 0), closed: true };
    try {
      this.#appendOrClose(segment, bytes);
    } catch (error) {
      this.#tryTo(() => this.#removeIfThere(segment.name));
      throw error;
    }
    this.#segments.push({ ...segment, bytes: bytes.length });
    this.#carried = carriedBy([{ carried: [...this.#carried, ...segment.carried] }]);
    const { epoch, seq, hash } = batches.at(-1) as SealedBatch;
    this.#last = { epoch, seq, hash };
  }

  /** Its batches have gone on: the file goes, aside where it is damaged, or what lies before them in it stays. */
  #leaveOut(source: Segment, from: Place): void {
    this.#cache = null;
    if (isBefore(firstOf(source), from)) {
      source.last = from.seq - 1;
      return;
    }
    this.#segments = this.#segments.filter((one) => one !== source);
    this.#tryTo(() => (source.lost > 0 ? this.#store.setAside(source.name, "damaged") : this.#store.remove(source.name)));
  }

  get #newest(): readonly Segment[] {
    const epoch = this.#last?.epoch ?? this.#segments.at(-1)?.epoch;
    return this.#segments.filter((segment) => segment.epoch === epoch);
  }

  /** A number stands for one batch only: what went on in a later epoch counts there. */
  #leaveOutCarried(): void {
    const newest = this.#segments.at(-1)?.epoch;
    const mayBeCut = this.#mark.place?.epoch !== newest;
    // All but the last of them were gone through with: only behind that can something be left.
    for (const one of carriedBy(this.#segments)) if (one.into !== newest) this.#leaveOutOf(one);
    if (mayBeCut) this.#dropLastCarried();
    this.#carried = carriedBy(this.#segments);
    const last = this.#carriedByNewest();
    if (last === null) return;
    this.#leaveOutOf(last);
    const isLeft = this.#segments.some((one) => one.epoch < last.into && isBefore(last.to, lastOf(one)));
    if (mayBeCut && isLeft) this.#unfinished = last.from;
  }

  #carriedByNewest(): Carried | null {
    const newest = this.#segments.at(-1)?.epoch;
    return this.#carried.find(({ into }) => into === newest) ?? null;
  }

  #leaveOutOf(carried: Carried): void {
    const left = this.#segments.map((segment) => [segment, withoutCarried(segment, carried)] as const);
    for (const [{ name }, kept] of left) if (kept === null) this.#tryTo(() => this.#store.remove(name));
    this.#segments = left.flatMap(([, kept]) => (kept === null ? [] : [kept]));
  }

  /** The file that was being written when it was cut short: while what it is made of goes further it is made anew, byte for byte. */
  #dropLastCarried(): void {
    const newest = this.#segments.at(-1);
    const to = newest && carriedBy([newest]).find(({ into }) => into === newest.epoch)?.to;
    if (newest === undefined || to === undefined) return;
    const end = newest.isCutShort ? to.seq : to.seq + 1;
    if (!this.#segments.some(({ epoch, first, last }) => epoch === to.epoch && first <= to.seq && end <= last)) return;
    this.#store.remove(newest.name);
    this.#segments.pop();
    if (this.#tail?.name === newest.name) [this.#tail, this.#mend] = [null, null];
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

  /**
   * The newest batches are lost, but not that there were any: the next one follows them. Where all are lost their number is not
   * known: one; but an epoch of which all is lost while one before it is here was never checkpointed, so it counts from its first.
   */
  #recallEnd(marked: ChainPlace | null, head: Place | null): void {
    if (marked === null) return;
    const before = head?.epoch === marked.epoch ? head.seq - 1 : marked.seq - 1;
    const { epoch, seq } = this.#last ?? { epoch: marked.epoch, seq: before };
    if (marked.epoch < epoch || (marked.epoch === epoch && marked.seq <= seq)) return;
    this.#droppedBatches += marked.seq - (marked.epoch === epoch ? seq : 0);
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
      const batches = bytes === null ? [] : this.#soundOf(segment, bytes.subarray(0, segment.bytes));
      this.#cache = { name: segment.name, bytes: segment.bytes, batches };
    }
    return this.#cache.batches;
  }

  /** Also what lies behind damage that arose after opening. The file stays as it is until it has gone on, or until the next start mends it. */
  #soundOf(segment: Segment, bytes: Uint8Array): readonly SealedBatch[] {
    const { batches, soundBytes } = scanFrames(bytes);
    if (soundBytes === segment.bytes) return batches;
    const { name, epoch, first, last, lost } = segment;
    const whole = [...batches, ...salvageFrames(bytes.subarray(soundBytes), batches.at(-1) ?? null).flat()];
    const sound = whole.filter((batch) => batch.epoch === epoch && first <= batch.seq && batch.seq <= last);
    if (!this.#damagedFiles.includes(name)) this.#damagedFiles.push(name);
    segment.closed = true;
    segment.lost = Math.max(lost, last - first + 1 - sound.length);
    this.#droppedBatches += segment.lost - lost;
    return sound;
  }

  #forget(segment: Segment): void {
    this.#droppedBatches += segment.last - segment.first + 1 - segment.lost;
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
    const bytes = name === this.#newestName ? this.#readNewest(name) : this.#readOrSetAside(name);
    if (bytes === null) return;
    const { batches, soundBytes } = scanFrames(bytes);
    if (soundBytes < bytes.length) return this.#openDamaged(name, bytes, batches, soundBytes);
    if (batches.length === 0) this.#store.remove(name);
    else this.#segments.push(segmentOf(name, batches, soundBytes));
  }

  /** One batch more than the mark says may have been in it. */
  #readNewest(name: string): Uint8Array | null {
    try {
      return this.#store.read(name);
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      const from = placeOf(name);
      this.#tail = from && { name, from, frames: null };
      this.#setAsideLater(name);
      return null;
    }
  }

  #openDamaged(name: string, bytes: Uint8Array, batches: readonly SealedBatch[], soundBytes: number): void {
    const last = batches.at(-1) ?? null;
    const runs = salvageFrames(bytes.subarray(soundBytes), last);
    if (name === this.#newestName) this.#noteTail(name, bytes, runs.at(-1)?.at(-1) ?? last);
    const segment = last === null ? null : segmentOf(name, batches, soundBytes);
    if (runs.length > 0) this.#cutDamage(name, bytes, runs, soundBytes);
    else this.#cutTail(name, bytes.length - soundBytes, segment);
    if (segment !== null) this.#segments.push(segment);
  }

  /** @param whole the last whole frame of the file; null = it has none */
  #noteTail(name: string, bytes: Uint8Array, whole: SealedBatch | null): void {
    const from = whole === null ? placeOf(name) : { epoch: whole.epoch, seq: whole.seq + 1 };
    const frames = framesMaybeIn(bytes.subarray(whole === null ? 0 : endIn(bytes, whole)));
    this.#tail = from && { name, from, frames };
  }

  /** Where the disk does not let it be cut it stays, and nothing is written behind it. @param segment what is whole before; null = nothing is. */
  #cutTail(name: string, tornBytes: number, segment: Segment | null): void {
    this.#tornBytes += tornBytes;
    if (segment === null) return this.#setAsideLater(name);
    const cut = () => {
      segment.closed = !this.#tryTo(() => this.#store.truncate(name, segment.bytes));
    };
    segment.closed = true;
    if (name === this.#newestName) this.#mend = cut;
    else cut();
  }

  #setAsideLater(name: string): void {
    this.#damagedFiles.push(name);
    const setAside = () => this.#store.setAside(name, "damaged");
    if (name === this.#newestName) this.#mend = setAside;
    else setAside();
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
      if (index > 0 && this.#segments[index - 1]?.epoch !== segment.epoch) expected = 1;
      const to = this.#carriedByNewest()?.to;
      if (to?.epoch === segment.epoch && to.seq < segment.first) expected = Math.max(expected, to.seq + 1);
      // A batch whose sync failed is written again to a new file: what both hold counts as the newer one's.
      const before = this.#segments[index - 1];
      if (before?.epoch === segment.epoch && segment.first <= before.last && segment.first > before.first) before.last = segment.first - 1;
      this.#droppedBatches += Math.max(0, segment.first - expected);
      expected = segment.last + 1;
    }
    // Known since it was opened: the medium may not give it a second time.
    this.#last = this.#segments.at(-1)?.end ?? null;
  }

  /** A file holds numbers without a gap: what is missing lies between files. */
  #segmentFor(batch: SealedBatch, bytes: number): Segment {
    const current = this.#segments.at(-1);
    const follows = current !== undefined && !current.closed && current.epoch === batch.epoch && current.last + 1 === batch.seq;
    if (follows && current.bytes + bytes <= this.#limits.segmentBytes) return current;
    return { ...segmentOf(segmentName(batch), [batch], 0), last: batch.seq - 1 };
  }

  #dropOldest(): boolean {
    const { first, last, lost } = this.#segments[0] as Segment;
    const isGone = this.#removeFirst();
    if (isGone) this.#droppedBatches += last - first + 1 - lost;
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

/** What of a tail the mark does not vouch for. An epoch that the mark has left behind had nothing more. */
function doubtIn(tail: Tail | null, mark: ChainPlace | null): Stretch | null {
  if (tail === null || (mark !== null && mark.epoch > tail.from.epoch)) return null;
  const { epoch, seq } = tail.from;
  const first = Math.max(seq, mark?.epoch === epoch ? mark.seq + 1 : 1);
  const last = tail.frames === null ? first : seq + tail.frames - 1;
  return first > last ? null : { epoch, first, last };
}

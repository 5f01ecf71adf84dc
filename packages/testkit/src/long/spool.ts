import { createHash } from "node:crypto";
import { encodeFrame, type SealedBatch, type SegmentStore, Spool, seal } from "@truebound/agent";
import { count, type Part } from "./part.ts";

export interface FlipTally {
  readonly flips: number;
  readonly batches: number;
  /** Openings that threw. */
  readonly crashes: number;
  /** Batches that were given and are not what was written. */
  readonly corrupted: number;
  /** Batches that were neither given nor declared as lost. */
  readonly undeclared: number;
  /** Flips by which more than the batch that was hit was lost. */
  readonly spread: number;
}

const SEGMENT_BYTES = 64 * 1024;
const LIMITS = { segmentBytes: SEGMENT_BYTES, totalBytes: 64 * SEGMENT_BYTES };
const sha256 = {
  hex: (text: string) => createHash("sha256").update(text).digest("hex"),
  base64: (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("base64"),
};

/** A spool of one whole file and the begin of the next. Each bit of the first file, as far as `most` goes, is flipped alone. */
export function flipEachBit(most: number, log: (text: string) => void): FlipTally {
  const written = writeBatches();
  const intact = new FlatStore();
  const spool = new Spool(intact, LIMITS);
  for (const batch of written) spool.append(batch);
  const [name, bytes] = [...intact.files][0] as [string, Uint8Array];
  const tally = { flips: 0, batches: written.length, crashes: 0, corrupted: 0, undeclared: 0, spread: 0 };
  for (const bit of bitsOf(bytes.length * 8, most)) {
    const hurt = Uint8Array.from(bytes);
    hurt[bit >> 3] = (hurt[bit >> 3] as number) ^ (1 << (bit & 7));
    judge(new FlatStore(new Map(intact.files).set(name, hurt)), written, tally);
    tally.flips += 1;
    if (tally.flips % 65_536 === 0) log(`${count(tally.flips)} bits flipped`);
  }
  return tally;
}

type Counting = { -readonly [Name in keyof FlipTally]: FlipTally[Name] };

function judge(store: FlatStore, written: readonly SealedBatch[], tally: Counting): void {
  let lost = 0;
  try {
    const spool = new Spool(store, LIMITS);
    for (const batch of written) {
      const given = spool.read(batch.seq);
      if (given === null) lost += 1;
      else if (given.hash !== batch.hash || Buffer.compare(given.body, batch.body) !== 0) tally.corrupted += 1;
    }
    tally.undeclared += Math.max(0, lost - spool.loss.droppedBatches);
  } catch {
    tally.crashes += 1;
  }
  if (lost > 1) tally.spread += 1;
}

/** All of them, or evenly as many as are wanted. */
function* bitsOf(bits: number, most: number): Generator<number> {
  const step = Math.max(1, bits / most);
  for (let at = 0; at < bits; at += step) yield Math.floor(at);
}

function writeBatches(): SealedBatch[] {
  const batches: SealedBatch[] = [];
  let end = { agent: "00000000-0000-4000-8000-000000000001", epoch: 1, seq: 0, hash: "0".repeat(64) };
  for (let bytes = 0; bytes <= SEGMENT_BYTES; ) {
    const batch = seal(end, Buffer.from(JSON.stringify({ n: end.seq, pad: "x".repeat(3000 + ((end.seq * 577) % 2000)) })), sha256);
    batches.push(batch);
    end = { ...end, seq: batch.seq, hash: batch.hash };
    bytes += encodeFrame(batch).length;
  }
  return batches;
}

class FlatStore implements SegmentStore {
  readonly files: Map<string, Uint8Array>;

  constructor(files = new Map<string, Uint8Array>()) {
    this.files = files;
  }

  list() {
    const files = [...this.files].filter(([name]) => /\.spool\d*$/.test(name));
    return files.map(([name, bytes]) => ({ name, bytes: bytes.length })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  has(name: string): boolean {
    return this.files.has(name);
  }

  read(name: string): Uint8Array {
    return this.files.get(name) ?? new Uint8Array();
  }

  append(name: string, bytes: Uint8Array): void {
    this.files.set(name, Buffer.concat([this.read(name), bytes]));
  }

  overwrite(name: string, at: number, bytes: Uint8Array): void {
    const before = this.read(name);
    const after = new Uint8Array(Math.max(before.length, at + bytes.length));
    after.set(before);
    after.set(bytes, at);
    this.files.set(name, after);
  }

  truncate(name: string, bytes: number): void {
    this.files.set(name, this.read(name).slice(0, bytes));
  }

  remove(name: string): void {
    this.files.delete(name);
  }

  setAside(name: string): void {
    this.files.delete(name);
  }
}

export const isHeld = ({ crashes, corrupted, undeclared, spread }: FlipTally): boolean => crashes + corrupted + undeclared + spread === 0;

export const spoolPart: Part = {
  name: "spool",
  about: "each bit of a file of the spool, flipped alone; the spool is opened on it and all is read",
  run: async ({ flips }, log) => {
    const tally = flipEachBit(flips, log);
    const { crashes, corrupted, undeclared, spread } = tally;
    return {
      ok: isHeld(tally),
      lines: [
        `${count(tally.flips)} flips over ${count(tally.batches)} batches: ${crashes} crashes, ${corrupted} corrupted batches given, ${undeclared} lost without being declared, ${spread} flips that lost more than one`,
      ],
    };
  },
};

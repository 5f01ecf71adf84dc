import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { endianness } from "node:os";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import type { Log } from "../log/log-line.ts";
import {
  CLOCKBOUND_BODY_AT,
  CLOCKBOUND_FILES,
  CLOCKBOUND_GENERATION_AT,
  type ClockBoundVersion,
  clockBoundBytes,
  nextClockBoundGeneration,
} from "../publish/clockbound-segment.ts";
import {
  encodeHead,
  encodeSlot,
  GENERATION_BYTES,
  HEAD_BYTES,
  lastGeneration,
  SEGMENT_BYTES,
  type SegmentRecord,
  SLOT_BYTES,
  slotOf,
} from "../publish/segment-record.ts";
import { unkeepable } from "./kernel-file-system.ts";

/** Where records go. Writing never throws: what cannot be written is told once, and tried again with the next record. */
export interface RecordSink {
  write(record: SegmentRecord): void;
  close(): void;
}

/**
 * A file that readers map or read while it is written. Node maps no memory, so each step is a pwrite of its own: the kernel holds the
 * inode's lock for each, so what one wrote is seen by whoever sees anything of the next (docs/decisions/0037). An odd generation goes first and
 * the even one last, so a reader that finds the same even generation before and after its copy has copied nothing of two records.
 */
abstract class MappedFile implements RecordSink {
  readonly #path: string;
  readonly #what: string;
  readonly #log: Log;
  #fd: number | null = null;
  #isFailing = false;

  constructor(path: string, what: string, log: Log) {
    this.#path = path;
    this.#what = what;
    this.#log = log;
  }

  /** What a file that is not there yet holds. */
  protected abstract get empty(): Uint8Array;
  /** True = what lies there is ours to go on with. */
  protected abstract adopt(bytes: Uint8Array): boolean;
  protected abstract put(fd: number, record: SegmentRecord): void;

  write(record: SegmentRecord): void {
    try {
      this.put(this.#open(), record);
      this.#isFailing = false;
    } catch (error) {
      this.close();
      if (!this.#isFailing)
        this.#log("warn", `cannot write ${this.#path} (${this.#what}): ${(error as Error).message}; tried again with each reading`);
      this.#isFailing = true;
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** A file that somebody removed, replaced or cut off is no longer what readers can read: another one is made. */
  #open(): number {
    if (this.#fd !== null && this.#isLost(this.#fd)) this.close();
    this.#fd ??= this.#adopted() ?? this.#made();
    return this.#fd;
  }

  #isLost(fd: number): boolean {
    const { nlink, size } = fstatSync(fd);
    return nlink === 0 || size !== this.empty.length || !this.begins(fd);
  }

  /** False = the file was cut off between two of our writes, and what was written after that has zeros where its head was. */
  protected begins(_fd: number): boolean {
    return true;
  }

  /** One that lies there is gone on with, so that those who mapped it keep what they have. */
  #adopted(): number | null {
    try {
      const fd = openSync(this.#path, constants.O_RDWR | constants.O_NOFOLLOW);
      const bytes = new Uint8Array(this.empty.length + 1);
      if (fstatSync(fd).isFile() && this.adopt(bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0)))) return fd;
      closeSync(fd);
    } catch {
      // None, or none that can be gone on with: it is replaced, and if that cannot be done, that is told.
    }
    return null;
  }

  #made(): number {
    const why = unkeepable(this.#path);
    if (why !== null) throw new Error(why);
    mkdirSync(dirname(this.#path), { recursive: true });
    const draft = `${this.#path}.new`;
    // What lies there is an earlier draft, or a link by which somebody would have another file written.
    rmSync(draft, { force: true });
    writeFileSync(draft, this.empty, { mode: 0o644, flag: "wx" });
    // Applications run as other users, whatever the umask here.
    chmodSync(draft, 0o644);
    renameSync(draft, this.#path);
    return openSync(this.#path, constants.O_RDWR | constants.O_NOFOLLOW);
  }
}

/** Truebound's own segment. */
export class SegmentWriter extends MappedFile {
  #generation = 0n;

  constructor(path: string, log: Log) {
    super(path, "TRUEBOUND_SEGMENT", log);
  }

  protected get empty(): Uint8Array {
    const bytes = new Uint8Array(SEGMENT_BYTES);
    bytes.set(encodeHead());
    return bytes;
  }

  protected override begins(fd: number): boolean {
    const head = new Uint8Array(HEAD_BYTES);
    readSync(fd, head, 0, head.length, 0);
    return Buffer.compare(head, encodeHead()) === 0;
  }

  protected adopt(bytes: Uint8Array): boolean {
    const last = lastGeneration(bytes);
    if (last !== null && last > this.#generation) this.#generation = last;
    return last !== null;
  }

  protected put(fd: number, record: SegmentRecord): void {
    const generation = this.#generation + 2n;
    const slot = encodeSlot(record, generation, crc32);
    const at = HEAD_BYTES + slotOf(generation) * SLOT_BYTES;
    writeSync(fd, generationBytes(generation - 1n), 0, GENERATION_BYTES, at);
    writeSync(fd, slot, GENERATION_BYTES, SLOT_BYTES - GENERATION_BYTES, at + GENERATION_BYTES);
    writeSync(fd, slot, 0, GENERATION_BYTES, at);
    this.#generation = generation;
  }
}

function generationBytes(generation: bigint): Uint8Array {
  const bytes = new Uint8Array(GENERATION_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, generation, true);
  return bytes;
}

const IS_LITTLE_ENDIAN = endianness() === "LE";

/** What clients of ClockBound read, of one version. */
export class ClockBoundWriter extends MappedFile {
  readonly #version: ClockBoundVersion;
  readonly #limitNs: bigint | null;
  #generation = 0;

  constructor(folder: string, version: ClockBoundVersion, limitNs: bigint | null, log: Log) {
    super(join(folder, CLOCKBOUND_FILES[version].name), "TRUEBOUND_CLOCKBOUND_DIR", log);
    this.#version = version;
    this.#limitNs = limitNs;
  }

  /** Generation 0: clients take it for not written yet. */
  protected get empty(): Uint8Array {
    return new Uint8Array(CLOCKBOUND_FILES[this.#version].bytes);
  }

  protected adopt(bytes: Uint8Array): boolean {
    if (bytes.length !== this.empty.length) return false;
    this.#generation = new DataView(bytes.buffer, bytes.byteOffset).getUint16(CLOCKBOUND_GENERATION_AT, IS_LITTLE_ENDIAN);
    return true;
  }

  protected put(fd: number, record: SegmentRecord): void {
    const next = nextClockBoundGeneration(this.#generation);
    const bytes = clockBoundBytes(this.#version, record, next, this.#limitNs, IS_LITTLE_ENDIAN);
    const head = bytes.slice(0, CLOCKBOUND_BODY_AT);
    new DataView(head.buffer).setUint16(CLOCKBOUND_GENERATION_AT, next - 1, IS_LITTLE_ENDIAN);
    writeSync(fd, head, 0, head.length, 0);
    writeSync(fd, bytes, CLOCKBOUND_BODY_AT, bytes.length - CLOCKBOUND_BODY_AT, CLOCKBOUND_BODY_AT);
    writeSync(fd, bytes, CLOCKBOUND_GENERATION_AT, 2, CLOCKBOUND_GENERATION_AT);
    this.#generation = next;
  }
}

import { closeSync, constants, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { candidates, decodeSlot, SEGMENT_BYTES, SLOT_BYTES, type Snapshot, type Unreadable, whyNotSegment } from "./segment.ts";

/** A file that says nothing new is opened anew this often, ns: the agent may have made another one in its place. */
const REOPEN_NS = 100_000_000n;
/** An agent that reads its clocks more rarely than this makes readers open the file once in REOPEN_NS, which costs little. */
const QUIET_NS = 1_500_000_000n;
const ATTEMPTS = 3;

/**
 * The newest whole record of a segment. Reading a file is no atomic thing: a slot's generation is read, then the slot, then its
 * generation again, each by a call of its own. Where they are one and even, no write fell in between; its checksum tells the same a
 * second time. What is read once stays good while it is the newest: a record that is being written does not take it away.
 */
export class SegmentFile {
  readonly #path: string;
  readonly #whole = new Uint8Array(SEGMENT_BYTES);
  readonly #slot = new Uint8Array(SLOT_BYTES);
  readonly #word = new Uint8Array(8);
  readonly #wordView = new DataView(this.#word.buffer);
  #fd: number | null = null;
  #held: Snapshot | null = null;
  #heldSince = 0n;
  #opened = -REOPEN_NS;

  constructor(path: string) {
    this.#path = path;
  }

  /** @param now MONOTONIC, ns, read before. */
  read(now: bigint): Snapshot | Unreadable {
    if (this.#isStale(now)) this.#open(now);
    try {
      return this.#read(now);
    } catch {
      return this.#held ?? "not_a_segment"; // a folder, a pipe, a disk that fails
    }
  }

  #read(now: bigint): Snapshot | Unreadable {
    if (this.#fd === null) return this.#held ?? "no_segment";
    if (readSync(this.#fd, this.#whole, 0, SEGMENT_BYTES, 0) < SEGMENT_BYTES) {
      this.close(); // the agent puts another file in the place of one that was cut off
      return this.#held ?? "not_a_segment";
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const newest = this.#newest(this.#fd, now);
      if (newest !== "torn") return newest;
      readSync(this.#fd, this.#whole, 0, SEGMENT_BYTES, 0);
    }
    return this.#held ?? "torn";
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #newest(fd: number, now: bigint): Snapshot | Unreadable {
    const all = candidates(this.#whole);
    if (this.#held !== null && all[0]?.generation === this.#held.generation) return this.#held;
    const flaw = whyNotSegment(this.#whole);
    if (flaw !== null) return flaw;
    for (const { at, generation } of all) {
      if (this.#held !== null && generation <= this.#held.generation) return this.#held;
      const snapshot = this.#careful(fd, at, generation);
      if (snapshot !== null) {
        this.#heldSince = now;
        this.#held = snapshot;
        return snapshot;
      }
    }
    return "torn";
  }

  /** A slot whose generation was read before: the slot, and then its generation again. */
  #careful(fd: number, at: number, generation: bigint): Snapshot | null {
    readSync(fd, this.#slot, 0, SLOT_BYTES, at);
    readSync(fd, this.#word, 0, this.#word.length, at);
    if (this.#wordView.getBigUint64(0, true) !== generation) return null;
    const snapshot = decodeSlot(this.#slot, crc32);
    return snapshot?.generation === generation ? snapshot : null;
  }

  #isStale(now: bigint): boolean {
    if (now - this.#opened < REOPEN_NS) return false;
    return this.#fd === null || this.#held === null || now - this.#heldSince > QUIET_NS;
  }

  /** Another file begins anew: its generations say nothing beside those of the one before. What was read stays until it expires. */
  #open(now: bigint): void {
    this.#opened = now;
    let fd: number;
    try {
      // Not to wait for a writer, should it be a pipe.
      fd = openSync(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch {
      this.close();
      return; // none there, or none for this user: what was read before still holds
    }
    this.close();
    this.#fd = fd;
    if (this.#held !== null) this.#held = { ...this.#held, generation: 0n };
  }
}

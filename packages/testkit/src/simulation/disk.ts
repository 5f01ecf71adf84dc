import { type SegmentStore, UnreadableFile } from "@truebound/agent";
import type { SeededRandom } from "../sim/random.ts";

/** How often what goes wrong, per operation of a disk; and how many operations a process gets before it is killed in the midst of one. */
export interface DiskFaults {
  readonly failedSync: number;
  readonly full: number;
  readonly unreadable: number;
}

export const SOUND_DISK: DiskFaults = { failedSync: 0, full: 0, unreadable: 0 };

const SEGMENT = /\.spool\d*$/;

/** What a kernel says: a code, and words. */
const refusal = (code: string, what: string): Error => Object.assign(new Error(`${code}: ${what}`), { code });

/** The process was killed in the midst of this. Whatever it still does reaches nobody. */
export class Killed extends Error {}

/** The files of one host's folder, as they are on the medium. Files of what was set aside are kept, and count for nothing. */
export class SimDisk {
  files = new Map<string, Uint8Array>();
  /** Removed, but the folder was not synced since: a loss of power may bring them back. */
  #removed = new Map<string, Uint8Array>();
  faults: DiskFaults = SOUND_DISK;
  readonly #random: SeededRandom;
  /** Files that the medium will never give again. */
  readonly #lost = new Set<string>();

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  get bytes(): number {
    return [...this.files].reduce((sum, [name, bytes]) => (SEGMENT.test(name) ? sum + bytes.length : sum), 0);
  }

  get spoolFiles(): readonly string[] {
    return [...this.files.keys()].filter((name) => SEGMENT.test(name)).sort();
  }

  copy(): ReadonlyMap<string, Uint8Array> {
    return new Map(this.files);
  }

  restore(files: ReadonlyMap<string, Uint8Array>): void {
    this.files = new Map(files);
    this.#removed.clear();
    this.#lost.clear();
  }

  /** What was removed and not made durable comes back, or not. */
  losePower(): readonly string[] {
    const back = [...this.#removed].filter(([name]) => !this.files.has(name) && this.#random.next() < 0.5);
    for (const [name, bytes] of back) this.files.set(name, bytes);
    this.#removed.clear();
    return back.map(([name]) => name);
  }

  /** One bit of one file turns. Null = there is nothing to turn. */
  rot(): string | null {
    const names = this.spoolFiles.filter((name) => (this.files.get(name)?.length ?? 0) > 0);
    const name = names[Math.floor(this.#random.next() * names.length)];
    if (name === undefined) return null;
    const bytes = Uint8Array.from(this.files.get(name) as Uint8Array);
    const at = Math.floor(this.#random.next() * bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(this.#random.next() * 8));
    this.files.set(name, bytes);
    return `${name} at byte ${at}`;
  }

  /** Drawn for each operation. */
  happens(chance: number): boolean {
    return chance > 0 && this.#random.next() < chance;
  }

  part(length: number): number {
    return Math.floor(this.#random.next() * (length + 1));
  }

  lose(name: string): void {
    this.#lost.add(name);
  }

  isLost(name: string): boolean {
    return this.#lost.has(name);
  }

  write(name: string, bytes: Uint8Array): void {
    this.files.set(name, bytes);
    this.#removed.delete(name);
  }

  remove(name: string): void {
    const bytes = this.files.get(name);
    if (bytes !== undefined) this.#removed.set(name, bytes);
    this.files.delete(name);
    this.#lost.delete(name);
  }

  syncFolder(): void {
    this.#removed.clear();
  }
}

/**
 * The disk as one process has it, by the rules of the agent's own adapter: an append is synced before it returns, and cut back
 * where that fails. A process that is killed has it no more.
 */
export class OpenedDisk implements SegmentStore {
  readonly #disk: SimDisk;
  readonly #onKilled: () => void;
  #operationsLeft = Number.POSITIVE_INFINITY;
  #isDead = false;

  constructor(disk: SimDisk, onKilled: () => void) {
    this.#disk = disk;
    this.#onKilled = onKilled;
  }

  /** The process gets so many more operations; in the last one it is killed. */
  killAfter(operations: number): void {
    this.#operationsLeft = operations;
  }

  close(): void {
    this.#isDead = true;
  }

  list() {
    this.#alive();
    return this.#disk.spoolFiles.map((name) => ({ name, bytes: this.#bytesOf(name).length }));
  }

  has(name: string): boolean {
    this.#alive();
    return this.#disk.files.has(name);
  }

  read(name: string): Uint8Array {
    this.#alive();
    if (this.#disk.happens(this.#disk.faults.unreadable)) this.#disk.lose(name);
    if (this.#disk.isLost(name)) throw new UnreadableFile(`EIO: cannot read ${name}`);
    return this.#bytesOf(name);
  }

  append(name: string, bytes: Uint8Array): void {
    const before = this.#bytesOf(name);
    const torn = () => Buffer.concat([before, bytes.subarray(0, this.#disk.part(bytes.length))]);
    this.#operate(() => this.#disk.write(name, torn()));
    const { full, failedSync } = this.#disk.faults;
    if (this.#disk.happens(full)) {
      this.#disk.write(name, before);
      throw refusal("ENOSPC", `no space left for ${name}`);
    }
    if (this.#disk.happens(failedSync)) {
      // The cutting back may fail as well; then the tail is torn.
      this.#disk.write(name, this.#disk.happens(0.5) ? before : torn());
      throw refusal("EIO", `cannot sync ${name}`);
    }
    this.#disk.write(name, Buffer.concat([before, bytes]));
    if (before.length === 0) this.#disk.syncFolder();
  }

  overwrite(name: string, at: number, bytes: Uint8Array): void {
    const before = this.#bytesOf(name);
    const patched = (part: Uint8Array) => {
      const after = new Uint8Array(Math.max(before.length, at + part.length));
      after.set(before);
      after.set(part, at);
      return after;
    };
    this.#operate(() => this.#disk.write(name, patched(bytes.subarray(0, this.#disk.part(bytes.length)))));
    if (this.#disk.happens(this.#disk.faults.full)) throw refusal("ENOSPC", `no space left for ${name}`);
    this.#disk.write(name, patched(bytes));
    if (before.length === 0) this.#disk.syncFolder();
  }

  truncate(name: string, bytes: number): void {
    this.#operate(() => {});
    this.#disk.write(name, this.#bytesOf(name).slice(0, bytes));
  }

  remove(name: string): void {
    this.#operate(() => {});
    this.#disk.remove(name);
  }

  setAside(name: string, as: "damaged" | "newer"): void {
    this.#operate(() => {});
    this.#disk.write(`${name}.${as}`, this.#bytesOf(name));
    this.#disk.remove(name);
  }

  /** A small file, written whole or not at all, as identities are. */
  replace(name: string, text: string): void {
    this.#operate(() => {});
    if (this.#disk.happens(this.#disk.faults.full)) throw refusal("ENOSPC", `no space left for ${name}`);
    this.#disk.write(name, Buffer.from(text));
    this.#disk.syncFolder();
  }

  rename(name: string, to: string): void {
    this.#operate(() => {});
    this.#disk.write(to, this.#bytesOf(name));
    this.#disk.files.delete(name);
    this.#disk.syncFolder();
  }

  #bytesOf(name: string): Uint8Array {
    return this.#disk.files.get(name) ?? new Uint8Array();
  }

  #alive(): void {
    if (this.#isDead) throw new Killed("The process is no more");
  }

  /** @param half what of it has happened where the process is killed in the midst of it. */
  #operate(half: () => void): void {
    this.#alive();
    this.#operationsLeft -= 1;
    if (this.#operationsLeft > 0) return;
    half();
    this.#isDead = true;
    this.#onKilled();
    throw new Killed("The process is killed in the midst of writing");
  }
}

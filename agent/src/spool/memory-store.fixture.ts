import type { SegmentStore } from "./spool.ts";

/** A store in memory, with a switch for a disk that refuses. */
export class MemoryStore implements SegmentStore {
  readonly files = new Map<string, Uint8Array>();
  readonly aside: string[] = [];
  failing: string | null = null;

  list() {
    return [...this.files]
      .filter(([name]) => /\.spool\d*$/.test(name))
      .map(([name, bytes]) => ({ name, bytes: bytes.length }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  has(name: string): boolean {
    return this.files.has(name);
  }

  read(name: string): Uint8Array {
    return this.files.get(name) ?? new Uint8Array();
  }

  append(name: string, bytes: Uint8Array): void {
    if (this.failing !== null) throw new Error(this.failing);
    this.files.set(name, Buffer.concat([this.read(name), bytes]));
  }

  overwrite(name: string, at: number, bytes: Uint8Array): void {
    if (this.failing !== null) throw new Error(this.failing);
    const before = this.read(name);
    const after = new Uint8Array(Math.max(before.length, at + bytes.length));
    after.set(before);
    after.set(bytes, at);
    this.files.set(name, after);
  }

  truncate(name: string, bytes: number): void {
    this.aside.push(`${name} from ${bytes}`);
    this.files.set(name, this.read(name).slice(0, bytes));
  }

  remove(name: string): void {
    this.files.delete(name);
  }

  setAside(name: string, as: "damaged" | "newer"): void {
    this.aside.push(`${name}.${as}`);
    this.files.delete(name);
  }
}

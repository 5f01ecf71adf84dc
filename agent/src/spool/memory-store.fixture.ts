import type { SegmentStore } from "./spool.ts";

/** A store in memory, with a switch for a disk that refuses. */
export class MemoryStore implements SegmentStore {
  readonly files = new Map<string, Uint8Array>();
  readonly aside: string[] = [];
  failing: string | null = null;

  list() {
    return [...this.files]
      .filter(([name]) => name.endsWith(".spool"))
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

  truncate(name: string, bytes: number): void {
    this.aside.push(`${name} from ${bytes}`);
    this.files.set(name, this.read(name).slice(0, bytes));
  }

  remove(name: string): void {
    this.files.delete(name);
  }

  setAside(name: string): void {
    this.aside.push(name);
    this.files.delete(name);
  }
}

import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { SegmentStore } from "../spool/spool.ts";

const SUFFIX = ".spool";

/** Segments as files of one folder, mode 0600, each append synced before it returns. */
export class SegmentFiles implements SegmentStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  list(): { name: string; bytes: number }[] {
    const names = readdirSync(this.#folder).filter((name) => name.endsWith(SUFFIX));
    return names.sort().map((name) => ({ name, bytes: statSync(this.#path(name)).size }));
  }

  read(name: string): Uint8Array {
    return readFileSync(this.#path(name));
  }

  has(name: string): boolean {
    return existsSync(this.#path(name));
  }

  /** After a failed write or sync the tail is unknown: it is cut back to what was there, so that a retry cannot land behind torn bytes. */
  append(name: string, bytes: Uint8Array): void {
    const fd = openSync(this.#path(name), "a", 0o600);
    try {
      const before = statSync(this.#path(name)).size;
      try {
        for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
        fdatasyncSync(fd);
      } catch (error) {
        ftruncateSync(fd, before);
        throw error;
      }
      if (before === 0) this.#syncFolder();
    } finally {
      closeSync(fd);
    }
  }

  truncate(name: string, bytes: number): void {
    writeFileSync(this.#path(`${name}.damaged`), this.read(name).subarray(bytes), { mode: 0o600, flag: "a" });
    const fd = openSync(this.#path(name), "r+");
    try {
      ftruncateSync(fd, bytes);
      fdatasyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  remove(name: string): void {
    unlinkSync(this.#path(name));
  }

  setAside(name: string): void {
    renameSync(this.#path(name), this.#path(`${name}.damaged`));
  }

  /** A new name is durable only once its folder is. */
  #syncFolder(): void {
    const fd = openSync(this.#folder, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

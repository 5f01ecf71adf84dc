import { randomUUID } from "node:crypto";
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { SegmentStore } from "../spool/spool.ts";
import { UnreadableFile } from "../spool/unreadable-file.ts";

/** With the version of the format, from the second on. */
const SEGMENT = /\.spool\d*$/;

/** What a medium says of a file that it will not give another time either. */
const FOR_GOOD = new Set(["EIO", "EISDIR", "EUCLEAN", "EBADMSG"]);

/** Segments as files of one folder, mode 0600, each append synced before it returns. */
export class SegmentFiles implements SegmentStore {
  readonly #folder: string;

  /** Whatever else lies where the folder should be is kept beside it. */
  constructor(folder: string) {
    this.#folder = folder;
    if (existsSync(folder) && !statSync(folder).isDirectory()) renameSync(folder, `${folder}.${randomUUID()}.damaged`);
    this.#makeFolder();
  }

  list(): { name: string; bytes: number }[] {
    const names = readdirSync(this.#folder).filter((name) => SEGMENT.test(name));
    return names.sort().map((name) => ({ name, bytes: statSync(this.#path(name)).size }));
  }

  read(name: string): Uint8Array {
    try {
      return readFileSync(this.#path(name));
    } catch (error) {
      const { code = "", message } = error as NodeJS.ErrnoException;
      throw FOR_GOOD.has(code) ? new UnreadableFile(message, { cause: error }) : error;
    }
  }

  has(name: string): boolean {
    return existsSync(this.#path(name));
  }

  /** After a failed write or sync the tail is unknown: it is cut back to what was there, so that a retry cannot land behind torn bytes. */
  append(name: string, bytes: Uint8Array): void {
    this.#makeFolder();
    const fd = openSync(this.#path(name), "a", 0o600);
    try {
      const before = fstatSync(fd).size;
      try {
        writeAll(fd, bytes, null);
        fdatasyncSync(fd);
      } catch (error) {
        cutBack(fd, before);
        throw error;
      }
      if (before === 0) this.#syncFolder();
    } finally {
      closeSync(fd);
    }
  }

  overwrite(name: string, at: number, bytes: Uint8Array): void {
    const isNew = !existsSync(this.#path(name));
    const fd = openSync(this.#path(name), isNew ? "wx" : "r+", 0o600);
    try {
      writeAll(fd, bytes, at);
      fdatasyncSync(fd);
      if (isNew) this.#syncFolder();
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
    rmSync(this.#path(name), { force: true });
  }

  /** A name that was set aside before is not overwritten: what came first may be all that is left. */
  setAside(name: string, as: "damaged" | "newer"): void {
    const aside = this.#path(`${name}.${as}`);
    renameSync(this.#path(name), existsSync(aside) ? this.#path(`${name}.${randomUUID()}.${as}`) : aside);
  }

  #makeFolder(): void {
    if (!existsSync(this.#folder)) mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
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

function writeAll(fd: number, bytes: Uint8Array, at: number | null): void {
  for (let written = 0; written < bytes.length; )
    written += writeSync(fd, bytes, written, bytes.length - written, at === null ? null : at + written);
}

/** The write has failed: what the disk says of the cutting adds nothing. */
function cutBack(fd: number, bytes: number): void {
  try {
    ftruncateSync(fd, bytes);
  } catch {
    // The tail stays torn, and the file is written to no more.
  }
}

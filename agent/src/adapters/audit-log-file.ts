import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { AuditTail } from "../observe/ports.ts";

const MOST_BYTES = 256 * 1024;
const LONGEST_PART = 16 * 1024;

interface Opened {
  readonly fd: number;
  readonly inode: number;
  position: number;
  /** The last line, as far as it has been written. */
  part: string;
}

/**
 * Follows auditd's log from its end. A rotation (renamed, and begun anew) is followed to the new file after the old one was
 * read to its end; a file cut short is read from its start. At most 256 KiB a look; what is beyond is skipped, and counted.
 */
export class AuditLogFile {
  readonly #path: string;
  #file: Opened | null = null;
  #began = false;
  #skipped = 0;

  constructor(path: string) {
    this.#path = path;
  }

  read(): AuditTail {
    try {
      // An error is dear to make, and that there is no such file is none: it is looked for at each reading.
      if (this.#file === null && statSync(this.#path, { throwIfNoEntry: false }) === undefined) return { kind: "absent" };
      this.#file ??= this.#open();
      const lines = this.#readOn(this.#file);
      const inode = statSync(this.#path).ino;
      if (inode !== this.#file.inode) {
        this.close();
        this.#file = this.#open();
        lines.push(...this.#readOn(this.#file));
      }
      return { kind: "lines", from: "log", lines, skipped: this.#skipped };
    } catch (error) {
      this.close();
      const { code } = error as NodeJS.ErrnoException;
      return { kind: code === "EACCES" || code === "EPERM" ? "denied" : "absent" };
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file.fd);
    this.#file = null;
  }

  /** The first file is read from its end: what happened before we started explains nothing. Later ones are new. */
  #open(): Opened {
    const fd = openSync(this.#path, "r");
    const { ino, size } = fstatSync(fd);
    const position = this.#began ? 0 : size;
    this.#began = true;
    return { fd, inode: ino, position, part: "" };
  }

  #readOn(file: Opened): string[] {
    const { size } = fstatSync(file.fd);
    if (size < file.position) Object.assign(file, { position: 0, part: "" });
    const behind = size - file.position - MOST_BYTES;
    if (behind > 0) {
      this.#skipped += behind;
      Object.assign(file, { position: file.position + behind, part: "" });
    }
    const bytes = Buffer.alloc(size - file.position);
    const got = readSync(file.fd, bytes, 0, bytes.length, file.position);
    file.position += got;
    const lines = (file.part + bytes.toString("latin1", 0, got)).split("\n");
    file.part = (lines.pop() ?? "").slice(-LONGEST_PART);
    return lines;
  }
}

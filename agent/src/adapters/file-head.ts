import { closeSync, openSync, readSync, statSync } from "node:fs";

/**
 * The first bytes of a file of the kernel, which is asked again and again. It stays open, for opening costs more than reading; each read
 * begins at its start, and there the kernel says anew what it says.
 */
export class FileHead {
  readonly #path: string;
  readonly #bytes: Buffer;
  #fd: number | null = null;

  constructor(path: string, bytes: number) {
    this.#path = path;
    this.#bytes = Buffer.alloc(bytes);
  }

  /** What it holds now, until the next read; or the code of what went wrong. What cannot be read is opened anew at the next one. */
  read(): Buffer | string {
    try {
      // An error is dear to make, and that there is no such file is no error.
      if (this.#fd === null && statSync(this.#path, { throwIfNoEntry: false }) === undefined) return "ENOENT";
      this.#fd ??= openSync(this.#path, "r");
      return this.#bytes.subarray(0, readSync(this.#fd, this.#bytes, 0, this.#bytes.length, 0));
    } catch (error) {
      this.close();
      return (error as NodeJS.ErrnoException).code ?? "EIO";
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

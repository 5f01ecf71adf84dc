import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { ArchiveCoding, ArchiveStore } from "../retention/archive.ts";

/** A directory of a file system that keeps what was synced. Files are 0600: what is in them was signed, not published. */
export const archiveDirectory = (directory: string): ArchiveStore => ({
  async put(name, bytes) {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, name);
    const file = await open(`${path}.part`, "w", 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
    await syncDirectory(dirname(path));
  },
  async get(name, range) {
    if (range === undefined) return readFile(join(directory, name));
    const file = await open(join(directory, name), "r");
    try {
      const bytes = Buffer.alloc(range.length);
      const { bytesRead } = await file.read(bytes, 0, range.length, range.start);
      if (bytesRead < range.length) throw new Error(`Cannot read ${range.length} bytes of ${name} from ${range.start}: it ends before`);
      return bytes;
    } finally {
      await file.close();
    }
  },
  async remove(name) {
    await rm(join(directory, name), { force: true });
    await syncDirectory(directory);
  },
});

/** A name that is not synced may be gone after a crash, whatever was written under it. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export const archiveCoding: ArchiveCoding = {
  deflate: (bytes) => deflateRawSync(bytes, { level: 6 }),
  inflate: (bytes) => inflateRawSync(bytes),
  sha256: (bytes) => createHash("sha256").update(bytes).digest("hex"),
};

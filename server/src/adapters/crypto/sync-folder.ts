import { closeSync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";

/** A file's new name is on disk when it returns. */
export function syncFolderOf(path: string): void {
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

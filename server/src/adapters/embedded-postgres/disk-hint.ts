import { statfsSync } from "node:fs";
import { messageOf } from "./startup-error.ts";

/** An empty database takes 40 MB, its first write-ahead log files included. */
const ENOUGH_BYTES = 64 * 1024 * 1024;

/** On a full disk PostgreSQL may not even be able to write down why it failed. Empty when there is room. */
export function diskHint(folder: string): string {
  try {
    const { bavail, bsize } = statfsSync(folder);
    const free = bavail * bsize;
    return free >= ENOUGH_BYTES ? "" : ` (only ${Math.floor(free / 1024 / 1024)} MiB free on the disk of ${folder}, free some space)`;
  } catch (error) {
    return ` (free space of ${folder} unknown: ${messageOf(error)})`;
  }
}

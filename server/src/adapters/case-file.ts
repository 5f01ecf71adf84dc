import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";

const MOST_BYTES = 64 * 1024 * 1024;

/** Piece by piece; standard input for "-". */
export const openText = (path: string): Readable => (path === "-" ? process.stdin : createReadStream(path));

/** The text of a file, or of standard input for "-"; at most 64 MiB. */
export async function readCaseFile(path: string): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of openText(path)) {
    bytes += (part as Buffer).length;
    if (bytes > MOST_BYTES) throw new RangeError(`it is larger than ${MOST_BYTES} bytes; cut the case down`);
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString("utf8");
}

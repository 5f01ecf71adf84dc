import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";

const MOST_BYTES = 64 * 1024 * 1024;

/** The text of a file, or of standard input for "-"; at most 64 MiB. */
export async function readCaseFile(path: string): Promise<string> {
  const stream: Readable = path === "-" ? process.stdin : createReadStream(path);
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of stream) {
    bytes += (part as Buffer).length;
    if (bytes > MOST_BYTES) throw new RangeError(`it is larger than ${MOST_BYTES} bytes; cut the case down`);
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts).toString("utf8");
}

import { deflateSync, inflateSync } from "node:zlib";
import { BATCH_DICTIONARY, MESH_DICTIONARY } from "@truebound/wire";
import type { OpenContent } from "../ingest/ports.ts";

/** A stream that was made with a dictionary says which by its checksum, in bytes 2 to 5 (RFC 1950, section 2.2). */
const checksumOf = (dictionary: Buffer): number => deflateSync("", { dictionary }).readUInt32BE(2);
const PLAIN = Buffer.from(BATCH_DICTIONARY);
const OF_MESH = Buffer.from(MESH_DICTIONARY);
const MESH_CHECKSUM = checksumOf(OF_MESH);

const dictionaryOf = (bytes: Uint8Array): Buffer =>
  bytes.length >= 6 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(2) === MESH_CHECKSUM ? OF_MESH : PLAIN;

/** No batch that is stored decodes to more. */
const STORED_MOST = 64 * 1024 * 1024;

/** RFC 1950, section 2.2: method 8, and a check that makes the first two bytes a multiple of 31. JSON never begins so. */
const isDeflated = ([first = 0, second = 0]: Uint8Array): boolean => (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;

/** What is reserved at a time: a small batch needs no 16 KiB. */
const chunkFor = (length: number): number => Math.min(16 * 1024, Math.max(1024, 8 * length));

/** Deflated, with one of the dictionaries of batches or without; what is not is text itself. Never more than `most` bytes are made. */
export const openContent: OpenContent = (bytes, most) => {
  if (!isDeflated(bytes)) return bytes.length > most ? { kind: "too_long" } : { kind: "open", bytes };
  try {
    const options = { dictionary: dictionaryOf(bytes), maxOutputLength: Math.max(1, most), chunkSize: chunkFor(bytes.length) };
    return { kind: "open", bytes: inflateSync(bytes, options) };
  } catch (error) {
    const isTooLong = error instanceof RangeError || (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    return isTooLong ? { kind: "too_long" } : { kind: "damaged" };
  }
};

/** The text of a batch that could be opened when it came. */
export function storedText(body: Uint8Array): Uint8Array {
  const opened = openContent(body, STORED_MOST);
  if (opened.kind !== "open") throw new Error("Cannot open a stored batch that could be opened when it came");
  return opened.bytes;
}

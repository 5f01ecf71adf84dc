import type { SealedBatch } from "./sealed-batch.ts";

/**
 * How a sealed batch lies on disk: payload length and CRC-32C of the payload, big-endian; then the length of a JSON header,
 * the header, the body. A reader knows a torn or flipped frame from a whole one, and never trusts a length blindly.
 */
const PREFIX = 8;
const LONGEST = 4 * 1024 * 1024;

export function encodeFrame(batch: SealedBatch): Uint8Array {
  const { body, ...rest } = batch;
  const header = new TextEncoder().encode(JSON.stringify(rest));
  const payload = new Uint8Array(4 + header.length + body.length);
  new DataView(payload.buffer).setUint32(0, header.length);
  payload.set(header, 4);
  payload.set(body, 4 + header.length);
  const frame = new Uint8Array(PREFIX + payload.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, payload.length);
  view.setUint32(4, crc32c(payload));
  frame.set(payload, PREFIX);
  return frame;
}

export interface Scan {
  readonly batches: readonly SealedBatch[];
  /** Bytes that hold whole frames; what follows is torn or damaged. */
  readonly soundBytes: number;
}

/** Reads frames from the start until the first that is not whole. */
export function scanFrames(bytes: Uint8Array): Scan {
  const batches: SealedBatch[] = [];
  let at = 0;
  for (;;) {
    const frame = readFrame(bytes, at);
    if (frame === null) return { batches, soundBytes: at };
    batches.push(frame.batch);
    at = frame.end;
  }
}

/**
 * Every whole frame of bytes that begin with damage, as runs of frames that lie one behind the other. A chance match would
 * need the right CRC and a header of ours; one whose number does not come after `last` is no frame of this file.
 */
export function salvageFrames(bytes: Uint8Array, last: SealedBatch | null): SealedBatch[][] {
  const runs: SealedBatch[][] = [];
  let [at, newest, isRun] = [0, last, false];
  while (at < bytes.length) {
    const frame = readFrame(bytes, at);
    const fits = frame !== null && (newest === null || isAfter(frame.batch, newest));
    if (fits && isRun) runs.at(-1)?.push(frame.batch);
    else if (fits) runs.push([frame.batch]);
    [at, newest, isRun] = fits ? [frame.end, frame.batch, true] : [at + 1, newest, false];
  }
  return runs;
}

/**
 * How many frames bytes that hold no whole one may have been, by the lengths that they say: at least one where there is a byte.
 * A write that was cut short and a frame in which a bit turned cannot always be told apart: its length may be what turned.
 */
export function framesMaybeIn(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frames = 0;
  for (let at = 0; at < bytes.length; frames++) {
    const length = at + PREFIX <= bytes.length ? view.getUint32(at) : 0;
    at = length < 4 || length > LONGEST ? bytes.length : at + PREFIX + length;
  }
  return frames;
}

/** Where this batch, read from these bytes, ends in them. */
export const endIn = (bytes: Uint8Array, { body }: SealedBatch): number => body.byteOffset - bytes.byteOffset + body.length;

const isAfter = (batch: SealedBatch, last: SealedBatch): boolean => batch.epoch === last.epoch && batch.seq > last.seq;

function readFrame(bytes: Uint8Array, at: number): { batch: SealedBatch; end: number } | null {
  if (at + PREFIX > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(at);
  const end = at + PREFIX + length;
  if (length < 4 || length > LONGEST || end > bytes.length) return null;
  const payload = bytes.subarray(at + PREFIX, end);
  if (crc32c(payload) !== view.getUint32(at + 4)) return null;
  const batch = readPayload(payload);
  return batch && { batch, end };
}

type Header = Omit<SealedBatch, "body">;

/** Null for what the CRC vouches for and this version did not write: a spool must open whatever lies in its folder. */
function readPayload(payload: Uint8Array): SealedBatch | null {
  const bodyAt = 4 + new DataView(payload.buffer, payload.byteOffset).getUint32(0);
  const header = parse(payload.subarray(4, bodyAt));
  if (bodyAt > payload.length || !isHeader(header)) return null;
  // A view, not a copy: opening a large spool looks at every frame of it.
  return { ...header, body: new Uint8Array(payload.buffer, payload.byteOffset + bodyAt, payload.length - bodyAt) };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

function isHeader(value: unknown): value is Header {
  const { epoch, seq, prev, digest, hash } = (value ?? {}) as Record<keyof Header, unknown>;
  const counted = [epoch, seq].every((count) => Number.isSafeInteger(count) && (count as number) >= 0);
  return counted && [prev, digest, hash].every((text) => typeof text === "string");
}

const CASTAGNOLI = 0x82f63b78;
/** Row k is the effect of a byte that k more bytes follow: four bytes at a time, since opening a spool checks all of it. */
const TABLES = [0, 1, 2, 3].map(() => new Uint32Array(256)) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
for (let index = 0; index < 256; index++) {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ CASTAGNOLI : value >>> 1;
  TABLES[0][index] = value;
}
for (const [row, table] of TABLES.entries())
  for (let index = 0; row > 0 && index < 256; index++) {
    const before = TABLES[row - 1]?.[index] as number;
    table[index] = (before >>> 8) ^ (TABLES[0][before & 0xff] as number);
  }

/** CRC-32C (Castagnoli), as in RFC 3720 appendix B.4. */
export function crc32c(bytes: Uint8Array): number {
  const [t0, t1, t2, t3] = TABLES;
  const at = (index: number) => bytes[index] as number;
  const whole = bytes.length & ~3;
  let crc = 0xffffffff;
  for (let index = 0; index < whole; index += 4) {
    crc ^= at(index) | (at(index + 1) << 8) | (at(index + 2) << 16) | (at(index + 3) << 24);
    crc =
      (t3[crc & 0xff] as number) ^ (t2[(crc >>> 8) & 0xff] as number) ^ (t1[(crc >>> 16) & 0xff] as number) ^ (t0[crc >>> 24] as number);
  }
  for (let index = whole; index < bytes.length; index++) crc = (crc >>> 8) ^ (t0[(crc ^ at(index)) & 0xff] as number);
  return ~crc >>> 0;
}

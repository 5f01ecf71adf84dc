import type { UtcInstant } from "@truebound/time";
import { type Day, sayDay } from "./days.ts";

/** Where files of evidence lie when they are no longer in the database: a directory or a bucket. */
export interface ArchiveStore {
  /** Durable, and there as a whole or not at all, when it resolves. One of that name is replaced. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** So many bytes from `start`; all of it without a range. Rejects when it is not there, or shorter. */
  get(name: string, range?: { readonly start: number; readonly length: number }): Promise<Uint8Array>;
  /** Resolves when there is none of that name. */
  remove(name: string): Promise<void>;
}

/** The archive does not answer, or lets nobody in: the same may do later. A file that is missing or damaged is another matter. */
export class ArchiveUnreachable extends Error {}

const CHECK_NAME = "truebound-archive.json";

/** Whether it takes and gives: asked before it is needed, for the first batches may come of age a month after it was set. */
export async function checkArchive(store: ArchiveStore): Promise<void> {
  const wanted = Buffer.from(`${JSON.stringify({ format: "truebound-archive/1" })}\n`);
  await store.put(CHECK_NAME, wanted);
  if (Buffer.compare(wanted, await store.get(CHECK_NAME)) !== 0) throw new Error(`Cannot read ${CHECK_NAME} as it was written`);
}

export interface ArchiveCoding {
  deflate(bytes: Uint8Array): Uint8Array;
  inflate(bytes: Uint8Array): Uint8Array;
  /** Hex. */
  sha256(bytes: Uint8Array): string;
}

/** A row of evidence: all columns but the body as JSON text, and the body as it came. */
export interface ArchivedRow {
  readonly head: string;
  readonly body: Uint8Array;
}

/** All that was received of a host on a day. */
export interface HostRows {
  readonly host: string;
  readonly rows: readonly ArchivedRow[];
  readonly firstUtc: bigint | null;
  readonly lastUtc: bigint | null;
}

export interface ManifestHost {
  readonly host: string;
  readonly start: number;
  readonly length: number;
  readonly rows: number;
  readonly sha256: string;
  readonly first_utc_ns: string | null;
  readonly last_utc_ns: string | null;
}

export interface Manifest {
  readonly format: "truebound-archive/1";
  readonly day: string;
  readonly part: number;
  readonly file: string;
  readonly bytes: number;
  readonly rows: number;
  readonly sha256: string;
  readonly hosts: readonly ManifestHost[];
}

export interface Part {
  readonly manifest: Manifest;
  readonly bytes: Uint8Array;
}

/**
 * Named after its bytes, too: a server that lost its place to another one, and whose write arrives late all the same, replaces
 * nothing but the same bytes.
 */
export const partName = (day: Day, part: number, sha256: string): string =>
  `evidence-${sayDay(day)}-${String(part).padStart(4, "0")}-${sha256.slice(0, 16)}.tba`;
export const manifestName = (file: string): string => `${file}.json`;

/** One block for each host, deflated by itself, so that a question about one host reads no other. */
export function writePart(day: Day, part: number, hosts: readonly HostRows[], coding: ArchiveCoding): Part {
  const blocks = hosts.map(({ rows }) => coding.deflate(frame(rows)));
  let start = 0;
  const entries = hosts.map(({ host, rows, firstUtc, lastUtc }, index): ManifestHost => {
    const block = blocks[index] as Uint8Array;
    const at = start;
    start += block.length;
    return {
      host,
      start: at,
      length: block.length,
      rows: rows.length,
      sha256: coding.sha256(block),
      first_utc_ns: firstUtc?.toString() ?? null,
      last_utc_ns: lastUtc?.toString() ?? null,
    };
  });
  const bytes = Buffer.concat(blocks);
  const rows = entries.reduce((sum, entry) => sum + entry.rows, 0);
  const sha256 = coding.sha256(bytes);
  return {
    bytes,
    manifest: {
      format: "truebound-archive/1",
      day: sayDay(day),
      part,
      file: partName(day, part, sha256),
      bytes: bytes.length,
      rows,
      sha256,
      hosts: entries,
    },
  };
}

/** Null = the bytes are those of the manifest, and every row of every host can be read from them; else what is wrong. */
export function faultOf({ manifest, bytes }: Part, coding: ArchiveCoding): string | null {
  if (bytes.length !== manifest.bytes) return `${manifest.file} has ${bytes.length} bytes, not ${manifest.bytes}`;
  if (coding.sha256(bytes) !== manifest.sha256) return `${manifest.file} has other bytes than were written`;
  const wrong = manifest.hosts.find(({ start, length, rows }) => readBlock(bytes.subarray(start, start + length), coding)?.length !== rows);
  return wrong === undefined ? null : `${manifest.file} does not hold the rows of host ${wrong.host}`;
}

/** Null for bytes that are no block. */
export function readBlock(block: Uint8Array, coding: Pick<ArchiveCoding, "inflate">): ArchivedRow[] | null {
  try {
    return unframe(coding.inflate(block));
  } catch {
    return null; // damaged
  }
}

const LENGTH_BYTES = 4;

/** Each row: length of its head, the head, length of its body, the body; lengths in four bytes, the greatest first. */
function frame(rows: readonly ArchivedRow[]): Uint8Array {
  return Buffer.concat(rows.flatMap(({ head, body }) => [...piece(Buffer.from(head)), ...piece(body)]));
}

function piece(bytes: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

function unframe(bytes: Uint8Array): ArchivedRow[] | null {
  const rows: ArchivedRow[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = take(bytes, at);
    const body = head && take(bytes, head.end);
    if (head === null || body === null) return null;
    rows.push({ head: new TextDecoder().decode(head.bytes), body: body.bytes });
    at = body.end;
  }
  return rows;
}

function take(bytes: Uint8Array, at: number): { readonly bytes: Uint8Array; readonly end: number } | null {
  if (at + LENGTH_BYTES > bytes.length) return null;
  const end = at + LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(at);
  return end > bytes.length ? null : { bytes: bytes.subarray(at + LENGTH_BYTES, end), end };
}

/** A batch with its place on the UTC estimate, wherever it lies. */
export interface Placed {
  readonly epoch: number;
  readonly seq: number;
  readonly firstUtc: UtcInstant;
  readonly lastUtc: UtcInstant;
}

/** Each batch once: while it moves it is in both places. */
export function joined<T extends Placed>(stored: readonly T[], archived: readonly T[]): T[] {
  const key = ({ epoch, seq }: Placed) => `${epoch}/${seq}`;
  const known = new Map([...archived, ...stored].map((one) => [key(one), one]));
  return [...known.values()].sort((a, b) => (a.lastUtc < b.lastUtc ? -1 : a.lastUtc > b.lastUtc ? 1 : 0));
}

const MOST_AROUND = 200;

/** Of batches in order of their ends: those in the range, and the nearest on each side. */
export function around<T extends Placed>(batches: readonly T[], from: bigint, to: bigint, most = MOST_AROUND): T[] {
  const before = batches.findLast(({ lastUtc }) => lastUtc < from);
  const inside = batches.filter(({ firstUtc, lastUtc }) => lastUtc >= from && lastUtc <= to && firstUtc <= to).slice(0, most);
  const after = batches.find(({ lastUtc }) => lastUtc > to);
  return [...(before ? [before] : []), ...inside, ...(after ? [after] : [])];
}

/** Of batches in order of their ends: those with a reading in the range. */
export const between = <T extends Placed>(batches: readonly T[], from: bigint, to: bigint): T[] =>
  batches.filter(({ firstUtc, lastUtc }) => lastUtc >= from && firstUtc <= to);

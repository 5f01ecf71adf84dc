import { type UtcInstant, utc } from "@truebound/time";
import { type ArchivedRow, type Manifest, manifestName, type Placed, readBlock } from "../../../retention/archive.ts";
import type { Queryable } from "../pool.ts";
import type { Archive } from "./archive-writer.ts";

/** Blocks that reach into the range, and the nearest on each side. */
const BLOCKS = `
  select p.file, h.start, h.length, h.sha256 from archive_part p join (
    (select * from archive_host where host_id = $1 and last_utc_ns < $2 order by last_utc_ns desc limit 1)
    union (select * from archive_host where host_id = $1 and last_utc_ns >= $2 and first_utc_ns <= $3)
    union (select * from archive_host where host_id = $1 and first_utc_ns > $3 order by first_utc_ns limit 1)
  ) h on (h.day, h.part) = (p.day, p.part)`;

export interface ArchivedBatch extends Placed {
  readonly receivedAt: UtcInstant;
  readonly sent: string | null;
  readonly setAside: number;
  readonly body: Uint8Array;
}

/** A host's batches around a range that are in the archive, or more; without one, none. Those that were quarantined are not asked for. */
export async function archivedAround(
  client: Queryable,
  archive: Archive | null,
  host: string,
  from: bigint,
  to: bigint,
): Promise<ArchivedBatch[]> {
  if (archive === null) return [];
  const { rows } = await client.query<BlockPlace>(BLOCKS, [host, from, to]);
  const found: ArchivedBatch[] = [];
  for (const place of rows) found.push(...(await rowsIfAny(client, archive, host, place)).flatMap((row) => batchOf(row) ?? []));
  return found;
}

const IS_THERE = `
  select exists (select from archive_part p join archive_host h on (h.day, h.part) = (p.day, p.part)
    where p.file = $1 and h.host_id = $2) as there`;

/** A file that was removed for its age since it was looked up holds nothing; any other trouble is one. */
export async function rowsIfAny(client: Queryable, archive: Archive, host: string, place: BlockPlace): Promise<ArchivedRow[]> {
  try {
    return await rowsAt(archive, host, place);
  } catch (error) {
    const [{ there } = { there: true }] = (await client.query<{ there: boolean }>(IS_THERE, [place.file, host])).rows;
    if (there) throw error;
    return [];
  }
}

export interface BlockPlace {
  readonly file: string;
  readonly start: bigint;
  readonly length: number;
  /** Null = an older version wrote it, and its manifest knows. */
  readonly sha256: Buffer | null;
}

/** Deflated bytes have no checksum of their own: one flipped bit may read as another batch. */
async function rowsAt({ store, coding }: Archive, host: string, place: BlockPlace): Promise<ArchivedRow[]> {
  const { file, start, length } = place;
  const bytes = await store.get(file, { start: Number(start), length });
  const sha256 = place.sha256?.toString("hex") ?? (await byManifest(store, host, place));
  const rows = coding.sha256(bytes) === sha256 ? readBlock(bytes, coding) : null;
  if (rows === null)
    throw new Error(`Cannot read ${file} of the archive: the block at ${start} is damaged; put back a sound copy of the file`);
  return rows;
}

async function byManifest(store: Archive["store"], host: string, { file, start }: BlockPlace): Promise<string | undefined> {
  const manifest = JSON.parse(Buffer.from(await store.get(manifestName(file))).toString()) as Manifest;
  return manifest.hosts.find((one) => one.host === host && BigInt(one.start) === start)?.sha256;
}

interface Head {
  readonly epoch: number;
  readonly seq: string;
  readonly received_at_ns: string;
  readonly sent: string | null;
  readonly set_aside: number;
  readonly first_utc_ns: string | null;
  readonly last_utc_ns: string | null;
}

function batchOf({ head, body }: ArchivedRow): ArchivedBatch | null {
  const { epoch, seq, received_at_ns, sent, set_aside, first_utc_ns, last_utc_ns } = JSON.parse(head) as Head;
  if (first_utc_ns === null || last_utc_ns === null) return null;
  return {
    epoch,
    seq: Number(seq),
    receivedAt: utc(BigInt(received_at_ns)),
    sent,
    setAside: set_aside,
    firstUtc: utc(BigInt(first_utc_ns)),
    lastUtc: utc(BigInt(last_utc_ns)),
    body,
  };
}

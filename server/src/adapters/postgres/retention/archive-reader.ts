import { type UtcInstant, utc } from "@truebound/time";
import { type ArchivedRow, type Placed, readBlock } from "../../../retention/archive.ts";
import type { Queryable } from "../pool.ts";
import type { Archive } from "./archive-writer.ts";

/** Blocks that reach into the range, and the nearest on each side. */
const BLOCKS = `
  select p.file, h.start, h.length from archive_part p join (
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
  const { rows } = await client.query<{ file: string; start: bigint; length: number }>(BLOCKS, [host, from, to]);
  const found: ArchivedBatch[] = [];
  for (const { file, start, length } of rows) {
    const block = readBlock(await archive.store.get(file, { start: Number(start), length }), archive.coding);
    if (block === null) throw new Error(`Cannot read ${file} of the archive: the block at ${start} is damaged`);
    found.push(...block.flatMap((row) => batchOf(row) ?? []));
  }
  return found;
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

import type { SignedHead } from "../../../log-book/ports.ts";
import { readInstallation } from "../installation.ts";
import type { Queryable } from "../pool.ts";

const COLUMNS = "number, shard, size, root, timestamp_ns, previous, public_key, signature";
const LAST = `select ${COLUMNS} from log_head order by number desc limit 1`;
/** A shard only grows; in this order the index finds it, however many heads other months have. */
const LAST_OF_SHARD = `select ${COLUMNS} from log_head where shard = $1 order by size desc, number desc limit 1`;
const AFTER = `select ${COLUMNS} from log_head where number > $1 order by number limit $2`;
const BEFORE = `select ${COLUMNS} from log_head where number < $1 order by number desc limit $2`;
const FIRST_OF_SHARD = `select ${COLUMNS} from log_head where shard = $1 order by number limit 1`;
/** The first head that covers a leaf. */
const COVERING = `select ${COLUMNS} from log_head where shard = $1 and size > $2 order by size limit 1`;
const INSERT = `insert into log_head (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8)`;

interface HeadRow {
  number: bigint;
  shard: string;
  size: bigint;
  root: Buffer;
  timestamp_ns: bigint;
  previous: Buffer;
  public_key: Buffer;
  signature: Buffer;
}

export async function insertHead(client: Queryable, { number, head, publicKey, signature }: SignedHead): Promise<void> {
  const { shard, size, root, timestamp, previous } = head;
  await client.query(INSERT, [
    number,
    shard,
    size,
    Buffer.from(root, "hex"),
    timestamp,
    Buffer.from(previous, "hex"),
    publicKey,
    signature,
  ]);
}

export const lastHead = async (client: Queryable): Promise<SignedHead | null> => (await heads(client, LAST, []))[0] ?? null;
export const lastHeadOf = async (client: Queryable, shard: string): Promise<SignedHead | null> =>
  (await heads(client, LAST_OF_SHARD, [shard]))[0] ?? null;
export const firstHeadOf = async (client: Queryable, shard: string): Promise<SignedHead | null> =>
  (await heads(client, FIRST_OF_SHARD, [shard]))[0] ?? null;
export const headsAfter = (client: Queryable, number: number, most: number): Promise<SignedHead[]> => heads(client, AFTER, [number, most]);
export const headsBefore = (client: Queryable, number: number, most: number): Promise<SignedHead[]> =>
  heads(client, BEFORE, [number, most]);
export const headCovering = async (client: Queryable, shard: string, leaf: number): Promise<SignedHead | null> =>
  (await heads(client, COVERING, [shard, leaf]))[0] ?? null;

async function heads(client: Queryable, text: string, values: readonly unknown[]): Promise<SignedHead[]> {
  const { rows } = await client.query<HeadRow>(text, [...values]);
  const installation = await readInstallation(client);
  return rows.map((row) => ({
    number: Number(row.number),
    head: {
      installation,
      shard: row.shard,
      size: Number(row.size),
      root: row.root.toString("hex"),
      timestamp: row.timestamp_ns,
      previous: row.previous.toString("hex"),
    },
    publicKey: row.public_key,
    signature: row.signature,
  }));
}

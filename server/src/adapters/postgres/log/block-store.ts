import type { AcknowledgeEntry, MismatchEntry } from "@truebound/audit";
import type pg from "pg";
import type { Queryable } from "../pool.ts";
import { transactionOn } from "../singleton.ts";
import { appendToLog } from "./log-queue.ts";
import type { KnownBlock } from "./new-batches.ts";

const UPSERT = `
  insert into log_block (host_id, epoch, seq, batches, entry, shard, leaf) values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (host_id) do update set epoch = excluded.epoch, seq = excluded.seq, batches = excluded.batches, entry = excluded.entry,
    shard = excluded.shard, leaf = excluded.leaf, since = clock_timestamp(), through_epoch = null, through_seq = null`;
const REMOVE = "delete from log_block where host_id = $1";

/** Where a host's log stops, and the leaf that says why. */
export interface Block extends KnownBlock {
  readonly epoch: number;
  readonly seq: number;
  readonly batches: number;
}

interface HostBlock {
  readonly host: string;
  readonly before: KnownBlock | null;
  readonly now: Block | null;
}

export async function writeBlocks(client: Queryable, blocks: readonly HostBlock[]): Promise<void> {
  for (const { host, before, now } of blocks) {
    if (now === null && before !== null) await client.query(REMOVE, [host]);
    if (now === null || before?.entry === now.entry) continue;
    await client.query(UPSERT, [host, now.epoch, now.seq, now.batches, now.entry, now.shard, now.leaf]);
  }
}

const HOST = "select id from host where id::text = $1 or name = $1 order by (id::text = $1) desc, retired_at desc nulls first limit 1";
/** Those that are acknowledged already wait for the next pass only. */
const OF_HOST = `
  select b.epoch, b.seq, b.entry, s.epoch as through_epoch, s.seq as through_seq from log_block b join host_state s on s.host_id = b.host_id
  where b.host_id = $1 and b.through_epoch is null for update of b`;
const PASS = `
  update log_block set through_epoch = $2, through_seq = $3 where host_id = $1`;
const DIFFERENCES = `
  update log_difference set acknowledged_at = clock_timestamp()
  where acknowledged_at is null and of_host is not distinct from $1::uuid returning place`;

interface BlockRow {
  epoch: number;
  seq: bigint;
  entry: string;
  through_epoch: number;
  through_seq: bigint;
}

/** What a person looked at; null = there is nothing that anybody has to look at. */
export async function acknowledge(pool: pg.Pool, asked: string | null, note: string): Promise<AcknowledgeEntry | "unknown_host" | null> {
  const host = asked === null ? null : ((await pool.query<{ id: string }>(HOST, [asked])).rows[0]?.id ?? "unknown_host");
  if (host === "unknown_host") return host;
  const client = await pool.connect();
  try {
    return await transactionOn(client, () => acknowledgeOn(client, host, note));
  } finally {
    client.release();
  }
}

async function acknowledgeOn(client: Queryable, host: string | null, note: string): Promise<AcknowledgeEntry | null> {
  const block = host === null ? undefined : (await client.query<BlockRow>(OF_HOST, [host])).rows[0];
  const differences = (await client.query<{ place: string }>(DIFFERENCES, [host])).rows.map(({ place }) => place).sort();
  if (block === undefined && differences.length === 0) return null;
  const entry: AcknowledgeEntry = {
    kind: "acknowledge",
    host,
    note,
    ...(block === undefined ? {} : passed(block)),
    ...(differences.length === 0 ? {} : { differences }),
  };
  const through = entry.through;
  if (through !== undefined) await client.query(PASS, [host, through.epoch, through.seq]);
  await appendToLog(client, entry);
  return entry;
}

/** A gap may reach further than the chain of a host that was set back. */
function passed({ epoch, seq, entry, through_epoch, through_seq }: BlockRow) {
  const { to_seq = Number(seq) } = JSON.parse(entry) as MismatchEntry;
  const [present, end] = [
    { epoch: through_epoch, seq: Number(through_seq) },
    { epoch, seq: to_seq },
  ];
  const isBehind = present.epoch < epoch || (present.epoch === epoch && present.seq < to_seq);
  return { from: { epoch, seq: Number(seq) }, through: isBehind ? end : present };
}

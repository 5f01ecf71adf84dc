import { createHash } from "node:crypto";
import { readStoredBatch } from "../../../evidence/read-batch.ts";
import type { ChainEnd, ChainPlace, HostLogFacts, StoredRow } from "../../../log-book/sequence.ts";
import { statedBy } from "../../../retention/condense.ts";
import { storedText } from "../../batch-content.ts";
import { turns } from "../../turns.ts";
import type { Queryable } from "../pool.ts";

/** Hosts whose chain does not stand where the log has it. */
const BEHIND = `
  select s.host_id, s.epoch, s.seq, s.chain_hash, utc_ns(s.received_at) as heard_ns, utc_ns(h.enrolled_at) as enrolled_ns,
    l.epoch as last_epoch, l.seq as last_seq, l.chain_hash as last_hash,
    b.entry as block_entry, b.shard as block_shard, b.leaf as block_leaf, b.through_epoch, b.through_seq
  from host_state s join host h on h.id = s.host_id left join log_host l on l.host_id = s.host_id left join log_block b on b.host_id = s.host_id
  where s.host_id > $1 and (l.host_id is null or (s.epoch, s.seq) is distinct from (l.epoch, l.seq))
  order by s.host_id limit $2`;

const COLUMNS =
  "host_id, epoch, seq, utc_ns(received_at) as received_ns, hash, prev_hash, body, set_aside, quarantined is null as readable";

const AFTER = `
  select e.* from unnest($1::uuid[], $2::integer[], $3::bigint[], $4::integer[]) as asked (host_id, epoch, seq, most) cross join lateral (
    select ${COLUMNS} from evidence one where one.host_id = asked.host_id and (one.epoch, one.seq) > (asked.epoch, asked.seq)
    order by one.epoch, one.seq, one.received_at limit asked.most) e
  order by e.host_id, e.epoch, e.seq, e.received_ns`;

const KEYS = "select epoch, seq from evidence where host_id = $1 and (epoch, seq) <= ($2, $3) order by epoch, seq";
const RUNS = "select epoch, first_seq, batches from log_run where of_host = $1";
const AT = `
  select ${COLUMNS} from evidence where host_id = $1 and (epoch, seq) in (select * from unnest($2::integer[], $3::bigint[])) order by epoch, seq, received_at`;

const EPOCHS = `
  select e.host_id, e.epoch, e.last_seq from unnest($1::uuid[], $2::integer[]) as asked (host_id, epoch)
  join host_epoch e on e.host_id = asked.host_id and e.epoch >= asked.epoch`;

interface BehindRow {
  host_id: string;
  epoch: number;
  seq: bigint;
  chain_hash: Buffer;
  heard_ns: bigint | null;
  enrolled_ns: bigint;
  last_epoch: number | null;
  last_seq: bigint | null;
  last_hash: Buffer | null;
  block_entry: string | null;
  block_shard: string | null;
  block_leaf: bigint | null;
  through_epoch: number | null;
  through_seq: bigint | null;
}

interface BatchRow {
  host_id: string;
  epoch: number;
  seq: bigint;
  received_ns: bigint;
  hash: Buffer;
  prev_hash: Buffer;
  body: Buffer;
  set_aside: number;
  readable: boolean;
}

/** What one step of the sequencer takes. */
export interface Behind {
  readonly hosts: readonly HostBehind[];
  /** The last host that was looked at; null = there are no more. */
  readonly next: string | null;
}

export interface HostBehind {
  readonly facts: HostLogFacts;
  /** Its chain stands before what the log has: the database was set back, and what comes now fills what is missing. */
  readonly refills: boolean;
  /** What the log stopped at, and its leaf. */
  readonly block: KnownBlock | null;
}

export interface KnownBlock {
  readonly entry: string;
  readonly shard: string;
  readonly leaf: number;
}

export const FIRST_HOST = "00000000-0000-0000-0000-000000000000";
/** A head for every thousand hosts that have something new, and some 20 MB of bodies at a time. */
const HOSTS = 1_000;
const LEAST_OF_EACH = 16;
const MOST_OF_EACH = 512;

/** Of few hosts that are far behind more is taken at once than of many. */
const rowsOfEach = (hosts: number): number => Math.min(MOST_OF_EACH, Math.max(LEAST_OF_EACH, Math.floor((HOSTS * LEAST_OF_EACH) / hosts)));

/** Reads every batch again, byte by byte: what is logged is what lies here now. */
export async function readBehind(client: Queryable, after: string, begun: bigint): Promise<Behind> {
  const { rows: hosts } = await client.query<BehindRow>(BEHIND, [after, HOSTS]);
  if (hosts.length === 0) return { hosts: [], next: null };
  const most = rowsOfEach(hosts.length);
  const batches = await newBatches(client, hosts, most);
  const ends = await epochEnds(client, hosts);
  const found = hosts.map((row) => {
    const own = batches.get(row.host_id) ?? [];
    return hostBehind(row, own, own.length < mostOf(row, most), ends.get(row.host_id) ?? new Map(), begun);
  });
  return { hosts: found, next: hosts.length < HOSTS ? null : (hosts.at(-1)?.host_id ?? null) };
}

/** Where the log stopped, it is only seen whether it still has to. */
const mostOf = ({ block_entry, through_epoch }: BehindRow, most: number): number =>
  block_entry === null || through_epoch !== null ? most : 2;

const lastOf = ({ last_epoch, last_seq, last_hash }: BehindRow): ChainEnd | null =>
  last_epoch === null || last_seq === null ? null : { epoch: last_epoch, seq: Number(last_seq), hash: last_hash?.toString("hex") ?? null };

function isSetBack(row: BehindRow): boolean {
  const last = lastOf(row);
  return last !== null && (row.epoch < last.epoch || (row.epoch === last.epoch && Number(row.seq) < last.seq));
}

function hostBehind(
  row: BehindRow,
  batches: readonly StoredRow[],
  isAll: boolean,
  epochEnds: ReadonlyMap<number, number>,
  begun: bigint,
): HostBehind {
  const present = { epoch: row.epoch, seq: Number(row.seq), hash: row.chain_hash.toString("hex") };
  const common = { host: row.host_id, present, heardAt: row.heard_ns, enrolledAt: row.enrolled_ns, epochEnds, begun };
  const [rows, next] = isAll ? [batches, null] : [batches.slice(0, -1), batches.at(-1) ?? null];
  return {
    facts: { ...common, last: lastOf(row), rows, next, isAll, acknowledged: acknowledgedOf(row) },
    refills: isSetBack(row),
    block: blockOf(row),
  };
}

const acknowledgedOf = ({ through_epoch: epoch, through_seq: seq }: BehindRow): ChainPlace | null =>
  epoch === null || seq === null ? null : { epoch, seq: Number(seq) };

const blockOf = ({ block_entry: entry, block_shard: shard, block_leaf: leaf }: BehindRow): KnownBlock | null =>
  entry === null || shard === null || leaf === null ? null : { entry, shard, leaf: Number(leaf) };

async function newBatches(client: Queryable, hosts: readonly BehindRow[], most: number): Promise<Map<string, StoredRow[]>> {
  const ahead = hosts.filter((row) => !isSetBack(row));
  const othersFirst = turns();
  const { rows } = await client.query<BatchRow>(AFTER, [
    ahead.map(({ host_id }) => host_id),
    ahead.map(({ last_epoch }) => last_epoch ?? 0),
    ahead.map(({ last_seq }) => last_seq ?? 0n),
    ahead.map((row) => mostOf(row, most)),
  ]);
  for (const row of hosts.filter(isSetBack)) rows.push(...(await refilled(client, row, mostOf(row, most))));
  const byHost = new Map<string, StoredRow[]>();
  for (const row of rows) {
    byHost.set(row.host_id, [...(byHost.get(row.host_id) ?? []), storedRow(row)]);
    await othersFirst();
  }
  return byHost;
}

/** Of a host that was set back: what lies before the end of its log, and in no run of it. */
async function refilled(client: Queryable, row: BehindRow, most: number): Promise<BatchRow[]> {
  const keys = await client.query<{ epoch: number; seq: bigint }>(KEYS, [row.host_id, row.last_epoch, row.last_seq]);
  const runs = await client.query<{ epoch: number; first_seq: bigint; batches: number }>(RUNS, [row.host_id]);
  const isLogged = ({ epoch, seq }: { epoch: number; seq: bigint }) =>
    runs.rows.some((run) => run.epoch === epoch && seq >= run.first_seq && seq < run.first_seq + BigInt(run.batches));
  const wanted = keys.rows.filter((key) => !isLogged(key)).slice(0, most);
  if (wanted.length === 0) return [];
  return (await client.query<BatchRow>(AT, [row.host_id, wanted.map(({ epoch }) => epoch), wanted.map(({ seq }) => seq)])).rows;
}

const BETWEEN = `select ${COLUMNS} from evidence where host_id = $1 and epoch = $2 and seq >= $3 and seq < $4 order by seq`;

/** What is there of them, each read and hashed again. */
export const rowsBetween = async (client: Queryable, host: string, epoch: number, from: number, end: number): Promise<StoredRow[]> =>
  (await client.query<BatchRow>(BETWEEN, [host, epoch, from, end])).rows.map(storedRow);

const OF_RUNS = `
  select asked.at, e.* from unnest($1::integer[], $2::uuid[], $3::integer[], $4::bigint[], $5::bigint[]) as asked (at, host_id, epoch, from_seq, end_seq)
  cross join lateral (
    select ${COLUMNS} from evidence one where one.host_id = asked.host_id and one.epoch = asked.epoch
      and one.seq >= asked.from_seq and one.seq < asked.end_seq) e
  order by asked.at, e.seq`;

/** As `rowsBetween`, of many runs, by their place among those that were asked for. */
export async function rowsOfRuns(
  client: Queryable,
  runs: readonly { readonly host: string; readonly epoch: number; readonly firstSeq: number; readonly batches: number }[],
): Promise<Map<number, StoredRow[]>> {
  const found = new Map<number, StoredRow[]>();
  if (runs.length === 0) return found;
  const othersFirst = turns();
  const { rows } = await client.query<BatchRow & { at: number }>(OF_RUNS, [
    runs.map((_, at) => at),
    runs.map(({ host }) => host),
    runs.map(({ epoch }) => epoch),
    runs.map(({ firstSeq }) => firstSeq),
    runs.map(({ firstSeq, batches }) => firstSeq + batches),
  ]);
  for (const row of rows) {
    found.set(row.at, [...(found.get(row.at) ?? []), storedRow(row)]);
    await othersFirst();
  }
  return found;
}

async function epochEnds(client: Queryable, hosts: readonly BehindRow[]): Promise<Map<string, Map<number, number>>> {
  const changed = hosts.filter((row) => (row.last_epoch ?? 1) !== row.epoch);
  const found = new Map<string, Map<number, number>>();
  if (changed.length === 0) return found;
  const { rows } = await client.query<{ host_id: string; epoch: number; last_seq: bigint }>(EPOCHS, [
    changed.map(({ host_id }) => host_id),
    changed.map(({ last_epoch }) => last_epoch ?? 1),
  ]);
  for (const { host_id, epoch, last_seq } of rows)
    found.set(host_id, (found.get(host_id) ?? new Map<number, number>()).set(epoch, Number(last_seq)));
  return found;
}

export const sha256Hex = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

const storedRow = (row: BatchRow): StoredRow => ({
  epoch: row.epoch,
  seq: Number(row.seq),
  hash: row.hash.toString("hex"),
  prevHash: row.prev_hash.toString("hex"),
  bodySha256: createHash("sha256").update(row.body).digest(),
  receivedAt: row.received_ns,
  statement: statementOf(row),
});

/** Most batches carry none, and are not taken apart. A body that was changed may be no batch any more: it has none either. */
function statementOf(row: BatchRow): string | null {
  if (!row.readable) return null;
  try {
    const text = storedText(row.body);
    if (!Buffer.from(text.buffer, text.byteOffset, text.length).includes('"spans_signature"')) return null;
    const { batch } = readStoredBatch(text, row.host_id, row.set_aside === 0);
    const stated = statedBy({ epoch: row.epoch, seq: Number(row.seq), batch }, { sha256: sha256Hex, isByHost: () => true });
    return stated === null || stated === "nothing" ? null : statementDigest(stated);
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** What a leaf says of a statement. */
export const statementDigest = ({ body, signature }: { readonly body: Uint8Array; readonly signature: Uint8Array }): string =>
  createHash("sha256").update(body).update(signature).digest("hex");

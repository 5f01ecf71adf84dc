import { readStoredBatch } from "../../../evidence/read-batch.ts";
import { packRows } from "../../../retention/audit-row.ts";
import { type Condensed, condense, type KeptBatch } from "../../../retention/condense.ts";
import { type Day, startOf } from "../../../retention/days.ts";
import { storedText } from "../../batch-content.ts";
import { nodeCrypto } from "../../crypto/node-crypto.ts";
import { appendDeletion } from "../log/log-queue.ts";
import type { Queryable } from "../pool.ts";

const OF_DAY = "host_id = $1 and received_at >= at_utc_ns($2) and received_at < at_utc_ns($3)";

const BATCHES = (table: string) => `
  select epoch, seq, utc_ns(received_at) as received_at_ns, body, set_aside, quarantined is null as readable
  from ${table} where ${OF_DAY} order by epoch, seq`;

const KEYS = "select public_key from host_key where host_id = $1";

/** One that is there already says the same: its batches came back from a backup. */
const INSERT_ROWS = `
  insert into audit_span (host_id, minute_ns, epoch, seq, until_ns, context, statements)
  select $1::uuid, minute_ns, epoch, seq, until_ns, context, statements
  from unnest($2::bigint[], $3::integer[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[])
    as row (minute_ns, epoch, seq, until_ns, context, statements)
  on conflict do nothing`;

const INSERT_CONTEXTS = `
  insert into audit_context (hash, text) select unnest($1::bytea[]), unnest($2::text[]) order by 1 on conflict do nothing`;

const DELETE_DELIVERIES = (table: string) => `
  with gone as (delete from ${table} where ${OF_DAY} and utc_ns(received_at) = any($4::bigint[]) returning epoch, seq)
  select count(*)::integer as count, min(array[epoch, seq])::text[] as first, max(array[epoch, seq])::text[] as last from gone`;

const MARK = "insert into audit_day (host_id, day) values ($1, $2) on conflict do nothing";

interface BatchRow {
  epoch: number;
  seq: bigint;
  received_at_ns: bigint;
  body: Buffer;
  set_aside: number;
  readable: boolean;
}

/** Puts a host's signed spans in the place of its batches of one day; in a transaction. Returns how many batches went. */
export async function condenseHostDay(client: Queryable, table: string, host: string, day: Day): Promise<number> {
  const range = [host, startOf(day), startOf(day + 1)];
  const batches = (await client.query<BatchRow>(BATCHES(table), range)).rows.map((row) => toKept(row, host));
  const keys = (await client.query<{ public_key: Buffer }>(KEYS, [host])).rows.map(({ public_key }) => public_key);
  const condensed = condense(batches, {
    sha256: (text) => Buffer.from(nodeCrypto.sha256(text)).toString("hex"),
    isByHost: (text, signature) => keys.some((key) => nodeCrypto.verifyEd25519(key, text, signature)),
  });
  await keep(client, host, condensed);
  const gone = (await client.query<GoneRow>(DELETE_DELIVERIES(table), [...range, condensed.goes])).rows[0];
  const count = gone?.count ?? 0;
  if (count !== batches.length) await client.query(MARK, [host, day]);
  if (count > 0) await appendDeletion(client, deletionOf(host, gone, condensed.stated.length));
  return count;
}

interface GoneRow {
  count: number;
  first: string[] | null;
  last: string[] | null;
}

const deletionOf = (host: string, gone: GoneRow | undefined, statements: number): Parameters<typeof appendDeletion>[1] => ({
  what: "batches",
  host,
  from: gone?.first?.join("/") ?? "",
  to: gone?.last?.join("/") ?? "",
  count: gone?.count ?? 0,
  archive: false,
  statements,
});

async function keep(client: Queryable, host: string, { stated, contexts }: Condensed): Promise<void> {
  const rows = packRows(stated);
  await client.query(INSERT_ROWS, [
    host,
    rows.map(({ minute }) => minute),
    rows.map(({ epoch }) => epoch),
    rows.map(({ seq }) => seq),
    rows.map(({ until }) => until),
    rows.map(({ context }) => Buffer.from(context)),
    rows.map(({ statements }) => Buffer.from(statements)),
  ]);
  await client.query(INSERT_CONTEXTS, [[...contexts.keys()].map((hash) => Buffer.from(hash, "hex")), [...contexts.values()]]);
}

const toKept = ({ epoch, seq, received_at_ns, body, set_aside, readable }: BatchRow, host: string): KeptBatch => ({
  epoch,
  seq: Number(seq),
  receivedAt: received_at_ns,
  batch: readable ? readStoredBatch(storedText(body), host, set_aside === 0).batch : null,
});

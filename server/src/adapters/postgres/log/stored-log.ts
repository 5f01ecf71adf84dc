import { type DeletionEntry, entryHash, type ServerKeyEntry, saltOf, type Tile } from "@truebound/audit";
import { chainText } from "@truebound/wire";
import type { LogCrypto, SignedHead } from "../../../log-book/ports.ts";
import type { StoredRow } from "../../../log-book/sequence.ts";
import { spentMonthOf } from "../../../log-book/spent-month.ts";
import type { Run, StoredLog, Stretch } from "../../../log-book/verify.ts";
import { unpackRow } from "../../../retention/audit-row.ts";
import type { Queryable } from "../pool.ts";
import { headsAfter } from "./head-store.ts";
import { FIRST_HOST, rowsBetween, rowsOfRuns, sha256Hex, statementDigest } from "./new-batches.ts";

const SHARDS = "select shard, secret from log_shard order by shard";
const TILES = "select tile, hashes from log_tile where shard = $1 and level = $2 and tile >= $3 order by tile limit $4";
const ENTRIES = `
  select e.leaf, e.entry from log_entry e where e.shard = $1 and e.leaf >= $2 order by e.leaf limit $3`;
const RUNS = `
  select leaf, of_host, epoch, first_seq, batches, stated from log_run where shard = $1 and leaf >= $2 and not mismatch order by leaf limit $3`;
const ENTRIES_BETWEEN = "select leaf, entry from log_entry where shard = $1 and leaf >= $2 and leaf < $3 order by leaf";
/** From the last that begins before: no other can reach over the first leaf. */
const RUNS_BETWEEN = `
  select leaf, of_host, epoch, first_seq, batches, stated from log_run where shard = $1 and not mismatch and leaf < $3
    and leaf >= coalesce((select max(leaf) from log_run where shard = $1 and leaf <= $2 and not mismatch), $2)
    and leaf + batches + cardinality(stated) > $2 order by leaf`;
const KEYS = "select entry from log_entry where kind = 'server_key' order by shard, leaf";
const DELETED = `
  select coalesce(sum((entry ->> 'count')::bigint), 0)::bigint as count from (
    select entry::jsonb as entry from log_entry where kind = 'deletion' union all select entry from log_pending where entry ->> 'kind' = 'deletion') told
  where entry ->> 'what' = 'batches'`;
const SPENT = `
  select entry from (
    select entry::jsonb as entry from log_entry where kind = 'deletion' union all select entry from log_pending) told
  where entry ->> 'kind' = 'deletion' and entry ->> 'what' = 'log'`;
const PATHS = "select leaf, hash, path from log_path where shard = $1 order by leaf";
const STORED = `
  select count(*) from evidence e join log_host l on l.host_id = e.host_id and (e.epoch, e.seq) <= (l.epoch, l.seq)`;

/** A row holds statements from its place on, up to that of the next of its context: rows of several contexts lie between each other. */
const STATEMENTS = `
  (select context, statements from audit_span where host_id = $1 and (epoch, seq) <= ($2, $3::bigint) order by epoch desc, seq desc limit 8)
  union all
  select context, statements from audit_span where host_id = $1 and (epoch, seq) > ($2, $3::bigint) and (epoch, seq) <= ($2, $4::bigint)`;
/** Those of before there was a log have no leaf. */
const KEPT = `
  select host_id, minute_ns, epoch, seq, context, statements from audit_span a
  where (host_id, minute_ns, epoch, seq) > ($1, $2::bigint, $3::integer, $4::bigint)
    and exists (select from log_run r where r.of_host = a.host_id and (r.epoch, r.first_seq) <= (a.epoch, a.seq))
  order by host_id, minute_ns, epoch, seq limit 500`;

const HEADS_AT_ONCE = 1_000;
const TILES_AT_ONCE = 64;
const ROWS_AT_ONCE = 2_000;

/** The log as one transaction sees it. */
export function storedLog(client: Queryable, crypto: LogCrypto): StoredLog {
  let secrets: ReadonlyMap<string, Uint8Array> | null = null;
  const secretOf = async (shard: string): Promise<Uint8Array> => {
    secrets ??= new Map((await client.query<{ shard: string; secret: Buffer }>(SHARDS)).rows.map((row) => [row.shard, row.secret]));
    return secrets.get(shard) ?? new Uint8Array();
  };
  return {
    heads: () => heads(client),
    shards: async () => (await client.query<{ shard: string }>(SHARDS)).rows.map(({ shard }) => shard),
    tiles: (shard, level) => tiles(client, shard, level),
    stretches: (shard) => stretches(client, shard),
    rows: async (run) =>
      (await rowsBetween(client, run.host, run.epoch, run.firstSeq, run.firstSeq + run.batches)).map((row) => ({
        ...row,
        isSound: isSound(run, row),
      })),
    statements: (run) => statementDigests(client, run),
    keptStatements: () => keptStatements(client),
    leafHash: async (shard, leaf, text) => entryHash(saltOf(await secretOf(shard), leaf, crypto.hmac), Buffer.from(text), crypto.sha256),
    keys: async () => (await client.query<{ entry: string }>(KEYS)).rows.map(({ entry }) => JSON.parse(entry) as ServerKeyEntry),
    spent: async () => (await client.query<{ entry: DeletionEntry }>(SPENT)).rows.flatMap(({ entry }) => spentMonthOf(entry) ?? []),
    paths: async (shard) =>
      (await client.query<{ leaf: bigint; hash: Buffer; path: Buffer }>(PATHS, [shard])).rows.map((row) => ({
        ...row,
        leaf: Number(row.leaf),
      })),
    deleted: async () => Number((await client.query<{ count: bigint }>(DELETED)).rows[0]?.count ?? 0n),
    storedBatches: async () => Number((await client.query<{ count: bigint }>(STORED)).rows[0]?.count ?? 0n),
  };
}

async function statementDigests(client: Queryable, { host, epoch, firstSeq, stated }: Run): Promise<string[]> {
  const [first = 0, last = first] = [stated[0], stated.at(-1)];
  const { rows } = await client.query<PackedRow>(STATEMENTS, [host, epoch, firstSeq + first, firstSeq + last]);
  return rows.flatMap((row) => (unpackRow(row) ?? []).map(statementDigest));
}

interface PackedRow {
  context: Buffer;
  statements: Buffer;
}

/** What cannot be taken apart any more counts as one: it opens no leaf. */
async function keptStatements(client: Queryable): Promise<number> {
  let count = 0;
  for (let after: readonly unknown[] = [FIRST_HOST, 0n, 0, 0n]; ; ) {
    const { rows } = await client.query<PackedRow & { host_id: string; minute_ns: bigint; epoch: number; seq: bigint }>(KEPT, [...after]);
    for (const row of rows) count += unpackRow(row)?.length ?? 1;
    const last = rows.at(-1);
    if (last === undefined) return count;
    after = [last.host_id, last.minute_ns, last.epoch, last.seq];
  }
}

function isSound({ host, epoch }: Run, { seq, prevHash: prev, hash, bodySha256 }: StoredRow): boolean {
  const contentDigest = `sha-256=:${Buffer.from(bodySha256).toString("base64")}:`;
  return sha256Hex(chainText({ agent: host, epoch, seq, prev, contentDigest })) === hash;
}

/** Stretches of a shard between two leaves; a run that reaches over the first is among them. */
export async function stretchesBetween(client: Queryable, shard: string, from: number, end: number): Promise<Stretch[]> {
  const entries = await client.query<{ leaf: bigint; entry: string }>(ENTRIES_BETWEEN, [shard, from, end]);
  const runs = await client.query<RunRow>(RUNS_BETWEEN, [shard, from, end]);
  return [
    ...entries.rows.map(({ leaf, entry: text }): Stretch => ({ kind: "entry", leaf: Number(leaf), text })),
    ...runs.rows.map((row): Stretch => ({ kind: "run", run: runOf(row) })),
  ].sort((a, b) => leafOf(a) - leafOf(b));
}

const leafOf = (one: Stretch): number => (one.kind === "entry" ? one.leaf : one.run.leaf);

/** What there is of many runs, read at once. */
export async function soundRows(client: Queryable, runs: readonly Run[]): Promise<Map<Run, Awaited<ReturnType<StoredLog["rows"]>>>> {
  const found = await rowsOfRuns(client, runs);
  return new Map(runs.map((run, at) => [run, (found.get(at) ?? []).map((row) => ({ ...row, isSound: isSound(run, row) }))]));
}

async function* heads(client: Queryable): AsyncGenerator<SignedHead> {
  for (let after = 0; ; ) {
    const some = await headsAfter(client, after, HEADS_AT_ONCE);
    yield* some;
    if (some.length < HEADS_AT_ONCE) return;
    after = some.at(-1)?.number ?? after;
  }
}

async function* tiles(client: Queryable, shard: string, level: number): AsyncGenerator<Tile> {
  for (let from = 0; ; ) {
    const { rows } = await client.query<{ tile: bigint; hashes: Buffer }>(TILES, [shard, level, from, TILES_AT_ONCE]);
    for (const { tile, hashes } of rows) yield { level, tile: Number(tile), hashes };
    if (rows.length < TILES_AT_ONCE) return;
    from = Number(rows.at(-1)?.tile ?? 0n) + 1;
  }
}

interface RunRow {
  leaf: bigint;
  of_host: string;
  epoch: number;
  first_seq: bigint;
  batches: number;
  stated: number[];
}

/** Both tables, merged by leaf. */
async function* stretches(client: Queryable, shard: string): AsyncGenerator<Stretch> {
  const entries = paged<{ leaf: bigint; entry: string }>(client, ENTRIES, shard);
  const runs = paged<RunRow>(client, RUNS, shard);
  let [entry, run] = [await entries.next(), await runs.next()];
  while (!entry.done || !run.done) {
    if (run.done || (!entry.done && entry.value.leaf < run.value.leaf)) {
      if (entry.done) return;
      yield { kind: "entry", leaf: Number(entry.value.leaf), text: entry.value.entry };
      entry = await entries.next();
    } else {
      yield { kind: "run", run: runOf(run.value) };
      run = await runs.next();
    }
  }
}

const runOf = (row: RunRow): Run => ({
  leaf: Number(row.leaf),
  host: row.of_host,
  epoch: row.epoch,
  firstSeq: Number(row.first_seq),
  batches: row.batches,
  stated: row.stated,
});

async function* paged<Row extends { leaf: bigint }>(client: Queryable, text: string, shard: string): AsyncGenerator<Row> {
  for (let from = 0n; ; ) {
    const { rows } = await client.query<Row>(text, [shard, from, ROWS_AT_ONCE]);
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) return;
    from = (rows.at(-1)?.leaf ?? from) + 1n;
  }
}

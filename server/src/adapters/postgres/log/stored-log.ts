import { type DeletionEntry, entryHash, type ServerKeyEntry, saltOf, type Tile } from "@truebound/audit";
import { chainText } from "@truebound/wire";
import type { LogCrypto, SignedHead } from "../../../log-book/ports.ts";
import type { StoredRow } from "../../../log-book/sequence.ts";
import { spentMonthOf } from "../../../log-book/spent-month.ts";
import type { Run, StoredLog, Stretch } from "../../../log-book/verify.ts";
import type { Queryable } from "../pool.ts";
import { headsAfter } from "./head-store.ts";
import { rowsBetween, sha256Hex } from "./new-batches.ts";

const SHARDS = "select shard, secret from log_shard order by shard";
const TILES = "select tile, hashes from log_tile where shard = $1 and level = $2 and tile >= $3 order by tile limit $4";
const ENTRIES = `
  select e.leaf, e.entry from log_entry e where e.shard = $1 and e.leaf >= $2 order by e.leaf limit $3`;
const RUNS = `
  select leaf, of_host, epoch, first_seq, batches, stated from log_run where shard = $1 and leaf >= $2 and not mismatch order by leaf limit $3`;
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

function isSound({ host, epoch }: Run, { seq, prevHash: prev, hash, bodySha256 }: StoredRow): boolean {
  const contentDigest = `sha-256=:${Buffer.from(bodySha256).toString("base64")}:`;
  return sha256Hex(chainText({ agent: host, epoch, seq, prev, contentDigest })) === hash;
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

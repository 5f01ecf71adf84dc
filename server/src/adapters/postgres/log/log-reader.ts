import { type LogEntry, saltOf, TILE, type TilePlace, tileKey, tilesOfInclusion, tilesOfRoot } from "@truebound/audit";
import type { BatchLeaf, EntryLeaf, LogProof, OpenedLeaf, SignedHead } from "../../../log-book/ports.ts";
import type { Queryable } from "../pool.ts";
import { lastHeadOf } from "./head-store.ts";
import { logCrypto } from "./log-crypto.ts";
import { readTiles } from "./tile-store.ts";

const RUNS = `
  select r.shard, s.secret, r.leaf, r.first_seq, r.batches, r.stated from log_run r join log_shard s on s.shard = r.shard
  where r.of_host = $1 and r.epoch = $2 and r.first_seq <= $4 and r.first_seq + r.batches > $3 and not r.mismatch
  order by r.first_seq, r.shard, r.leaf`;

const ENTRIES = `
  select e.shard, s.secret, e.leaf, e.entry from log_entry e join log_shard s on s.shard = e.shard
  where e.kind = any($1::text[]) and ($2::text is null or e.about = $2) order by e.shard, e.leaf`;

interface RunRow {
  shard: string;
  secret: Buffer;
  leaf: bigint;
  first_seq: bigint;
  batches: number;
  stated: number[];
}

export async function batchLeaves(client: Queryable, host: string, epoch: number, from: number, to: number): Promise<BatchLeaf[]> {
  const { rows } = await client.query<RunRow>(RUNS, [host, epoch, from, to]);
  return rows.flatMap((row) => leavesOf(row, epoch)).filter(({ seq }) => seq >= from && seq <= to);
}

function leavesOf({ shard, secret, leaf, first_seq, batches, stated }: RunRow, epoch: number): BatchLeaf[] {
  const first = Number(first_seq);
  const opened = (at: number) => openedLeaf(shard, secret, Number(leaf) + at);
  return [
    ...Array.from({ length: batches }, (_, at): BatchLeaf => ({ ...opened(at), kind: "batch", epoch, seq: first + at })),
    ...stated.map((offset, at): BatchLeaf => ({ ...opened(batches + at), kind: "statement", epoch, seq: first + offset })),
  ];
}

const openedLeaf = (shard: string, secret: Uint8Array, index: number): OpenedLeaf => ({
  shard,
  index,
  salt: saltOf(secret, index, logCrypto.hmac),
});

export async function entryLeaves(client: Queryable, kinds: readonly LogEntry["kind"][], about: string | null): Promise<EntryLeaf[]> {
  const { rows } = await client.query<{ shard: string; secret: Buffer; leaf: bigint; entry: string }>(ENTRIES, [kinds, about]);
  return rows.map(({ shard, secret, leaf, entry }) => ({
    ...openedLeaf(shard, secret, Number(leaf)),
    entry: JSON.parse(entry) as LogEntry,
  }));
}

/** The tile that holds a leaf's own hash is among them. */
export async function proofFor(client: Queryable, leaves: readonly Pick<OpenedLeaf, "shard" | "index">[]): Promise<LogProof> {
  const heads: SignedHead[] = [];
  const tiles: LogProof["tiles"][number][] = [];
  for (const shard of new Set(leaves.map((leaf) => leaf.shard))) {
    const head = await lastHeadOf(client, shard);
    if (head === null) throw new Error(`Cannot prove leaves of shard ${shard}: no head of it was signed; seal the log first`);
    heads.push(head);
    const places = placesOf(
      leaves.filter((leaf) => leaf.shard === shard).map(({ index }) => index),
      head.head.size,
    );
    tiles.push(...(await readTiles(client, shard, places)).map((tile) => ({ ...tile, shard })));
  }
  return { heads, tiles };
}

function placesOf(indexes: readonly number[], size: number): TilePlace[] {
  const places = [
    ...tilesOfRoot(size),
    ...indexes.flatMap((index) => [{ level: 0, tile: Math.floor(index / TILE) }, ...tilesOfInclusion(index, size)]),
  ];
  return [...new Map(places.map((place) => [tileKey(place), place])).values()];
}

import {
  consistencyProof,
  HASH_BYTES,
  type LeafPlace,
  lastTiles,
  type ManifestHead,
  TILE,
  type TilePlace,
  tileKey,
  tilesFrom,
  tilesOfConsistency,
} from "@truebound/audit";
import type { KeyChange } from "@truebound/wire";
import type { BundleSink, HostLeaf, ReportLog, SignedHead } from "./ports.ts";
import { some } from "./render/words.ts";
import { ReportTrouble } from "./request.ts";

/** Of each shard, the tiles of leaves. */
export type SeenTiles = ReadonlyMap<string, ReadonlySet<number>>;

/** Which leaves a bundle rests on: remembered by their tiles, so that a million of them take little. */
export class SeenLeaves {
  readonly #tiles = new Map<string, Set<number>>();

  add = ({ shard, index }: LeafPlace): void => {
    const tiles = this.#tiles.get(shard) ?? new Set<number>();
    this.#tiles.set(shard, tiles.add(Math.floor(index / TILE)));
  };

  addAll(seen: SeenTiles): void {
    for (const [shard, tiles] of seen) for (const tile of tiles) this.add({ shard, index: tile * TILE });
  }

  get tiles(): SeenTiles {
    return this.#tiles;
  }

  get shards(): readonly string[] {
    return [...this.#tiles.keys()].sort();
  }

  tilesOf(shard: string): readonly number[] {
    return [...(this.#tiles.get(shard) ?? [])].sort((a, b) => a - b);
  }
}

interface LogFile {
  readonly log: ReportLog;
  readonly sink: BundleSink;
  readonly sha256: (bytes: Uint8Array) => Uint8Array;
}

interface LogContent {
  readonly sealed: SignedHead;
  readonly seen: SeenLeaves;
  readonly leaves: readonly HostLeaf[];
  readonly keyChanges: readonly KeyChange[];
  /** Ids of the keys that a reader of the bundle can follow. */
  readonly trusted: ReadonlySet<string>;
  /** On which the report before rests. */
  readonly before: ManifestHead | null;
}

/** Writes what ties a bundle's leaves to signed heads, and those to anchors. */
export async function writeLog(
  { log, sink, sha256 }: LogFile,
  { sealed, seen, leaves, keyChanges, trusted, before }: LogContent,
): Promise<void> {
  const file = await sink.open("log.ndjson");
  try {
    for (const { before, public_key, since_ns, signature, proof } of keyChanges)
      await file.line({ kind: "server_key", before, public_key, since_ns, signature, proof });
    const shards = new Set([...seen.shards, sealed.shard, ...(before === null ? [] : [before.shard])]);
    const heads: SignedHead[] = [];
    for (const shard of [...shards].sort()) {
      const head = shard === sealed.shard ? sealed : await log.head(shard);
      if (head === null) throw new Error(`Cannot make a report: the log has no head of ${shard}; truebound log verify looks into it`);
      if (!trusted.has(head.key_id)) throw new ReportTrouble(leftMonth(head, leaves));
      heads.push(head);
      await file.line({ kind: "head", ...sayHead(head) });
      for (const place of tilesFor(head.size, seen.tilesOf(shard))) await file.line(await tileLine(log, head, place));
    }
    for (const { shard, index, salt, entry } of leaves)
      await file.line({ kind: "leaf", shard, index, salt: Buffer.from(salt).toString("hex"), entry });
    const anchors = await writeAnchors({ log, sink, sha256 }, heads, trusted, file.line);
    const older = [...(before === null ? [] : [before]), ...anchors];
    for (const one of older) await file.line(await consistencyLine(log, one, heads, sha256));
  } finally {
    await file.close();
  }
}

/** After a key was lost: what is stored of the month is not what that one had signed, so no key in use did. */
function leftMonth({ shard, key_id }: SignedHead, leaves: readonly HostLeaf[]): string {
  const there = leaves
    .filter((leaf) => leaf.shard === shard)
    .map(({ entry }) => String(entry.what ?? `${entry.kind} of ${entry.name ?? entry.host}`));
  const which = there.length === 0 ? "batches of its hosts lie there" : `there lie ${some(there, MOST_NAMED)}`;
  return `Cannot make a report that rests on the log of ${shard}: its head is by key ${key_id}, which was lost, and what is stored is not what it signed; ${which}; truebound log show says what to do`;
}

const MOST_NAMED = 5;

/** The heads that were stamped, each named as its response is. */
async function writeAnchors(
  { log, sink }: LogFile,
  heads: readonly SignedHead[],
  trusted: ReadonlySet<string>,
  line: (value: object) => Promise<void>,
): Promise<SignedHead[]> {
  const anchored: SignedHead[] = [];
  for (const { shard, size } of heads) {
    const anchor = await log.anchor(shard, size);
    if (anchor === null || !trusted.has(anchor.head.key_id)) continue;
    await line({ kind: "anchored", ...sayHead(anchor.head) });
    await sink.write(`anchors/${anchor.imprint}.tsr`, anchor.response);
    anchored.push(anchor.head);
  }
  return anchored;
}

const sayHead = ({ shard, size, root, timestamp_ns, previous, signature, key_id }: SignedHead) => ({
  shard,
  size,
  root,
  timestamp_ns,
  previous,
  signature: Buffer.from(signature).toString("base64url"),
  key_id,
});

/** The tiles of those leaves, what stands above them, and the edge from which the root is made. */
export function tilesFor(size: number, leafTiles: readonly number[]): TilePlace[] {
  const places = new Map(lastTiles(size).map((place) => [tileKey(place), place]));
  for (const leafTile of leafTiles)
    for (
      let [level, tile] = [0, leafTile];
      Math.floor(size / TILE ** level) > tile * TILE;
      [level, tile] = [level + 1, Math.floor(tile / TILE)]
    ) {
      if (places.has(tileKey({ level, tile }))) break;
      places.set(tileKey({ level, tile }), { level, tile });
    }
  return [...places.values()].sort((a, b) => a.level - b.level || a.tile - b.tile);
}

/** As the tile was when the head was signed: it may have grown since. */
async function tileAt(log: ReportLog, { shard, size }: Pick<SignedHead, "shard" | "size">, place: TilePlace): Promise<Uint8Array> {
  const held = Math.min(TILE, Math.floor(size / TILE ** place.level) - place.tile * TILE);
  const hashes = await log.tile(shard, place);
  if (hashes === null || hashes.length < held * HASH_BYTES)
    throw new Error(
      `Cannot make a report: tile ${place.tile} of level ${place.level} of the log of ${shard} is missing or too short; truebound log verify looks into it`,
    );
  return hashes.subarray(0, held * HASH_BYTES);
}

const tileLine = async (log: ReportLog, head: SignedHead, { level, tile }: TilePlace) => ({
  kind: "tile",
  shard: head.shard,
  level,
  tile,
  hashes: Buffer.from(await tileAt(log, head, { level, tile })).toString("base64"),
});

async function consistencyLine(
  log: ReportLog,
  before: Pick<ManifestHead, "shard" | "size">,
  heads: readonly SignedHead[],
  sha256: LogFile["sha256"],
) {
  const { shard, size: from } = before;
  const head = heads.find((one) => one.shard === shard) as SignedHead;
  const places = tilesOfConsistency(from, head.size);
  const tiles = await Promise.all(places.map(async (place) => ({ ...place, hashes: await tileAt(log, head, place) })));
  const proof = from === head.size ? [] : consistencyProof(from, head.size, tilesFrom(tiles), sha256);
  return { kind: "consistency", shard, from, to: head.size, proof: proof.map((hash) => Buffer.from(hash).toString("hex")) };
}

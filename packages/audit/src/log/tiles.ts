import { emptyRoot, HASH_BYTES, joined, nodeHash, type Sha256 } from "./merkle.ts";
import { halves, isComplete, leavesOf, type Subtree } from "./subtree.ts";

/**
 * Hashes are kept in tiles: those of level 0 hold leaf hashes, those of level k the roots of full subtrees of 256^k leaves. What a
 * tile holds never changes; the last tile of a level only grows.
 */
export const TILE = 256;

export interface TilePlace {
  readonly level: number;
  readonly tile: number;
}

/** The hashes of a tile, one after the other; undefined = it is not there. */
export interface Tiles {
  hashes(place: TilePlace): Uint8Array | undefined;
}

export interface Tile extends TilePlace {
  readonly hashes: Uint8Array;
}

/** Tiles that lack what is asked of them: the log is damaged, or what was handed over of it is not all. */
export class MissingTile extends Error {
  readonly place: TilePlace;
  constructor({ level, tile }: TilePlace) {
    super(`Cannot compute a root: tile ${tile} of level ${level} is missing or too short`);
    this.name = "MissingTile";
    this.place = { level, tile };
  }
}

export const tileKey = ({ level, tile }: TilePlace): string => `${level}/${tile}`;

export const tilesFrom = (tiles: Iterable<Tile>): Tiles => {
  const known = new Map([...tiles].map((one) => [tileKey(one), one.hashes]));
  return { hashes: (place) => known.get(tileKey(place)) };
};

/** Where the hashes lie from which a complete subtree's is made; they are in one tile. */
interface Entries extends TilePlace {
  readonly first: number;
  readonly count: number;
}

function entriesOf({ from, to }: Subtree): Entries {
  let [level, unit] = [0, 1];
  while (unit * TILE <= to - from) [level, unit] = [level + 1, unit * TILE];
  const first = from / unit;
  return { level, tile: Math.floor(first / TILE), first: first % TILE, count: (to - from) / unit };
}

/** The tiles from which these subtrees can be computed, each once. */
export function tilesUnder(subtrees: readonly Subtree[]): TilePlace[] {
  const found = new Map<string, TilePlace>();
  for (const complete of subtrees.flatMap(completeParts)) {
    const { level, tile } = entriesOf(complete);
    found.set(tileKey({ level, tile }), { level, tile });
  }
  return [...found.values()];
}

const completeParts = (one: Subtree): Subtree[] =>
  leavesOf(one) === 0 ? [] : isComplete(one) ? [one] : halves(one).flatMap((half) => completeParts(half));

/** Throws MissingTile. */
export function subtreeHash(one: Subtree, tiles: Tiles, sha256: Sha256): Uint8Array {
  if (isComplete(one)) return folded(hashesOf(entriesOf(one), tiles), sha256);
  const [left, right] = halves(one);
  return nodeHash(subtreeHash(left, tiles, sha256), subtreeHash(right, tiles, sha256), sha256);
}

/** Of a log of any size up to that of the tiles. Throws MissingTile. */
export const rootOf = (size: number, tiles: Tiles, sha256: Sha256): Uint8Array =>
  size === 0 ? emptyRoot(sha256) : subtreeHash({ from: 0, to: size }, tiles, sha256);

function hashesOf({ first, count, ...place }: Entries, tiles: Tiles): Uint8Array[] {
  const all = tiles.hashes(place);
  if (all === undefined || all.length < (first + count) * HASH_BYTES) throw new MissingTile(place);
  return Array.from({ length: count }, (_, at) => all.subarray((first + at) * HASH_BYTES, (first + at + 1) * HASH_BYTES));
}

/** Of a power of two of them. */
function folded(hashes: readonly Uint8Array[], sha256: Sha256): Uint8Array {
  let row = hashes;
  while (row.length > 1)
    row = Array.from({ length: row.length / 2 }, (_, at) => nodeHash(row[2 * at] as Uint8Array, row[2 * at + 1] as Uint8Array, sha256));
  return row[0] as Uint8Array;
}

/** Root of a full tile: what the level above keeps of it. */
export function tileRoot(tile: Uint8Array, sha256: Sha256): Uint8Array {
  return folded(
    Array.from({ length: TILE }, (_, at) => tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES)),
    sha256,
  );
}

/** The last tile of each level of a log of `size` leaves, as far as it has begun: what appending needs to know. */
export function lastTiles(size: number): TilePlace[] {
  const places: TilePlace[] = [];
  for (let [level, held] = [0, size]; held > 0; [level, held] = [level + 1, Math.floor(held / TILE)])
    if (held % TILE > 0) places.push({ level, tile: Math.floor(held / TILE) });
  return places;
}

/** The tiles that change or begin when leaves are appended, each as it is then. */
export function appendLeaves(size: number, leaves: readonly Uint8Array[], tiles: Tiles, sha256: Sha256): Tile[] {
  const written: Tile[] = [];
  for (let [level, held, more] = [0, size, leaves]; more.length > 0; level++) {
    const grown = grownLevel(level, held, more, tiles);
    written.push(...grown);
    more = grown.filter(({ hashes }) => hashes.length === TILE * HASH_BYTES).map(({ hashes }) => tileRoot(hashes, sha256));
    held = Math.floor(held / TILE);
  }
  return written;
}

function grownLevel(level: number, held: number, more: readonly Uint8Array[], tiles: Tiles): Tile[] {
  const grown: Tile[] = [];
  for (let at = 0; at < more.length; ) {
    const tile = Math.floor((held + at) / TILE);
    const inside = (held + at) % TILE;
    const before = inside === 0 ? new Uint8Array() : tiles.hashes({ level, tile });
    if (before === undefined || before.length !== inside * HASH_BYTES) throw new MissingTile({ level, tile });
    const added = more.slice(at, at + TILE - inside);
    grown.push({ level, tile, hashes: joined(before, ...added) });
    at += added.length;
  }
  return grown;
}

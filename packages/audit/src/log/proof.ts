import { emptyRoot, nodeHash, type Sha256, sameBytes } from "./merkle.ts";
import { consistencyPath, inclusionPath, splitOf } from "./subtree.ts";
import { subtreeHash, type TilePlace, type Tiles, tilesUnder } from "./tiles.ts";

const treeOf = (size: number) => ({ from: 0, to: size });

/** That a leaf lies in a log of `size` leaves. Throws MissingTile. */
export const inclusionProof = (index: number, size: number, tiles: Tiles, sha256: Sha256): Uint8Array[] =>
  inclusionPath(index, treeOf(size)).map((one) => subtreeHash(one, tiles, sha256));

/** That a log of `from` leaves is the beginning of one of `to` leaves. Throws MissingTile. */
export const consistencyProof = (from: number, to: number, tiles: Tiles, sha256: Sha256): Uint8Array[] =>
  from === 0 ? [] : consistencyPath(from, treeOf(to)).map((one) => subtreeHash(one, tiles, sha256));

/** What a proof, or a root, is computed from. */
export const tilesOfInclusion = (index: number, size: number): TilePlace[] => tilesUnder(inclusionPath(index, treeOf(size)));
export const tilesOfConsistency = (from: number, to: number): TilePlace[] =>
  from === 0 ? [] : tilesUnder(consistencyPath(from, treeOf(to)));
export const tilesOfRoot = (size: number): TilePlace[] => tilesUnder([treeOf(size)]);

export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162, section 2.1.3.2. The size must be that of a signed head: of itself a proof does not bind it. */
export function verifyInclusion({ index, size, leaf, root, proof }: Inclusion, sha256: Sha256): boolean {
  if (!(index >= 0 && index < size)) return false;
  let [place, last, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      hash = nodeHash(sibling, hash, sha256);
      for (; !isOdd(place) && place !== 0; last = half(last)) place = half(place);
    } else hash = nodeHash(hash, sibling, sha256);
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && sameBytes(hash, root);
}

export interface Consistency {
  readonly from: number;
  readonly to: number;
  readonly fromRoot: Uint8Array;
  readonly toRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/** RFC 9162, section 2.1.4.2. */
export function verifyConsistency({ from, to, fromRoot, toRoot, proof }: Consistency, sha256: Sha256): boolean {
  if (from < 0 || from > to) return false;
  if (from === to) return proof.length === 0 && sameBytes(fromRoot, toRoot);
  if (from === 0) return proof.length === 0 && sameBytes(fromRoot, emptyRoot(sha256));
  const [first, ...rest] = isPowerOfTwo(from) ? [fromRoot, ...proof] : proof;
  if (first === undefined || proof.length === 0) return false;
  let [place, last] = [from - 1, to - 1];
  for (; isOdd(place); last = half(last)) place = half(place);
  let [older, newer] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      [older, newer] = [nodeHash(sibling, older, sha256), nodeHash(sibling, newer, sha256)];
      for (; !isOdd(place) && place !== 0; last = half(last)) place = half(place);
    } else newer = nodeHash(newer, sibling, sha256);
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && sameBytes(older, fromRoot) && sameBytes(newer, toRoot);
}

const isOdd = (value: number): boolean => value % 2 === 1;
const half = (value: number): number => Math.floor(value / 2);
const isPowerOfTwo = (value: number): boolean => value === 1 || splitOf(value) * 2 === value;

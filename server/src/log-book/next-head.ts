import {
  appendLeaves,
  consistencyProof,
  headText,
  type LogHead,
  lastTiles,
  MissingTile,
  NO_HEAD_BEFORE,
  rootOf,
  type Tile,
  type TilePlace,
  type Tiles,
  tileKey,
  tilesOfConsistency,
  tilesOfRoot,
  verifyConsistency,
} from "@truebound/audit";
import { type HeadSigner, hex, type LogCrypto, LogTrouble, type SignedHead } from "./ports.ts";

export interface GrowthFacts {
  readonly installation: string;
  /** Where the new leaves go, and the last head of that shard; null = it has none. */
  readonly shard: string;
  readonly shardHead: SignedHead | null;
  /** The last head of all; null = there is none. */
  readonly lastHead: SignedHead | null;
  /** At least one. */
  readonly leaves: readonly Uint8Array[];
  /** By the database's clock. */
  readonly timestamp: bigint;
  /** Those that `tilesBefore` names, as they are stored. */
  readonly tiles: Tiles;
}

export interface Growth {
  readonly tiles: readonly Tile[];
  readonly head: SignedHead;
}

/** What growing a log of `size` leaves reads of it: where it goes on, and what shows that it is the one of the last head. */
export function tilesBefore(size: number, more: number): TilePlace[] {
  const level0 = [...lastTiles(size), ...tilesOfRoot(size), ...tilesOfConsistency(size, size + more), ...tilesOfRoot(size + more)];
  return [...new Map(level0.filter((place) => isBegun(place, size)).map((place) => [tileKey(place), place])).values()];
}

const isBegun = ({ level, tile }: TilePlace, size: number): boolean => tile * 256 ** (level + 1) + 256 ** level <= size;

/**
 * A log grows and its head is signed in one step. Before that the stored tiles must give the root of the last head, whose
 * signature must hold, and the new root must be consistent with it: what was changed underneath is found here, and not signed over.
 */
export function grow(facts: GrowthFacts, signer: HeadSigner, crypto: LogCrypto): Growth {
  const { shard, shardHead, lastHead, leaves } = facts;
  for (const one of [lastHead, shardHead]) requireSigned(one, crypto);
  const from = shardHead?.head.size ?? 0;
  const to = from + leaves.length;
  try {
    const tiles = appendLeaves(from, leaves, facts.tiles, crypto.sha256);
    const root = rootOf(to, over(facts.tiles, tiles), crypto.sha256);
    if (shardHead !== null) requireConsistent(shardHead.head, to, root, over(facts.tiles, tiles), crypto);
    const previous = lastHead === null ? NO_HEAD_BEFORE : headHash(lastHead.head, crypto);
    const head = { installation: facts.installation, shard, size: to, root: hex(root), timestamp: facts.timestamp, previous };
    return { tiles, head: signed(head, (lastHead?.number ?? 0) + 1, signer) };
  } catch (error) {
    if (error instanceof MissingTile) throw new LogTrouble(`${error.message} (shard ${shard})`);
    throw error;
  }
}

/** A shard as its last head has it, under another key's signature. */
export function signedAgain(
  of: SignedHead,
  last: SignedHead,
  { timestamp, tiles }: Pick<GrowthFacts, "timestamp" | "tiles">,
  signer: HeadSigner,
  crypto: LogCrypto,
): SignedHead {
  requireSigned(of, crypto);
  const { size, root } = of.head;
  requireConsistent(of.head, size, Buffer.from(root, "hex"), tiles, crypto);
  return signed({ ...of.head, timestamp, previous: headHash(last.head, crypto) }, last.number + 1, signer);
}

const over = (stored: Tiles, written: readonly Tile[]): Tiles => {
  const known = new Map(written.map((tile) => [tileKey(tile), tile.hashes]));
  return { hashes: (place) => known.get(tileKey(place)) ?? stored.hashes(place) };
};

const signed = (head: LogHead, number: number, signer: HeadSigner): SignedHead => ({
  number,
  head,
  publicKey: signer.publicKey,
  signature: signer.sign(headText(head)),
});

export const headHash = (head: LogHead, { sha256 }: Pick<LogCrypto, "sha256">): string =>
  hex(sha256(new TextEncoder().encode(headText(head))));

export const isSigned = ({ head, publicKey, signature }: SignedHead, { verifyEd25519 }: Pick<LogCrypto, "verifyEd25519">): boolean =>
  verifyEd25519(publicKey, headText(head), signature);

function requireSigned(one: SignedHead | null, crypto: LogCrypto): void {
  if (one !== null && !isSigned(one, crypto))
    throw new LogTrouble(`Cannot go on from head ${one.number} of the log: its signature does not hold`);
}

function requireConsistent({ shard, size, root }: LogHead, to: number, toRoot: Uint8Array, tiles: Tiles, { sha256 }: LogCrypto): void {
  const fromRoot = rootOf(size, tiles, sha256);
  const proof = consistencyProof(size, to, tiles, sha256);
  if (hex(fromRoot) === root && verifyConsistency({ from: size, to, fromRoot, toRoot, proof }, sha256)) return;
  throw new LogTrouble(
    `Cannot go on from size ${size} of shard ${shard}: the stored hashes give the root ${hex(fromRoot)}, and ${root} was signed`,
  );
}

export {
  type AcknowledgeEntry,
  type BatchEntry,
  type DeclaredEntry,
  type DeletionEntry,
  type ExportEntry,
  entryHash,
  entryText,
  type Hmac,
  type HostEntry,
  type LeftMonthEntry,
  type LogEntry,
  leafBytes,
  type MismatchEntry,
  SALT_BYTES,
  type ServerKeyEntry,
  type StatementEntry,
  saltOf,
} from "./entry.ts";
export { GrowingRoot } from "./growing-root.ts";
export { headText, type LogHead, NO_HEAD_BEFORE, readHead } from "./head.ts";
export { emptyRoot, HASH_BYTES, leafHash, nodeHash, type Sha256, sameBytes } from "./merkle.ts";
export {
  type Consistency,
  consistencyProof,
  type Inclusion,
  inclusionProof,
  tilesOfConsistency,
  tilesOfInclusion,
  tilesOfRoot,
  verifyConsistency,
  verifyInclusion,
} from "./proof.ts";
export {
  appendLeaves,
  lastTiles,
  MissingTile,
  rootOf,
  TILE,
  type Tile,
  type TilePlace,
  type Tiles,
  tileKey,
  tileRoot,
  tilesFrom,
} from "./tiles.ts";

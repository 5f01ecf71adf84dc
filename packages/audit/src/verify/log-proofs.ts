import { canonicalJson, type Json } from "../canonical-json.ts";
import {
  entryHash,
  HASH_BYTES,
  headText,
  MissingTile,
  rootOf,
  SALT_BYTES,
  sameBytes,
  TILE,
  type Tile,
  tileKey,
  tileRoot,
  tilesFrom,
  verifyConsistency,
} from "../log/index.ts";
import type { LeafPlace, ManifestHead } from "../report-manifest.ts";
import { bytes, count, type Fields, fieldsOf, list, ns, object, text } from "./fields.ts";
import { isSignedBy, type KeyChain } from "./key-chain.ts";
import { BundleFault, type BundleFiles, type Failure, type VerifyCrypto } from "./ports.ts";
import type { SignedManifest } from "./signature.ts";

interface Head {
  readonly shard: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly timestamp: string;
  readonly text: string;
  readonly signature: Uint8Array;
  readonly keyId: string;
}

interface Consistent {
  readonly shard: string;
  readonly from: number;
  readonly to: number;
  readonly proof: readonly Uint8Array[];
}

/** An opened leaf that is neither a batch nor a statement. */
export interface OpenLeaf extends LeafPlace {
  readonly salt: Uint8Array;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** What leaves are held against: plain data, so that it can be handed to a thread. */
export interface OpenedLog {
  readonly tiles: Map<string, Map<string, Tile>>;
  readonly leaves: Map<string, OpenLeaf>;
}

/** What log.ndjson says. */
export class LogProofs {
  readonly #crypto: VerifyCrypto;
  readonly #heads = new Map<string, Head>();
  readonly #tiles: Map<string, Map<string, Tile>>;
  readonly #leaves: Map<string, OpenLeaf>;
  readonly #consistent: Consistent[] = [];
  /** How one key of the server follows another, in order. */
  readonly keyLines: Fields[] = [];
  /** Heads that somebody else stamped, by the SHA-256 of their text. */
  readonly #anchored = new Map<string, Head>();

  private constructor(crypto: VerifyCrypto, { tiles, leaves }: OpenedLog = { tiles: new Map(), leaves: new Map() }) {
    this.#crypto = crypto;
    this.#tiles = tiles;
    this.#leaves = leaves;
  }

  /** To hold leaves against it; its heads and tiles were checked where it was read. */
  static of = (log: OpenedLog, crypto: VerifyCrypto): LogProofs => new LogProofs(crypto, log);

  get opened(): OpenedLog {
    return { tiles: this.#tiles, leaves: this.#leaves };
  }

  /** Reads all of it; what of it holds is for the steps. */
  static async read(files: BundleFiles, crypto: VerifyCrypto, signed: SignedManifest): Promise<LogProofs> {
    const proofs = new LogProofs(crypto);
    for await (const line of files.lines("log.ndjson")) proofs.#take(fieldsOf(line, "heads"), signed);
    return proofs;
  }

  #take(fields: Fields, signed: SignedManifest): void {
    const kind = text(fields, "kind");
    if (kind === "server_key") {
      this.keyLines.push({ ...fields, step: "signature" });
      return;
    }
    const shard = text(fields, "shard");
    if (kind === "head" || kind === "anchored") this.#takeHead(fields, shard, signed, kind === "anchored");
    else if (kind === "tile") this.#takeTile(fields, shard);
    else if (kind === "leaf") this.#takeLeaf(fields, shard);
    else if (kind === "consistency") this.#consistent.push(this.#consistency(fields, shard));
    else throw new BundleFault("heads", "malformed", `log.ndjson has a line of kind ${JSON.stringify(kind)}`);
  }

  #takeHead(fields: Fields, shard: string, { manifest }: SignedManifest, isAnchored: boolean): void {
    const [size, timestamp] = [count(fields, "size"), ns(fields, "timestamp_ns")];
    const signedText = headText({
      installation: manifest.issuer.installation,
      shard,
      size,
      root: text(fields, "root"),
      timestamp: BigInt(timestamp),
      previous: text(fields, "previous"),
    });
    const signature = bytes(fields, "signature", this.#crypto.fromBase64url, 64);
    const root = bytes(fields, "root", this.#crypto.fromHex, HASH_BYTES);
    const head = { shard, size, root, timestamp, text: signedText, signature, keyId: text(fields, "key_id") };
    if (isAnchored) {
      this.#anchored.set(this.#crypto.hex(this.#crypto.sha256(signedText)), head);
      return;
    }
    if (this.#heads.has(shard)) throw new BundleFault("heads", "malformed", `log.ndjson has two heads of ${shard}`);
    this.#heads.set(shard, head);
  }

  get anchored(): readonly string[] {
    return [...this.#anchored.keys()].sort();
  }

  isAnchored = (imprint: string): boolean => this.#anchored.has(imprint);

  #takeTile(fields: Fields, shard: string): void {
    const tile = { level: level(fields), tile: count(fields, "tile"), hashes: bytes(fields, "hashes", this.#crypto.fromBase64) };
    const known = this.#tiles.get(shard) ?? new Map<string, Tile>();
    this.#tiles.set(shard, known.set(tileKey(tile), tile));
  }

  #takeLeaf(fields: Fields, shard: string): void {
    const index = count(fields, "index");
    const salt = bytes(fields, "salt", this.#crypto.fromHex, SALT_BYTES);
    this.#leaves.set(placeKey({ shard, index }), { shard, index, salt, entry: object(fields, "entry").line });
  }

  #consistency(fields: Fields, shard: string): Consistent {
    return {
      shard,
      from: count(fields, "from"),
      to: count(fields, "to"),
      proof: list(fields, "proof").map((hash) => bytes({ ...fields, line: { hash } }, "hash", this.#crypto.fromHex, HASH_BYTES)),
    };
  }

  /** Step 3: the newest head is the manifest's, and what the report before rests on lies in the log still. */
  checkHeads({ manifest: { log, previous } }: SignedManifest, keys: KeyChain): void {
    for (const head of [...this.#heads.values(), ...this.#anchored.values()])
      if (!isSignedBy(keys, { ...head, timestamp: BigInt(head.timestamp) }, this.#crypto))
        throw new BundleFault(
          "heads",
          "head_signature",
          `The head of ${head.shard} with ${head.size} leaves is not signed by the issuer of the report`,
        );
    const newest = [...this.#heads.values()].reduce<Head | null>(
      (best, head) => (best === null || BigInt(head.timestamp) > BigInt(best.timestamp) ? head : best),
      null,
    );
    if (newest === null || !this.#isHead(newest, log.head))
      throw new BundleFault(
        "heads",
        "newest_head",
        `The newest head of log.ndjson is not the one of the manifest, ${log.head.shard} with ${log.head.size} leaves`,
      );
    if (previous !== null) this.#checkConsistency(previous.head, "on which the report before rests");
    for (const head of this.#anchored.values())
      this.#checkConsistency({ ...head, root: this.#crypto.hex(head.root) }, "that were anchored");
  }

  #isHead(head: Head, said: ManifestHead): boolean {
    return (
      head.shard === said.shard &&
      head.size === said.size &&
      this.#crypto.hex(head.root) === said.root &&
      head.timestamp === said.timestamp_ns
    );
  }

  #checkConsistency(before: Pick<ManifestHead, "shard" | "size" | "root">, which: string): void {
    const head = this.#heads.get(before.shard);
    const line = this.#consistent.find(({ shard, from, to }) => shard === before.shard && from === before.size && to === head?.size);
    const fromRoot = this.#crypto.fromHex(before.root);
    const holds =
      head !== undefined &&
      line !== undefined &&
      fromRoot !== null &&
      verifyConsistency({ from: line.from, to: line.to, fromRoot, toRoot: head.root, proof: line.proof }, this.#crypto.sha256);
    if (!holds)
      throw new BundleFault("heads", "consistency", `The log of ${before.shard} does not go on from the ${before.size} leaves ${which}`);
  }

  /** Of step 4: each tile belongs to a root, and each opened leaf to its tile. */
  checkTiles(): void {
    for (const shard of this.#tiles.keys())
      if (!this.#heads.has(shard)) throw new BundleFault("evidence", "tile", `There are tiles of ${shard}, but no head`);
    for (const head of this.#heads.values()) this.#checkShard(head);
    for (const leaf of this.#leaves.values()) this.checkLeaf(leaf, leaf.salt, leaf.entry, {});
  }

  #checkShard({ shard, size, root }: Head): void {
    const { sha256 } = this.#crypto;
    const tiles = this.#tiles.get(shard) ?? new Map<string, Tile>();
    if (!sameBytes(this.#rootOf(shard, size, tiles), root))
      throw new BundleFault("evidence", "root", `The tiles of ${shard} have another root than its head`);
    for (const { level, tile, hashes } of tiles.values()) {
      const held = Math.floor(size / TILE ** level) - TILE * tile;
      if (hashes.length !== HASH_BYTES * Math.min(TILE, held))
        throw new BundleFault("evidence", "tile", `Tile ${tile} of level ${level} of ${shard} has not as many hashes as the log`);
      if (held < TILE) continue;
      const above = tiles.get(tileKey({ level: level + 1, tile: Math.floor(tile / TILE) }));
      const at = (tile % TILE) * HASH_BYTES;
      if (above === undefined || !sameBytes(above.hashes.subarray(at, at + HASH_BYTES), tileRoot(hashes, sha256)))
        throw new BundleFault("evidence", "tile", `Tile ${tile} of level ${level} of ${shard} is not the one that the log has`);
    }
  }

  #rootOf(shard: string, size: number, tiles: ReadonlyMap<string, Tile>): Uint8Array {
    try {
      return rootOf(size, tilesFrom(tiles.values()), this.#crypto.sha256);
    } catch (error) {
      if (error instanceof MissingTile) throw new BundleFault("evidence", "tile", `${error.message} of ${shard}`);
      throw error;
    }
  }

  /** Of step 4: the log has just this entry there. */
  checkLeaf(place: LeafPlace, salt: Uint8Array, entry: Readonly<Record<string, unknown>>, at: FailurePlace): void {
    this.checkLeafText(place, salt, canonicalJson(entry as unknown as Json), String(entry.kind), at);
  }

  /** The same for whoever writes the canonical text at once. */
  checkLeafText({ shard, index }: LeafPlace, salt: Uint8Array, entry: string, kind: string, at: FailurePlace): void {
    const tile = this.#tiles.get(shard)?.get(tileKey({ level: 0, tile: Math.floor(index / TILE) }));
    const hash = entryHash(salt, this.#crypto.utf8(entry), this.#crypto.sha256);
    if (tile === undefined || !hasAt(tile.hashes, (index % TILE) * HASH_BYTES, hash))
      throw new BundleFault("evidence", "leaf", `Leaf ${index} of ${shard} is not this ${kind}`, at);
  }

  /** What log.ndjson opens there; it was checked with its tile. */
  openedAt = (place: LeafPlace): Readonly<Record<string, unknown>> | null => this.#leaves.get(placeKey(place))?.entry ?? null;

  leavesOf = (kinds: readonly unknown[]): readonly OpenLeaf[] =>
    [...this.#leaves.values()].filter(({ entry }) => kinds.includes(entry.kind));

  /** The opened leaf of a host there; it was checked with its tile. */
  hostLeaf(place: LeafPlace, host: string): Readonly<Record<string, unknown>> {
    const leaf = this.#leaves.get(placeKey(place));
    if (leaf === undefined || leaf.entry.host !== host)
      throw new BundleFault("evidence", "host_leaf", `log.ndjson does not open leaf ${place.index} of ${place.shard} as one of this host`, {
        host,
      });
    return leaf.entry;
  }
}

/** No count of leaves needs more. */
const MOST_LEVEL = 7;

function level(fields: Fields): number {
  const found = count(fields, "level");
  if (found > MOST_LEVEL) throw new BundleFault("heads", "malformed", `A tile is of level ${found}; there are none above ${MOST_LEVEL}`);
  return found;
}

type FailurePlace = Partial<Pick<Failure, "host" | "epoch" | "seq">>;

function hasAt(hashes: Uint8Array, at: number, hash: Uint8Array): boolean {
  if (at + hash.length > hashes.length) return false;
  for (let byte = 0; byte < hash.length; byte++) if (hashes[at + byte] !== hash[byte]) return false;
  return true;
}

const placeKey = ({ shard, index }: LeafPlace): string => `${shard}/${index}`;

import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GrowingRoot } from "./growing-root.ts";
import { emptyRoot, leafHash, nodeHash } from "./merkle.ts";
import {
  consistencyProof,
  inclusionProof,
  tilesOfConsistency,
  tilesOfInclusion,
  tilesOfRoot,
  verifyConsistency,
  verifyInclusion,
} from "./proof.ts";
import { appendLeaves, MissingTile, rootOf, TILE, type Tile, type Tiles, tileKey, tilesFrom } from "./tiles.ts";

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytes = (text: string): Uint8Array => Buffer.from(text, "hex");

/** The recursive definitions of RFC 6962, section 2.1, on all leaf hashes: slow, and plainly right. */
const twin = {
  split: (size: number): number => 2 ** (Math.ceil(Math.log2(size)) - 1),
  root(leaves: readonly Uint8Array[]): Uint8Array {
    if (leaves.length === 0) return sha256(new Uint8Array());
    if (leaves.length === 1) return leaves[0] as Uint8Array;
    const k = twin.split(leaves.length);
    return nodeHash(twin.root(leaves.slice(0, k)), twin.root(leaves.slice(k)), sha256);
  },
  path(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
    if (leaves.length === 1) return [];
    const k = twin.split(leaves.length);
    const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
    return index < k ? [...twin.path(index, left), twin.root(right)] : [...twin.path(index - k, right), twin.root(left)];
  },
  proof(size: number, leaves: readonly Uint8Array[], isOld: boolean): Uint8Array[] {
    if (size === leaves.length) return isOld ? [] : [twin.root(leaves)];
    const k = twin.split(leaves.length);
    const [left, right] = [leaves.slice(0, k), leaves.slice(k)];
    return size <= k ? [...twin.proof(size, left, isOld), twin.root(right)] : [...twin.proof(size - k, right, false), twin.root(left)];
  },
};

/** Appended in pieces, each to what the pieces before left. */
function tilesOf(leaves: readonly Uint8Array[], piece = 97): Map<string, Tile> {
  const kept = new Map<string, Tile>();
  const tiles: Tiles = { hashes: (place) => kept.get(tileKey(place))?.hashes };
  for (let at = 0; at < leaves.length; at += piece)
    for (const tile of appendLeaves(at, leaves.slice(at, at + piece), tiles, sha256)) kept.set(tileKey(tile), tile);
  return kept;
}

const numbered = (count: number): Uint8Array[] => Array.from({ length: count }, (_, at) => leafHash(Buffer.from(`leaf ${at}`), sha256));
const ALL = numbered(2000);
const TILES = tilesFrom(tilesOf(ALL).values());

describe("the tree of Certificate Transparency's own tests", () => {
  const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"].map((leaf) =>
    leafHash(bytes(leaf), sha256),
  );
  const tiles = tilesFrom(tilesOf(leaves, 3).values());
  it.each(
    [
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ].map((root, size) => [size, root] as const),
  )("of %i leaves has its root", (size, root) => {
    expect(hex(rootOf(size, tiles, sha256))).toBe(root);
  });
  it.each([
    [
      0,
      8,
      [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ],
    ],
    [
      5,
      8,
      [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ],
    ],
  ] as const)("proves leaf %i in %i", (index, size, proof) => {
    expect(inclusionProof(index, size, tiles, sha256).map(hex)).toEqual(proof);
  });
  it.each([
    [
      2,
      5,
      [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ],
    ],
    [
      6,
      8,
      [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ],
    ],
    [8, 8, []],
    [0, 8, []],
  ] as const)("proves that %i leaves became %i", (from, to, proof) => {
    expect(consistencyProof(from, to, tiles, sha256).map(hex)).toEqual(proof);
  });
});

describe("tiles", () => {
  it("are the same however leaves came", () => {
    const once = tilesOf(ALL, ALL.length);
    for (const piece of [1, 7, 255, 256, 257, 1000]) expect(tilesOf(ALL, piece)).toEqual(once);
    expect([...once.keys()].sort()).toEqual(["0/0", "0/1", "0/2", "0/3", "0/4", "0/5", "0/6", "0/7", "1/0"]);
  });
  it("of three levels give the roots that two do", () => {
    const count = TILE * TILE + 2 * TILE + 3;
    const leaves = numbered(count);
    const kept = tilesOf(leaves, count);
    expect([...kept.keys()].filter((key) => !key.startsWith("0/"))).toEqual(["1/0", "1/1", "2/0"]);
    const tiles = tilesFrom(kept.values());
    for (const size of [TILE * TILE + 1, count]) expect(hex(rootOf(size, tiles, sha256))).toBe(hex(twin.root(leaves.slice(0, size))));
  });
  it("that are missing or cut are said by their place", () => {
    const kept = [...tilesOf(ALL).values()];
    const lacking = tilesFrom(kept.filter(({ level, tile }) => level !== 0 || tile !== 7));
    expect(() => rootOf(2000, lacking, sha256)).toThrow(new MissingTile({ level: 0, tile: 7 }));
    const cut = tilesFrom(kept.map((one) => (one.tile === 7 ? { ...one, hashes: one.hashes.subarray(32) } : one)));
    expect(() => rootOf(2000, cut, sha256)).toThrow(MissingTile);
    expect(() => appendLeaves(2000, numbered(1), lacking, sha256)).toThrow(MissingTile);
  });
});

it("a root that grows leaf by leaf is that of the tiles", () => {
  const growing = new GrowingRoot(sha256);
  for (const [at, leaf] of ALL.slice(0, 600).entries()) {
    expect([growing.size, hex(growing.root())]).toEqual([at, hex(rootOf(at, TILES, sha256))]);
    growing.add(leaf);
  }
});

const sizes = fc.integer({ min: 1, max: ALL.length });
const within = sizes.chain((size) => fc.tuple(fc.integer({ min: 0, max: size - 1 }), fc.constant(size)));

describe("proofs", () => {
  it("and roots of any size are those of the recursive definition", () => {
    for (let size = 0; size <= ALL.length; size += size < 300 ? 3 : 113)
      expect(hex(rootOf(size, TILES, sha256))).toBe(hex(twin.root(ALL.slice(0, size))));
    fc.assert(
      fc.property(within, ([at, size]) => {
        const leaves = ALL.slice(0, size);
        expect(inclusionProof(at, size, TILES, sha256).map(hex)).toEqual(twin.path(at, leaves).map(hex));
        if (at > 0) expect(consistencyProof(at, size, TILES, sha256).map(hex)).toEqual(twin.proof(at, leaves, true).map(hex));
      }),
      { numRuns: 60 },
    );
  });
  it("need no tile but those that are named", () => {
    const only = (places: readonly { level: number; tile: number }[]): Tiles =>
      tilesFrom(places.map((place) => ({ ...place, hashes: TILES.hashes(place) as Uint8Array })));
    fc.assert(
      fc.property(within, ([at, size]) => {
        expect(inclusionProof(at, size, only(tilesOfInclusion(at, size)), sha256)).toEqual(inclusionProof(at, size, TILES, sha256));
        expect(consistencyProof(at, size, only(tilesOfConsistency(at, size)), sha256)).toEqual(consistencyProof(at, size, TILES, sha256));
        expect(rootOf(size, only(tilesOfRoot(size)), sha256)).toEqual(rootOf(size, TILES, sha256));
      }),
    );
  });
  it("are all taken for every pair of sizes up to 40", () => {
    for (let size = 1; size <= 40; size++)
      for (let at = 0; at <= size; at++) {
        expect(verifyConsistency(consistency(at, size), sha256)).toBe(true);
        if (at < size) expect(verifyInclusion(inclusion(at, size), sha256)).toBe(true);
      }
  });
  it("of sizes up to 2000 are taken, and none in which one bit, one hash or one place differs", () => {
    fc.assert(
      fc.property(within, fc.nat(), fc.nat({ max: 255 }), ([at, size], pick, bit) => {
        const one = inclusion(at, size);
        expect(verifyInclusion(one, sha256)).toBe(true);
        for (const wrong of mutated(one.proof, pick, bit)) expect(verifyInclusion({ ...one, proof: wrong }, sha256)).toBe(false);
        expect(verifyInclusion({ ...one, leaf: flipped(one.leaf, bit) }, sha256)).toBe(false);
        expect(verifyInclusion({ ...one, root: flipped(one.root, bit) }, sha256)).toBe(false);
        const other = pick % size;
        if (other !== at) expect(verifyInclusion({ ...one, index: other }, sha256)).toBe(false);
        expect(verifyInclusion({ ...one, index: size }, sha256)).toBe(false);
        expect(verifyInclusion({ ...one, index: -1 }, sha256)).toBe(false);

        const two = consistency(at, size);
        expect(verifyConsistency(two, sha256)).toBe(true);
        for (const wrong of mutated(two.proof, pick, bit)) expect(verifyConsistency({ ...two, proof: wrong }, sha256)).toBe(false);
        expect(verifyConsistency({ ...two, fromRoot: flipped(two.fromRoot, bit) }, sha256)).toBe(false);
        if (at > 0) expect(verifyConsistency({ ...two, toRoot: flipped(two.toRoot, bit) }, sha256)).toBe(false);
        expect(verifyConsistency({ ...two, from: size + 1 }, sha256)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

const inclusion = (index: number, size: number) => ({
  index,
  size,
  leaf: ALL[index] as Uint8Array,
  root: rootOf(size, TILES, sha256),
  proof: inclusionProof(index, size, TILES, sha256),
});

const consistency = (from: number, to: number) => ({
  from,
  to,
  fromRoot: rootOf(from, TILES, sha256),
  toRoot: rootOf(to, TILES, sha256),
  proof: consistencyProof(from, to, TILES, sha256),
});

const flipped = (hash: Uint8Array, bit: number): Uint8Array => {
  const copy = Uint8Array.from(hash);
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
};

function mutated(proof: readonly Uint8Array[], pick: number, bit: number): Uint8Array[][] {
  const longer = [
    [...proof, emptyRoot(sha256)],
    [emptyRoot(sha256), ...proof],
  ];
  if (proof.length === 0) return longer;
  const at = pick % proof.length;
  const next = (at + 1) % proof.length;
  const swapped = proof.map((hash, index) => (index === at ? proof[next] : index === next ? proof[at] : hash)) as Uint8Array[];
  return [
    ...longer,
    proof.map((hash, index) => (index === at ? flipped(hash, bit) : hash)),
    proof.filter((_, index) => index !== at),
    ...(proof.length > 1 ? [swapped] : []),
  ];
}

import type { Hmac, LogEntry, LogHead, Sha256, Tile } from "@truebound/audit";

export interface LogCrypto {
  readonly sha256: Sha256;
  readonly hmac: Hmac;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly verifyEd25519: (publicKey: Uint8Array, text: string, signature: Uint8Array) => boolean;
}

/** Who signs heads: the server, by the key of its receipts. */
export interface HeadSigner {
  /** Raw Ed25519. */
  readonly publicKey: Uint8Array;
  readonly keyId: string;
  sign(text: string): Uint8Array;
}

export interface SignedHead {
  /** Counted from 1, over all shards. */
  readonly number: number;
  readonly head: LogHead;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/** The log is not what its heads say. Nothing more is signed until a person has looked. */
export class LogTrouble extends Error {
  readonly what: string;
  constructor(what: string) {
    super(`${what}; nothing more is signed: truebound log verify says what differs, and a copy of the database from before has it right`);
    this.name = "LogTrouble";
    this.what = what;
  }
}

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Where a leaf lies, and what opens it. */
export interface OpenedLeaf {
  readonly shard: string;
  readonly index: number;
  readonly salt: Uint8Array;
}

export interface BatchLeaf extends OpenedLeaf {
  readonly kind: "batch" | "statement";
  readonly epoch: number;
  readonly seq: number;
}

export interface EntryLeaf extends OpenedLeaf {
  readonly entry: LogEntry;
}

/** What proves leaves: of each shard the newest head, and the tiles from which paths to it, and its root, are computed. */
export interface LogProof {
  readonly heads: readonly SignedHead[];
  readonly tiles: readonly (Tile & { readonly shard: string })[];
}

/** The log as reports use it. Entries are appended by `appendToLog`, in the transaction of what they tell of. */
export interface LogBook {
  /** All that was committed before the call lies under the head that comes back. */
  seal(): Promise<SignedHead>;
  /** Of one host, numbers `from` to `to`, both included; those of statements too. */
  batchLeaves(host: string, epoch: number, from: number, to: number): Promise<BatchLeaf[]>;
  /** All of these kinds, in the order of the log; `about` = a host's id, or what an entry is of. */
  entries(kinds: readonly LogEntry["kind"][], about?: string): Promise<EntryLeaf[]>;
  proofFor(leaves: readonly Pick<OpenedLeaf, "shard" | "index">[]): Promise<LogProof>;
  /** Heads after a number, in order. */
  heads(after: number, most: number): Promise<SignedHead[]>;
}

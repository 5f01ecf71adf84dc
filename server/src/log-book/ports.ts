import type { Hmac, LogHead, Sha256 } from "@truebound/audit";

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
  constructor(what: string) {
    super(`${what}; nothing more is signed: truebound log verify says what differs, and a copy of the database from before has it right`);
    this.name = "LogTrouble";
  }
}

export const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

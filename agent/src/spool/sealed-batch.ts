import { chainText } from "@truebound/wire";
import type { Carried, Place } from "./place.ts";

/** A batch with its place in the agent's chain. The body is sent, stored and hashed as exactly these bytes. */
export interface SealedBatch {
  readonly epoch: number;
  readonly seq: number;
  /** Hex chain hash of the one before; the genesis hash for the first of an epoch. */
  readonly prev: string;
  /** `sha-256=:BASE64:` of the body. */
  readonly digest: string;
  /** Hex chain hash of this one. */
  readonly hash: string;
  readonly body: Uint8Array;
  /** Its place in an epoch before, of the first and the last that went on together in this one. For the spool alone: neither sent nor hashed. */
  readonly was?: Place;
  /** Of the first that went on in a file, where damage took some of that: the place before of the last that does. */
  readonly upTo?: Place;
  /** Of the first that went on in a file: what went on in the epochs before, as far as something of that is still on the disk. */
  readonly past?: readonly Carried[];
  /** Of the first that went on in a file: the batch that it followed in each epoch before, the latest first. */
  readonly followed?: readonly ChainPlace[];
}

/** The place of a batch, without what was in it. Its hash stands for all that is before it in its epoch. */
export type ChainPlace = Pick<SealedBatch, "epoch" | "seq" | "hash">;

/** Seals a body behind the end of a chain. */
export type Reseal = (end: ChainPlace, body: Uint8Array) => SealedBatch;

/** SHA-256, as hex and as base64. */
export interface Sha256 {
  hex(text: string): string;
  base64(bytes: Uint8Array): string;
}

/** The end of a chain: where the next batch goes. */
export interface ChainEnd {
  readonly agent: string;
  readonly epoch: number;
  readonly seq: number;
  readonly hash: string;
}

export function seal(end: ChainEnd, body: Uint8Array, sha256: Sha256): SealedBatch {
  const digest = `sha-256=:${sha256.base64(body)}:`;
  const seq = end.seq + 1;
  const hash = sha256.hex(chainText({ agent: end.agent, epoch: end.epoch, seq, prev: end.hash, contentDigest: digest }));
  return { epoch: end.epoch, seq, prev: end.hash, digest, hash, body };
}

export const resealing =
  (agent: string, sha256: Sha256): Reseal =>
  (end, body) =>
    seal({ agent, ...end }, body, sha256);

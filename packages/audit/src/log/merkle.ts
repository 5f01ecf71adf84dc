/** The hashes of RFC 6962, section 2.1: a leaf can never be taken for a node. SHA-256 comes in from outside. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

export const HASH_BYTES = 32;
const LEAF = 0;
const NODE = 1;

export const leafHash = (leaf: Uint8Array, sha256: Sha256): Uint8Array => sha256(joined(Uint8Array.of(LEAF), leaf));

export const nodeHash = (left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array =>
  sha256(joined(Uint8Array.of(NODE), left, right));

/** Of a log without an entry. */
export const emptyRoot = (sha256: Sha256): Uint8Array => sha256(new Uint8Array());

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at]);

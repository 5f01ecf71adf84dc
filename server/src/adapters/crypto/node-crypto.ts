import { createHash, createPublicKey, hash, type KeyObject, randomBytes, randomUUID, verify } from "node:crypto";

/** SubjectPublicKeyInfo of Ed25519 (RFC 8410), all but the 32 bytes of the key. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** As a leap list carries it: against damage, not against a forger. */
export const sha1 = (ascii: string): string => createHash("sha1").update(ascii, "ascii").digest("hex");

/** Of its UTF-8 bytes, in hex. */
export const textSha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

export const nodeCrypto = {
  sha256: (data: Uint8Array | string): Uint8Array => hash("sha256", data, "buffer"),
  randomBytes: (count: number): Uint8Array => randomBytes(count),
  uuid: (): string => randomUUID(),
  /** False for a key that is no key: a host chose its bytes. */
  verifyEd25519(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
    try {
      return verify(null, Buffer.from(text), keyOf(publicKey), signature);
    } catch {
      return false;
    }
  },
};

const keyOf = (raw: Uint8Array): KeyObject => createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });

/** Keys that were made of bytes; they go when the bytes do. */
const made = new WeakMap<Uint8Array, KeyObject>();

function knownKeyOf(raw: Uint8Array): KeyObject {
  const known = made.get(raw);
  if (known !== undefined) return known;
  const key = keyOf(raw);
  made.set(raw, key);
  return key;
}

/** For many signatures by few keys, one after the other: the same bytes are made a key once. */
export function verifyByKnownKey(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
  try {
    return verify(null, Buffer.from(text), knownKeyOf(publicKey), signature);
  } catch {
    return false; // bytes that are no key
  }
}

/** For many signatures: checked beside the event loop, and the same bytes are made a key once. */
export const ingestCrypto = {
  sha256: nodeCrypto.sha256,
  verifyEd25519: (publicKey: Uint8Array, text: string, signature: Uint8Array): Promise<boolean> =>
    new Promise((resolve) => {
      try {
        verify(null, Buffer.from(text), knownKeyOf(publicKey), signature, (error, fits) => resolve(error === null && fits));
      } catch {
        resolve(false);
      }
    }),
};

import { createHash, createPublicKey, randomBytes, randomUUID, verify } from "node:crypto";

/** SubjectPublicKeyInfo of Ed25519 (RFC 8410), all but the 32 bytes of the key. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** As a leap list carries it: against damage, not against a forger. */
export const sha1 = (ascii: string): string => createHash("sha1").update(ascii, "ascii").digest("hex");

export const nodeCrypto = {
  sha256: (data: Uint8Array | string): Uint8Array => createHash("sha256").update(data).digest(),
  randomBytes: (count: number): Uint8Array => randomBytes(count),
  uuid: (): string => randomUUID(),
  /** False for a key that is no key: a host chose its bytes. */
  verifyEd25519(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean {
    try {
      const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: "der", type: "spki" });
      return verify(null, Buffer.from(text), key, signature);
    } catch {
      return false;
    }
  },
};

import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import type { Signer } from "@truebound/agent";

/** PrivateKeyInfo of Ed25519 (RFC 8410), all but the 32 bytes of the key. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

export interface SeededKey extends Signer {
  /** The raw public key. */
  readonly raw: Uint8Array;
}

/** An Ed25519 key that is the same for the same words. Its signatures are too. */
export function seededKey(words: string): SeededKey {
  const secret = createHash("sha256").update(words).digest();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: "der", type: "pkcs8" });
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return { publicKey: x, raw: Buffer.from(x, "base64url"), sign: (text) => sign(null, Buffer.from(text), key) };
}

/** A UUID that is the same for the same words. */
export function seededId(words: string): string {
  const hex = createHash("sha256").update(words).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

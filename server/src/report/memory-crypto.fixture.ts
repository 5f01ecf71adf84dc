import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import type { VerifyCrypto } from "@truebound/audit";
import { keyIdOf } from "../adapters/crypto/receipt-key.ts";
import { verifyCrypto } from "../adapters/crypto/verify-crypto.ts";
import { wireForms } from "./wire-forms.ts";

export const hashOf = (data: Uint8Array | string): Buffer => createHash("sha256").update(data).digest();
export const sha256Hex = (data: Uint8Array | string): string => hashOf(data).toString("hex");

export interface Key {
  readonly publicKey: Uint8Array;
  readonly keyId: string;
  sign(text: string): Uint8Array;
}

export function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return keyWith(privateKey, publicKey);
}

function keyWith(privateKey: KeyObject, publicKey: KeyObject): Key {
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x as string, "base64url");
  return { publicKey: raw, keyId: keyIdOf(raw), sign: (text) => sign(null, Buffer.from(text), privateKey) };
}

export const crypto = {
  sha256: (data: Uint8Array | string): Uint8Array => hashOf(data),
  verifyEd25519: verifyCrypto.verifyEd25519,
};
export const checks: VerifyCrypto = verifyCrypto;
/** Nothing here is packed. */
export const open = (bytes: Uint8Array) => ({ kind: "open", bytes }) as const;
export const wire = wireForms(open, sha256Hex);

import type { VerifyCrypto } from "@truebound/audit";
import { nodeCrypto, verifyByKnownKey } from "./node-crypto.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Only the one way in which those bytes are written: else two bundles that differ would be the same. */
function decoded(text: string, encoding: "hex" | "base64" | "base64url"): Uint8Array | null {
  const bytes = Buffer.from(text, encoding);
  return bytes.toString(encoding) === text ? bytes : null;
}

export const verifyCrypto: VerifyCrypto = {
  sha256: nodeCrypto.sha256,
  verifyEd25519: verifyByKnownKey,
  utf8: (text) => Buffer.from(text),
  text: (bytes) => {
    try {
      return decoder.decode(bytes);
    } catch {
      return null; // no UTF-8
    }
  },
  hex: (bytes) => Buffer.from(bytes).toString("hex"),
  fromHex: (text) => decoded(text, "hex"),
  base64: (bytes) => Buffer.from(bytes).toString("base64"),
  fromBase64: (text) => decoded(text, "base64"),
  base64url: (bytes) => Buffer.from(bytes).toString("base64url"),
  fromBase64url: (text) => decoded(text, "base64url"),
};

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileTrouble, StartupError } from "../embedded-postgres/startup-error.ts";

/** The key by which every server on one database signs its replies and receipts. */
export interface ReceiptKey {
  /** Raw Ed25519. */
  readonly publicKey: Uint8Array;
  /** As replies name it. */
  readonly keyId: string;
  sign(text: string): Uint8Array;
}

/** Reads the key; makes one on first use. Refuses one that others can read. */
export function openReceiptKey(path: string): ReceiptKey {
  try {
    if (!existsSync(path)) makeKey(path);
    if ((statSync(path).mode & 0o077) !== 0)
      throw new StartupError(`Cannot use the receipt key ${path}: others may read it; run chmod 600 on it`, 78);
    return keyOf(createPrivateKey(readFileSync(path)), path);
  } catch (error) {
    if (error instanceof StartupError) throw error;
    throw fileTrouble(`use the receipt key ${path} (TRUEBOUND_RECEIPT_KEY_FILE)`, error);
  }
}

function makeKey(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(path, pem, { mode: 0o600, flag: "wx", flush: true });
}

function keyOf(key: KeyObject, path: string): ReceiptKey {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  if (key.asymmetricKeyType !== "ed25519" || x === undefined)
    throw new StartupError(`Cannot use the receipt key ${path}: it is no Ed25519 key; openssl genpkey -algorithm ed25519 makes one`, 78);
  const publicKey = Buffer.from(x, "base64url");
  return { publicKey, keyId: keyIdOf(publicKey), sign: (text) => sign(null, Buffer.from(text), key) };
}

/** The first 16 characters of the base64url of its SHA-256. */
export const keyIdOf = (publicKey: Uint8Array): string => createHash("sha256").update(publicKey).digest("base64url").slice(0, 16);

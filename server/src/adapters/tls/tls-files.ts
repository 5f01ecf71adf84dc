import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { fileTrouble, StartupError } from "../embedded-postgres/startup-error.ts";

export interface TlsPaths {
  readonly certFile: string;
  readonly keyFile: string;
  /** The key that will follow, so that agents know it before it is in use; null = none yet. */
  readonly nextKeyFile: string | null;
}

/** What a TLS listener needs, and the pins by which agents know it. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the public keys (SPKI, DER), base64url: the present one first. */
  readonly pins: readonly string[];
}

/** Reads and checks all of it at the start: a key of another certificate is told then, not at the first handshake. */
export function readTls({ certFile, keyFile, nextKeyFile }: TlsPaths): TlsIdentity {
  const cert = read(certFile, "TRUEBOUND_TLS_CERT_FILE");
  const key = read(keyFile, "TRUEBOUND_TLS_KEY_FILE");
  const own = attempt(`use the certificate in ${certFile} (TRUEBOUND_TLS_CERT_FILE)`, () => new X509Certificate(cert));
  const secret = attempt(`use the key in ${keyFile} (TRUEBOUND_TLS_KEY_FILE)`, () => createPrivateKey(key));
  if (!own.checkPrivateKey(secret))
    throw new StartupError(`Cannot serve TLS: the key in ${keyFile} does not belong to the certificate in ${certFile}`, 78);
  attempt("serve TLS", () => createSecureContext({ cert, key, minVersion: "TLSv1.2" }));
  return { cert, key, pins: [pinOf(own.publicKey), ...(nextKeyFile === null ? [] : [nextPin(nextKeyFile)])] };
}

function nextPin(path: string): string {
  const text = read(path, "TRUEBOUND_TLS_NEXT_KEY_FILE");
  return pinOf(attempt(`use the key in ${path} (TRUEBOUND_TLS_NEXT_KEY_FILE)`, () => createPublicKey(createPrivateKey(text))));
}

export const pinOf = (key: KeyObject): string =>
  createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("base64url");

function read(path: string, setting: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw fileTrouble(`read ${path} (${setting})`, error);
  }
}

function attempt<T>(action: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new StartupError(`Cannot ${action}: ${cause instanceof Error ? cause.message : String(cause)}`, 78, { cause });
  }
}

import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import type { PersonKey } from "../../report/signoff/sign.ts";
import { fileTrouble, StartupError } from "../embedded-postgres/startup-error.ts";

/** The private key of a person who signs reports: PEM, as openssl writes it. */
export function openPersonKey(path: string): PersonKey {
  const key = readKey(path);
  const { x } = createPublicKey(key).export({ format: "jwk" });
  if (key.asymmetricKeyType !== "ed25519" || x === undefined)
    throw new StartupError(`Cannot sign with ${path}: it is no Ed25519 key; openssl genpkey -algorithm ed25519 makes one`, 78);
  return { publicKey: x, sign: (text) => sign(null, Buffer.from(text), key) };
}

function readKey(path: string) {
  try {
    return createPrivateKey(readFileSync(path));
  } catch (error) {
    throw fileTrouble(`read the private key ${path}`, error);
  }
}

/** For a person who has none: readable by nobody else, and never written over another one. */
export function makePersonKey(path: string): PersonKey {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" });
  try {
    writeFileSync(path, pem, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    throw fileTrouble(`make the private key ${path}`, error);
  }
  return openPersonKey(path);
}

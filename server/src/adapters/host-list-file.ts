import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { signHostList } from "../enrol/host-list.ts";
import { fileTrouble, StartupError } from "./embedded-postgres/startup-error.ts";

export interface SignedFile {
  /** The list with its signature, as JSON. */
  readonly text: string;
  /** Raw public half of the operator's key, base64url: what TRUEBOUND_HOST_LIST_KEY names. */
  readonly publicKey: string;
  readonly hosts: number;
}

/** `truebound host-list sign`: the list in a file, signed by the operator's key in another. */
export function signHostListFile(file: string, keyFile: string): SignedFile {
  const key = operatorKey(keyFile);
  const list = signHostList(read(file), (text) => sign(null, Buffer.from(text), key));
  if (typeof list === "string") throw new StartupError(`Cannot sign ${file}: ${list}`, 1);
  const { x = "" } = createPublicKey(key).export({ format: "jwk" });
  return { text: `${JSON.stringify(list, null, 2)}\n`, publicKey: x, hosts: list.hosts.length };
}

function operatorKey(path: string): KeyObject {
  const text = read(path);
  if ((statSync(path).mode & 0o077) !== 0) throw new StartupError(`Cannot use the key ${path}: others may read it; run chmod 600 on it`, 1);
  const key = attempt(() => createPrivateKey(text));
  if (key?.asymmetricKeyType !== "ed25519")
    throw new StartupError(
      `Cannot use the key ${path}: it is no Ed25519 key; openssl genpkey -algorithm ed25519 -out ${path} makes one`,
      1,
    );
  return key;
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null; // no key in any form
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new StartupError(`Cannot read ${path}: there is no such file`, 1);
    throw fileTrouble(`read ${path}`, error);
  }
}

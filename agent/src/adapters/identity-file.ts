import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Policy, validator } from "@truebound/wire";
import type { NextKey } from "../report/key-rotation.ts";
import type { Identity, Signer } from "../report/ports.ts";
import type { Sha256 } from "../spool/sealed-batch.ts";

const isPolicy = validator(Policy);

/** Key and identity of the agent in its own folder, mode 0600, written whole or not at all. */
export class IdentityFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    // PostgreSQL, under another user, must be able to pass through the folder above to its own.
    mkdirSync(dirname(folder), { recursive: true, mode: 0o711 });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** The agent's key, made on first use. Refuses one that others can read. */
  signer(): Signer {
    return this.#keyIn("key.pem");
  }

  /** The key that is to follow it. */
  nextKey(): NextKey {
    const path = join(this.#folder, "key.next.pem");
    return {
      isThere: () => existsSync(path),
      signer: () => this.#keyIn("key.next.pem"),
      take: () => {
        renameSync(path, join(this.#folder, "key.pem"));
        syncFolder(this.#folder);
      },
    };
  }

  #keyIn(name: string): Signer {
    const path = join(this.#folder, name);
    if (!existsSync(path)) writeWhole(path, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string);
    if ((statSync(path).mode & 0o077) !== 0)
      throw new Error(`Cannot use ${path}: others may read this key; run chmod 600 on it, or delete it and enrol again`);
    return signerOf(createPrivateKey(readFileSync(path)));
  }

  identity(): Identity | null {
    const path = join(this.#folder, "identity.json");
    if (!existsSync(path)) return null;
    const read = JSON.parse(readFileSync(path, "utf8")) as Identity;
    if (read.version !== 1 || typeof read.agent !== "string" || typeof read.receiptKey !== "string" || !Array.isArray(read.pins))
      throw new Error(`Cannot read ${path}: not an identity of version 1; truebound-agent unenroll forgets it, then enrol again`);
    return read;
  }

  /** Forgets who this agent is: identity and key go, and what was not delivered is kept aside. */
  forget(): void {
    for (const name of ["identity.json", "key.pem", "key.next.pem", "policy.json"]) rmSync(join(this.#folder, name), { force: true });
    const spool = join(this.#folder, "spool");
    if (existsSync(spool)) renameSync(spool, join(this.#folder, `spool.unenrolled-${randomUUID()}`));
  }

  /**
   * Moves aside what belongs to another machine, in one folder of its own; returns that. The identity goes last: cut off before,
   * the next start does the rest.
   */
  setAside(): string {
    const folder = join(this.#folder, `cloned-${randomUUID()}`);
    mkdirSync(folder, { mode: 0o700 });
    for (const name of ["spool", "key.pem", "key.next.pem", "policy.json", "identity.json"])
      if (existsSync(join(this.#folder, name))) renameSync(join(this.#folder, name), join(folder, name));
    syncFolder(folder);
    syncFolder(this.#folder);
    return folder;
  }

  /** The last good policy, or null when there is none that this version accepts. */
  policy(): Policy | null {
    return keptPolicy(this.#folder);
  }

  keepPolicy(policy: Policy): void {
    writeWhole(join(this.#folder, "policy.json"), `${JSON.stringify(policy, null, 2)}\n`);
  }

  keep(identity: Identity): void {
    writeWhole(join(this.#folder, "identity.json"), `${JSON.stringify(identity, null, 2)}\n`);
  }
}

/** The policy that an agent keeps in its folder, without touching that. */
export function keptPolicy(folder: string): Policy | null {
  const path = join(folder, "policy.json");
  if (!existsSync(path)) return null;
  const read: unknown = JSON.parse(readFileSync(path, "utf8"));
  return isPolicy.accepts(read) ? read : null;
}

function writeWhole(path: string, text: string): void {
  const draft = `${path}.${randomUUID()}.new`;
  const fd = openSync(draft, "wx", 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  chmodSync(draft, 0o600);
  renameSync(draft, path);
  syncFolder(dirname(path));
}

/** A new name is durable only once its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function signerOf(key: KeyObject): Signer {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  if (x === undefined) throw new Error("Cannot use the agent's key: not an Ed25519 key");
  return { publicKey: x, sign: (text) => sign(null, Buffer.from(text), key) };
}

/** As a leap list carries it: over ASCII, no protection against a forger, only against damage. */
export const sha1 = (ascii: string): string => createHash("sha1").update(ascii, "ascii").digest("hex");

export const sha256: Sha256 = {
  hex: (text) => createHash("sha256").update(text).digest("hex"),
  base64: (bytes) => createHash("sha256").update(bytes).digest("base64"),
};

import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fchownSync,
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
import { ConfigError } from "../config.ts";
import type { NextKey } from "../report/key-rotation.ts";
import type { Identity, Signer } from "../report/ports.ts";
import type { Sha256 } from "../spool/sealed-batch.ts";
import { unkeepable } from "./kernel-file-system.ts";

const isPolicy = validator(Policy);
const KEY_FILES = ["key.pem", "key.next.pem", "key.former.pem"] as const;
/** What a server said to this very identity, and what was asked by its key: to any other it would be another's word. */
const CARRIER_FILES = ["carried.json", "join-request"] as const;

/** Changes of keys that may lie between a backup and now. */
const MOST_FORMER_KEYS = 4;

/** Key and identity of the agent in its own folder, mode 0600, written whole or not at all. */
export class IdentityFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    const why = unkeepable(folder);
    if (why !== null) throw new ConfigError(`Cannot use the folder ${folder}: ${why}; set TRUEBOUND_DATA_DIR to one on a disk`);
    // PostgreSQL, under another user, must be able to pass through the folder above to its own.
    mkdirSync(dirname(folder), { recursive: true, mode: 0o711 });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.X_OK);
  }

  /** The agent's key, made on first use. Refuses one that others can read, or that is not the one by which the server knows it. */
  signer(): Signer {
    const path = join(this.#folder, "key.pem");
    const known = this.identity();
    const cannot = (why: string) =>
      new ConfigError(`Cannot report as ${known?.agent}: ${why}; put the right one back, or run truebound-agent unenroll and enrol again`);
    if (known !== null && !existsSync(path)) throw cannot(`its key ${path} is gone`);
    const signer = this.#keyIn("key.pem");
    if (known?.publicKey !== undefined && known.publicKey !== signer.publicKey && known.formerKey !== signer.publicKey)
      throw cannot(`${path} holds another key than the one that it enrolled with`);
    return signer;
  }

  /** The key that is to follow it. */
  nextKey(): NextKey {
    const path = join(this.#folder, "key.next.pem");
    return {
      isThere: () => existsSync(path),
      signer: () => this.#keyIn("key.next.pem"),
      take: () => {
        this.#keepFormer();
        renameSync(path, join(this.#folder, "key.pem"));
        syncFolder(this.#folder);
      },
    };
  }

  /** The keys before the one in use, newest first: a server whose database was restored may know one of them only. */
  formerKeys(): readonly Signer[] {
    const path = this.#formerPath;
    return existsSync(path) ? pemsOf(readFileSync(path, "utf8")).map((pem) => readSigner(path, pem)) : [];
  }

  dropFormerKeys(): void {
    if (!existsSync(this.#formerPath)) return;
    rmSync(this.#formerPath);
    syncFolder(this.#folder);
  }

  get #formerPath(): string {
    return join(this.#folder, "key.former.pem");
  }

  /** The one in use is among them before it is replaced: cut off in between it is twice there, never lost. */
  #keepFormer(): void {
    const present = join(this.#folder, "key.pem");
    const texts = [present, this.#formerPath].filter((path) => existsSync(path)).map((path) => readFileSync(path, "utf8"));
    const pems = [...new Set(texts.flatMap(pemsOf))].slice(0, MOST_FORMER_KEYS);
    writeWhole(this.#formerPath, pems.join(""));
  }

  #keyIn(name: string): Signer {
    const path = join(this.#folder, name);
    if (!existsSync(path)) writeWhole(path, generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }) as string);
    if ((statSync(path).mode & 0o077) !== 0)
      throw new ConfigError(`Cannot use ${path}: others may read this key; run chmod 600 on it, or delete it and enrol again`);
    return readSigner(path, readFileSync(path, "utf8"));
  }

  identity(): Identity | null {
    return keptIdentity(this.#folder);
  }

  /** Forgets who this agent is: identity and key go, what a server said to it too, and what was not delivered is kept aside. */
  forget(): void {
    for (const name of ["identity.json", ...KEY_FILES, "policy.json", ...CARRIER_FILES]) rmSync(join(this.#folder, name), { force: true });
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
    for (const name of ["spool", ...KEY_FILES, "policy.json", ...CARRIER_FILES, "identity.json"])
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

/** Who an agent is by its folder, without touching that; null = nobody's. */
export function keptIdentity(folder: string): Identity | null {
  const path = join(folder, "identity.json");
  if (!existsSync(path)) return null;
  const read = (parseJson(readFileSync(path, "utf8")) ?? {}) as Identity;
  if (read.version !== 1 || typeof read.agent !== "string" || typeof read.receiptKey !== "string" || !Array.isArray(read.pins))
    throw new ConfigError(
      `Cannot read ${path}: it is torn, or not an identity of version 1; truebound-agent unenroll forgets it, then enrol again`,
    );
  return read;
}

/** The policy that an agent keeps in its folder, without touching that. */
export function keptPolicy(folder: string): Policy | null {
  const path = join(folder, "policy.json");
  if (!existsSync(path)) return null;
  const read = parseJson(readFileSync(path, "utf8"));
  return isPolicy.accepts(read) ? read : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // torn: as good as none
  }
}

/** One or more private keys of a file, each as it would stand alone. */
const pemsOf = (text: string): readonly string[] =>
  (text.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g) ?? []).map((pem) => `${pem}\n`);

function readSigner(path: string, pem: string): Signer {
  try {
    return signerOf(createPrivateKey(pem));
  } catch (error) {
    throw new ConfigError(`Cannot use ${path}: ${(error as Error).message}; run truebound-agent unenroll and enrol again`);
  }
}

export function writeWhole(path: string, text: string): void {
  const draft = `${path}.${randomUUID()}.new`;
  try {
    writeDraft(draft, text);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
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

function writeDraft(path: string, text: string): void {
  const fd = openSync(path, "wx", 0o600);
  try {
    // By the descriptor: whoever owns the folder may have put another file under this name, and we may be root.
    fchmodSync(fd, 0o600);
    giveToOwner(fd, dirname(path));
    // On a full disk a part may be written without an error.
    if (writeSync(fd, text) < Buffer.byteLength(text)) throw new Error(`no space left for ${path}`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** What root writes for a service belongs to the service, whose folder it is: it could not read its own key otherwise. */
function giveToOwner(fd: number, folder: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  if (uid !== 0) fchownSync(fd, uid, gid);
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

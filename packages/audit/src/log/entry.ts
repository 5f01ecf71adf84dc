import { canonicalJson, type Json } from "../canonical-json.ts";
import { joined, leafHash, type Sha256 } from "./merkle.ts";

/** One thing that the log says. Instants in ns are decimal strings, keys and signatures base64url, digests hex. */
export type LogEntry =
  | BatchEntry
  | StatementEntry
  | MismatchEntry
  | AcknowledgeEntry
  | HostEntry
  | DeclaredEntry
  | DeletionEntry
  | ExportEntry
  | ServerKeyEntry
  | LeftMonthEntry;

interface Place {
  readonly host: string;
  readonly epoch: number;
  readonly seq: number;
}

/** A batch as it lies in the store: it was read again, and hashed again, before this was written. */
export interface BatchEntry extends Place {
  readonly kind: "batch";
  /** Of the chain. */
  readonly hash: string;
  readonly received_at_ns: string;
}

/** The spans that an agent signed apart, so that they keep their proof when the batch is gone. */
export interface StatementEntry extends Place {
  readonly kind: "statement";
  /** SHA-256 of the statement's body and its signature. */
  readonly digest: string;
}

/** What is stored of a batch is not what was received. */
export interface MismatchEntry extends Place {
  readonly kind: "mismatch";
  /** Its bytes do not fit its hash; it does not follow the batch before; it is there a second time; it is not there, up to `to_seq`. */
  readonly why: "changed" | "unchained" | "twice" | "missing";
  readonly to_seq?: number;
  /** As it is stored. */
  readonly hash?: string;
  readonly body_sha256?: string;
}

/** A person has looked at what does not fit; `host` null = at what is of no host. */
export interface AcknowledgeEntry {
  readonly kind: "acknowledge";
  readonly host: string | null;
  readonly note: string;
  /** Where the host's log stopped, and up to where it may go on. */
  readonly from?: ChainSpot;
  readonly through?: ChainSpot;
  /** Places of what was logged and is not now what it was. */
  readonly differences?: readonly string[];
}

interface ChainSpot {
  readonly epoch: number;
  readonly seq: number;
}

/** What became of a host: who it is, its keys, whether it may report. */
export interface HostEntry {
  readonly kind: "enrol" | "key" | "key_use" | "activate" | "suspend" | "revoke" | "retire";
  readonly host: string;
  readonly [more: string]: Json;
}

/** What people set or handed in; `sha256` is that of its canonical text, null = it was removed. */
export interface DeclaredEntry {
  readonly kind: "label" | "scope" | "profile" | "exemption" | "inventory" | "document" | "signer" | "signoff" | "rule" | "hold";
  readonly what: string;
  readonly sha256: string | null;
  readonly [more: string]: Json;
}

/** Evidence that was removed; `from` and `to` say of what time or which numbers. */
export interface DeletionEntry {
  readonly kind: "deletion";
  readonly what: string;
  readonly from: Json;
  readonly to: Json;
  readonly count: number;
  readonly [more: string]: Json;
}

export interface ExportEntry {
  readonly kind: "export";
  readonly report: string;
  readonly sha256: string;
  readonly [more: string]: Json;
}

/** The key that signs heads from here on. */
export interface ServerKeyEntry {
  readonly kind: "server_key";
  readonly key_id: string;
  readonly public_key: string;
  /** Absent for the first key. With it `since_ns`, `signature` (by the key before; null = that one was lost) and `proof`. */
  readonly before?: string;
  readonly since_ns?: string;
  readonly signature?: string | null;
  readonly proof?: string;
}

/** A month that the key in use did not sign anew, since what is stored of it is not what a lost key had signed. */
export interface LeftMonthEntry {
  readonly kind: "left_month";
  /** "log 2026-05" */
  readonly what: string;
  readonly shard: string;
  /** Of its last head, by the lost key. */
  readonly number: number;
  readonly size: number;
  readonly root: string;
  /** SHA-256 of that head's text, hex. */
  readonly head: string;
  readonly public_key: string;
  readonly why: string;
}

export const SALT_BYTES = 16;

/** HMAC-SHA-256. */
export type Hmac = (key: Uint8Array, message: Uint8Array) => Uint8Array;

/** Without it a leaf's hash tells nobody what the leaf may be; with it one leaf is opened and no other. */
export function saltOf(secret: Uint8Array, index: number, hmac: Hmac): Uint8Array {
  const message = new Uint8Array(8);
  new DataView(message.buffer).setBigUint64(0, BigInt(index));
  return hmac(secret, message).subarray(0, SALT_BYTES);
}

export const entryText = (entry: LogEntry): string => canonicalJson(entry as unknown as Json);

/** The bytes under a leaf's hash, from an entry's canonical text as UTF-8. */
export const leafBytes = (salt: Uint8Array, text: Uint8Array): Uint8Array => joined(salt, text);

export const entryHash = (salt: Uint8Array, text: Uint8Array, sha256: Sha256): Uint8Array => leafHash(leafBytes(salt, text), sha256);

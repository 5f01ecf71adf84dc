import type { UtcInstant } from "@truebound/time";
import type { LabelSet, PolicyRule } from "../policy/choose-policy.ts";
import type { Claim, SignedClaim } from "./claim.ts";
import type { Before, Derived } from "./derive.ts";
import type { HostKeys } from "./host-keys.ts";
import type { HostChain } from "./sequence.ts";

export interface IngestCrypto {
  sha256(data: Uint8Array | string): Uint8Array;
  verifyEd25519(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean;
}

/** What the server states of a stored batch, for good. */
export type SignReceipt = (text: string) => Uint8Array;

export interface StoredBatch {
  /** Hex chain hash. */
  readonly hash: string;
  /** By the clock of the database. */
  readonly receivedAt: UtcInstant;
}

/** A host whose row is locked until the work on it commits or fails. */
export interface HeldHost {
  readonly chain: HostChain;
  readonly keys: HostKeys;
  readonly checkpointedSeq: number;
  readonly labels: LabelSet;
  readonly rules: readonly PolicyRule[];
  readonly before: Before;
  /** By the clock of the database. */
  readonly receivedAt: UtcInstant;
  /** What is stored under this number; null = nothing. */
  stored(epoch: number, seq: number): Promise<StoredBatch | null>;
  /** A batch that is signed by the host and beside its chain, refused. An event tells of the first from each place in a row. */
  noteFork(claim: Claim): Promise<void>;
  /** Evidence, everything derived from it, the host's next number and its key, or nothing of them. Returns the new checkpoint. */
  store(claim: SignedClaim, hash: string, body: Uint8Array, derived: Derived): Promise<number>;
}

export interface IngestStore {
  /** Newest first; none = there is no such host. */
  keysOf(agent: string): Promise<readonly Uint8Array[]>;
  /** Runs `work` in one transaction that commits when it returns. Null = there is no such host. */
  withHost<T>(agent: string, work: (held: HeldHost) => Promise<T>): Promise<T | null>;
  /** True for an error by which the database refuses a value, whoever sends it again. */
  isRefusalOfData(error: unknown): boolean;
}

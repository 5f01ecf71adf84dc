import type { UtcInstant } from "@truebound/time";
import type { Rehearsal } from "@truebound/wire";
import type { LabelSet, PolicyRule } from "../policy/choose-policy.ts";
import type { Claim } from "./claim.ts";
import type { Before } from "./derive.ts";
import type { HostKeys } from "./host-keys.ts";
import type { HostChain, Place } from "./sequence.ts";
import type { HostChange } from "./settle.ts";

export interface IngestCrypto {
  sha256(data: Uint8Array | string): Uint8Array;
  /** False also for what is no key. */
  verifyEd25519(publicKey: Uint8Array, text: string, signature: Uint8Array): Promise<boolean>;
}

/** The JSON text of a batch's bytes, of no more than `most` bytes. */
export type OpenContent = (
  bytes: Uint8Array,
  most: number,
) => { readonly kind: "open"; readonly bytes: Uint8Array } | { readonly kind: "too_long" } | { readonly kind: "damaged" };

/** What the server states of a stored batch, for good. */
export type SignReceipt = (text: string) => Uint8Array;

export interface StoredBatch {
  /** Hex chain hash. */
  readonly hash: string;
  /** By the clock of the database. */
  readonly receivedAt: UtcInstant;
}

/** What is known of a host whose row is locked. */
export interface HostFacts {
  readonly id: string;
  readonly chain: HostChain;
  readonly keys: HostKeys;
  readonly checkpointedSeq: number;
  readonly labels: LabelSet;
  readonly before: Before;
  /** What is shown of it: boot and place of the reading. */
  readonly shown: Before;
  /** Where its latest batch came from. */
  readonly address: string | null;
  /** One came within three of the longest report intervals. */
  readonly isHeard: boolean;
  /** Its latest report came in a file, or it was let in by one. */
  readonly carried: boolean;
  readonly fork: { readonly attempts: bigint; readonly address: string | null };
  /** It is asked to measure anew, with this word; null = it is not. */
  readonly burstWanted: string | null;
  /** It is asked for what it recorded around this incident; null = it is not. */
  readonly flightWanted: bigint | null;
  /** It is asked to rehearse a fault; null = it is not. */
  readonly rehearsalWanted: Rehearsal | null;
  /** What is not checkpointed yet has waited long enough that some of it may be. */
  readonly checkpointDue: boolean;
  /** By the clock of the database. */
  readonly receivedAt: UtcInstant;
}

/** One transaction. What it writes commits together or not at all. */
export interface Ledger {
  /**
   * Locks these hosts until the end. One that somebody else holds is left out, unless `wait`: then it is waited for. Hosts are
   * never deleted, so one that is left out is busy.
   */
  hold(hosts: readonly string[], wait: boolean): Promise<ReadonlyMap<string, HostFacts>>;
  /** What is stored under these numbers, by `placeKey`. */
  stored(places: readonly HostPlace[]): Promise<ReadonlyMap<string, StoredBatch>>;
  /** Number of the last batch of an epoch that another one followed; undefined = there was no such epoch. */
  epochEnd(host: string, epoch: number): Promise<number | undefined>;
  /** The last epoch before this one, and the number of its last batch; undefined = there was none. */
  epochBefore(host: string, epoch: number): Promise<EndedEpoch | undefined>;
  rules(): Promise<readonly PolicyRule[]>;
  /** The chain's batches after the checkpoint, in order, and which of them are older than the refill window and under a head of the log. */
  afterCheckpoint(host: string, place: Place): Promise<readonly Aging[]>;
  write(changes: readonly HostChange[]): Promise<void>;
  /** A batch that is signed by the host and beside its chain. An event tells of the first from each place in a row. */
  noteFork(facts: HostFacts, claim: Claim): Promise<void>;
}

export interface EndedEpoch {
  readonly epoch: number;
  /** 0 = it had no batch. */
  readonly lastSeq: number;
}

/** A batch after the checkpoint. */
export interface Aging {
  readonly seq: number;
  readonly old: boolean;
  readonly receivedAt: UtcInstant;
}

export interface HostPlace extends Place {
  readonly host: string;
}

export const placeKey = ({ host, epoch, seq }: HostPlace): string => `${host}/${epoch}/${seq}`;

export interface IngestStore {
  /** The keys by which the agent may sign, raw, newest first; empty = there is no such agent. They may be some seconds old unless asked `afresh`. */
  keysOf(agent: string, afresh: boolean): Promise<readonly Uint8Array[]>;
  transaction<T>(work: (ledger: Ledger) => Promise<T>): Promise<T>;
  /** True for an error by which the database refuses a value, whoever sends it again. */
  isRefusalOfData(error: unknown): boolean;
}

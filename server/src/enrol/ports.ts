import type { UtcInstant } from "@truebound/time";
import type { LabelSet, PolicyRule } from "../policy/choose-policy.ts";

export interface EnrolCrypto {
  sha256(data: Uint8Array | string): Uint8Array;
  verifyEd25519(publicKey: Uint8Array, text: string, signature: Uint8Array): boolean;
  randomBytes(count: number): Uint8Array;
  uuid(): string;
}

/** A host that already holds the key that asks. */
export interface KnownHost {
  readonly id: string;
  readonly name: string;
  readonly epoch: number;
  readonly nextSeq: number;
  /** When its latest report came, by the clock of the database; null = none did. */
  readonly heardAt: UtcInstant | null;
  readonly state: string;
  readonly ephemeralHours: number | null;
  /** Hash of what let it in. */
  readonly enrolledWith: Uint8Array;
}

export interface NewHost {
  readonly id: string;
  readonly name: string;
  readonly labels: LabelSet;
  readonly publicKey: Uint8Array;
  readonly genesis: string;
  /** Hash of what let it in. */
  readonly enrolledWith: Uint8Array;
  readonly bootId: string;
  readonly software: string;
  readonly state: "active" | "pending";
  readonly ephemeralHours: number | null;
}

export interface SpentToken {
  /** Imposed on the host, whatever it says. */
  readonly labels: LabelSet;
  /** null = any name. */
  readonly namePattern: string | null;
  /** A person must let the host in. */
  readonly approval: boolean;
  /** null = the host stays. */
  readonly ephemeralHours: number | null;
}

/** One enrolment: everything below commits together or not at all. */
export interface Enrolment {
  /** Until when it would have been valid, by the clock of the database; null = it is not. Said once of each. */
  spendChallenge(challenge: Uint8Array): Promise<UtcInstant | null>;
  /** The clock of the database, s since the Unix epoch. */
  nowSeconds(): Promise<number>;
  /** A host of another key came in by this. */
  isUsedByAnother(hash: Uint8Array, publicKey: Uint8Array): Promise<boolean>;
  /** What the token permits; null = no such token, spent, revoked or expired. Takes one use. */
  spendToken(hash: Uint8Array): Promise<SpentToken | null>;
  /** Locks the host of that key, if there is one. */
  hostOfKey(publicKey: Uint8Array): Promise<KnownHost | null>;
  /** It was some host's key, and another one took its place. */
  wasReplaced(publicKey: Uint8Array): Promise<boolean>;
  /** False when the name is taken. */
  insertHost(host: NewHost): Promise<boolean>;
  /** A retired host comes back, under the name if that is free; false when it is not. */
  revive(
    host: string,
    name: string,
    to: { readonly state: "active" | "pending"; readonly ephemeralHours: number | null },
  ): Promise<boolean>;
  /** For its list of events: the name that it asked for was another's. */
  noteRenamed(host: string, wish: string, name: string): Promise<void>;
  startEpoch(host: string, epoch: number, genesis: string, enrolledWith: Uint8Array): Promise<void>;
  /** Labels as stored, and the rules of policy. */
  policyOf(host: string): Promise<{ readonly labels: LabelSet; readonly rules: readonly PolicyRule[] }>;
}

export interface EnrolStore {
  /** False when too many are open already, all in all or of this network. */
  openChallenge(challenge: Uint8Array, seconds: number, network: string): Promise<boolean>;
  enrol<T>(work: (enrolment: Enrolment) => Promise<T>): Promise<T>;
  insertToken(token: {
    readonly hash: Uint8Array;
    readonly labels: LabelSet;
    readonly uses: number;
    readonly ttlSeconds: number;
    readonly namePattern: string | null;
    readonly approval: boolean;
    readonly ephemeralHours: number | null;
  }): Promise<void>;
}

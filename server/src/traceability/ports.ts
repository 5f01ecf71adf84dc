import type { UtcInstant } from "@truebound/time";
import type { LabelSet } from "../policy/choose-policy.ts";
import type { ChainDocument, ChainReview, ReviewedChain } from "./chain.ts";
import type { Look } from "./observe.ts";
import type { DocumentTerms } from "./requests.ts";

export interface ChainHost {
  readonly id: string;
  readonly name: string;
  readonly labels: LabelSet;
}

export interface NewDocument extends Omit<DocumentTerms, "who"> {
  readonly who: string;
  readonly sha256: Uint8Array;
  readonly fileName: string;
  /** Null = only the hash is kept. */
  readonly content: Uint8Array | null;
}

export interface TraceabilityStore {
  /** The clock of the database. */
  now(): Promise<UtcInstant>;
  /** One by id or name, or all active ones with these labels; at most `most` + 1. */
  hosts(on: { readonly host: string } | { readonly selector: LabelSet }, most: number): Promise<ChainHost[]>;
  /** Of each host the first batch in each of `count` equal parts of the period. */
  looks(host: ChainHost, from: UtcInstant, to: UtcInstant, count: number): Promise<Look[]>;
  /** All there ever were, the oldest first. */
  documents(): Promise<ChainDocument[]>;
  /** The latest first. */
  reviews(): Promise<ChainReview[]>;
  /** Returns its id; null = `replaces` names none. */
  addDocument(document: NewDocument): Promise<string | null>;
  /** Null = there is none; content null = only its hash is kept. */
  content(id: string): Promise<{ readonly content: Uint8Array | null; readonly sha256: string } | null>;
  addReview(review: {
    readonly selector: LabelSet;
    readonly who: string;
    readonly statement: string;
    readonly chain: ReviewedChain;
  }): Promise<void>;
  /** The host whose key this is or was; null = no host's. */
  hostOfKey(publicKey: Uint8Array): Promise<ChainHost | null>;
}

export interface TraceabilityPorts {
  readonly store: TraceabilityStore;
  readonly sha256: (bytes: Uint8Array | string) => Uint8Array;
  readonly verify: (publicKey: Uint8Array, text: string, signature: Uint8Array) => boolean;
  readonly files: {
    /** The bytes of a file; refuses what is longer than `most`. */
    read(path: string, most: number): Promise<Uint8Array>;
    /** Into a new file. */
    write(path: string, bytes: Uint8Array): Promise<void>;
    nameOf(path: string): string;
  };
}

import type { SignedRequest } from "@truebound/wire";
import type { Losses } from "./losses.ts";
import type { Machine } from "./machine.ts";

/** An HTTP answer, or why there is none. Never rejects. */
export type HttpAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly body: unknown; readonly retryAfterSeconds: number | null }
  | { readonly kind: "no_answer"; readonly reason: string };

/** The way to the server. */
export interface ServerLink {
  /** POSTs JSON. */
  post(path: string, body: unknown): Promise<HttpAnswer>;
  /** POSTs JSON, or bytes as they are, signed as what this agent says beside its batches. */
  postSigned(path: string, agent: string, body: unknown): Promise<HttpAnswer>;
  /** POSTs a signed delivery: `request` describes what the headers must say. */
  postBatches(request: Omit<SignedRequest, "method" | "targetUri">, body: Uint8Array): Promise<HttpAnswer>;
}

/** The agent's own key. */
export interface Signer {
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string;
  /** Ed25519 over the UTF-8 bytes of the text. */
  sign(text: string): Uint8Array;
}

/** Who this agent is to its server. Kept 0600 beside the spool. */
export interface Identity {
  readonly version: 1;
  readonly agent: string;
  readonly server: string;
  /** The epoch of the chain that it writes. */
  readonly epoch: number;
  /** Raw public key by which the server signs its replies, base64url. */
  readonly receiptKey: string;
  /** Pins of the server's TLS keys; empty = an authority vouches for it, or it is on this machine. */
  readonly pins: readonly string[];
  /** Raw public key by which the server knows it, base64url; absent from identities of older versions. */
  readonly publicKey?: string;
  /** The one before, which may still lie in its place where a change of keys was cut short. */
  readonly formerKey?: string;
  /** Where the chain ended when the key in use took its place: what lies behind only that one has signed. */
  readonly keyAfter?: { readonly epoch: number; readonly seq: number };
  /** What its server called it when it came in; absent from identities of older versions. */
  readonly name?: string;
  /** What its chain lost for good; absent = nothing. */
  readonly losses?: Losses;
  /** True until the first batch of this enrolment: its epoch is not used yet. */
  readonly fresh?: boolean;
  /** It is retired when it stops. */
  readonly ephemeral?: boolean;
  /** It has said goodbye: it reports again only when it is let in again. */
  readonly retired?: boolean;
  /** Where it was made; absent in one of an earlier version. */
  readonly machine?: Machine;
}

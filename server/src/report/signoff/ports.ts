import type { ManifestHead, SignedStatement } from "@truebound/audit";
import type { UtcInstant } from "@truebound/time";
import type { KeyChange } from "@truebound/wire";
import type { HostLeaf, SignedHead } from "../ports.ts";
import type { LeftMonth } from "./registration.ts";

/** A person whose key is registered. */
export interface Signer {
  readonly name: string;
  /** Raw Ed25519, base64url. */
  readonly publicKey: string;
  readonly since: UtcInstant;
  readonly who: string;
}

export interface KeptSignoff extends SignedStatement {
  /** Of the canonical JSON of both, hex. */
  readonly digest: string;
}

/** Who signed, or signs next. */
export interface Signing {
  readonly name: string;
  /** Raw Ed25519, base64url. */
  readonly publicKey: string;
  /** Of the report and the digest of what they signed; null = they sign next. */
  readonly signed: { readonly report: string; readonly digest: string } | null;
}

export interface Unproved extends Signing, LeftMonth {}

/** A leaf with its path to the head of its shard. */
export interface ProvedLeaf extends HostLeaf {
  readonly proof: readonly Uint8Array[];
}

export interface SignoffProofs {
  /** One for each shard that a leaf is of. */
  readonly heads: readonly SignedHead[];
  /** In the order of the sign-offs. */
  readonly leaves: readonly { readonly signer: ProvedLeaf; readonly leaf: ProvedLeaf }[];
  /** From the head of the report to the one of its shard; nothing where none is. */
  readonly consistency: readonly Uint8Array[];
}

/** People, and what they signed; nothing of it is ever changed. */
export interface SignoffBook {
  now(): Promise<UtcInstant>;
  /** Whose keys are in force, by name. */
  signers(): Promise<readonly Signer[]>;
  /** Null key = this person signs no more. False = another person has that key. */
  setSigner(name: string, publicKey: string | null, who: string): Promise<boolean>;
  /** In the order in which they signed. */
  of(report: string): Promise<readonly KeptSignoff[]>;
  /** False = somebody else signed meanwhile, so that this one is not over all that was signed before. */
  add(signoff: KeptSignoff): Promise<boolean>;
  /** How the key by which the log is sealed goes back to this one (raw Ed25519, base64url); null = it does not. */
  followingKeys(issuer: string): Promise<readonly KeyChange[] | null>;
  /** The first whose key, or what they signed, lies where the log cannot prove it (`registration.ts`); null = all can be. Seals the log first. */
  unproved(people: readonly Signing[]): Promise<Unproved | null>;
  /** Seals the log first. */
  proofs(signoffs: readonly KeptSignoff[], before: ManifestHead): Promise<SignoffProofs>;
}

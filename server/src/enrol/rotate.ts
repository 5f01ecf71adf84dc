import type { UtcInstant } from "@truebound/time";
import { type RotateReply, RotateRequest, rotateText, validator } from "@truebound/wire";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import type { EnrolCrypto } from "./ports.ts";
import { type PostClaim, type PostRequest, parseBody, readSignedPost } from "./signed-post.ts";

/** Why a key may follow another: kept, so that it can be checked without this server. */
export interface Endorsement {
  readonly publicKey: Uint8Array;
  readonly challenge: Uint8Array;
  readonly oldSignature: Uint8Array;
  readonly newSignature: Uint8Array;
}

/** A host's keys, its row locked until the work on it commits. */
export interface HeldKeys {
  readonly state: "pending" | "active" | "suspended" | "revoked" | "retired";
  /** In use. */
  readonly present: Uint8Array;
  /** Agreed on, and has signed nothing yet. */
  readonly next: Uint8Array | null;
  /** Until when it would have been valid, by the clock of the database; null = it is not. Said once of each. */
  spendChallenge(challenge: Uint8Array): Promise<UtcInstant | null>;
  /** Somebody has or had this key, perhaps the host itself. */
  isTaken(publicKey: Uint8Array): Promise<boolean>;
  /** In place of one that was agreed on before and signed nothing. */
  agree(endorsement: Endorsement): Promise<void>;
}

export interface KeyStore {
  /** Null = there is no such host. */
  withKeys<T>(agent: string, work: (held: HeldKeys) => Promise<T>): Promise<T | null>;
}

export interface RotatePorts {
  readonly store: KeyStore;
  readonly crypto: Pick<EnrolCrypto, "sha256" | "verifyEd25519">;
}

const schema = validator(RotateRequest);

/**
 * Agrees with an agent on its next key. Both are good until a batch that the next one signed is stored, so whatever is lost
 * on the way, and wherever the agent is interrupted, it holds a key that is taken. Asked again it agrees again.
 */
export async function agreeOnKey({ store, crypto }: RotatePorts, request: PostRequest): Promise<RotateReply | Refusal> {
  const claim = readSignedPost(request, crypto);
  if (isRefusal(claim)) return claim;
  const body = parseBody(request.body);
  if (!schema.accepts(body)) return refuse("malformed", "The request is no change of keys", { errors: schema.errors(body) });
  const outcome = await store.withKeys(claim.agent, (held) => settle(crypto, held, claim, body));
  return outcome ?? refuse("unknown_agent", `No agent ${claim.agent} is enrolled here`);
}

async function settle(
  crypto: RotatePorts["crypto"],
  held: HeldKeys,
  claim: PostClaim,
  request: RotateRequest,
): Promise<RotateReply | Refusal> {
  const mayNot = refusalOf(crypto, held, claim, request);
  if (mayNot !== null) return mayNot;
  const endorsement = endorsementOf(request);
  if ((await held.spendChallenge(endorsement.challenge)) === null)
    return refuse("bad_challenge", "The challenge is unknown, used or older than a minute");
  const agreed = { version: 1, agent: claim.agent, public_key: request.public_key } as const;
  if (held.next !== null && same(held.next, endorsement.publicKey)) return agreed;
  if (await held.isTaken(endorsement.publicKey))
    return refuse("bad_request", "Cannot agree on a key that was in use before: make a new one");
  await held.agree(endorsement);
  return agreed;
}

function refusalOf(crypto: RotatePorts["crypto"], held: HeldKeys, claim: PostClaim, request: RotateRequest): Refusal | null {
  if (!claim.isBy(held.present))
    return held.next !== null && claim.isBy(held.next)
      ? refuse("bad_request", "The key that was agreed on last has signed no batch yet: report by it before it is replaced")
      : refuse("bad_signature", "The signature is not by this agent's key over this request");
  if (held.state === "revoked") return refuse("revoked", "This agent was revoked");
  if (held.state !== "active") return refuse("suspended", `This agent is ${held.state}: its key is not changed now`);
  const { publicKey, oldSignature, newSignature } = endorsementOf(request);
  const text = rotateText(request);
  const isWhole =
    request.agent === claim.agent &&
    crypto.verifyEd25519(held.present, text, oldSignature) &&
    crypto.verifyEd25519(publicKey, text, newSignature);
  return isWhole ? null : refuse("bad_signature", "The change is not signed by both keys over this challenge");
}

const endorsementOf = (request: RotateRequest): Endorsement => ({
  publicKey: Buffer.from(request.public_key, "base64url"),
  challenge: Buffer.from(request.challenge, "base64url"),
  oldSignature: Buffer.from(request.old_signature, "base64url"),
  newSignature: Buffer.from(request.new_signature, "base64url"),
});

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

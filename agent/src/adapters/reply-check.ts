import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { KEY_CHANGES_HEADER, keysAfter, REPLY_LABEL, readKeyChanges, replyBase, replyInput } from "@truebound/wire";

export interface RawReply {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
}

/** The id by which a server names its key. `key`: raw, base64url. */
export const keyIdOf = (key: string): string => createHash("sha256").update(Buffer.from(key, "base64url")).digest("base64url").slice(0, 16);

/** A key that follows the known one, each vouched for by the one before, and by which the reply is signed; null = there is none. */
export function followedKey(reply: RawReply, known: string, requestSignature: string | null): string | null {
  const changes = readKeyChanges(reply.header(KEY_CHANGES_HEADER) ?? "");
  return keysAfter(known, changes, verifyText).find((key) => isSignedReply(reply, key, requestSignature)) ?? null;
}

const verifyText = (key: string, text: string, signature: string): boolean =>
  verify(null, Buffer.from(text), publicKeyOf(Buffer.from(key, "base64url")), Buffer.from(signature, "base64url"));

/** SubjectPublicKeyInfo of Ed25519 (RFC 8410), all but the 32 bytes of the key. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

const publicKeyOf = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });

/** True when the reply is by the holder of that key, to this very request, and whole. `receiptKey`: raw, base64url. */
export function isSignedReply(reply: RawReply, receiptKey: string, requestSignature: string | null): boolean {
  const publicKey = Buffer.from(receiptKey, "base64url");
  const contentDigest = `sha-256=:${createHash("sha256").update(reply.body).digest("base64")}:`;
  const signed = { status: reply.status, contentDigest, requestSignature, keyId: keyIdOf(receiptKey) };
  const [, signature] = new RegExp(`^${REPLY_LABEL}=:([A-Za-z0-9+/]{86}==):$`).exec(reply.header("signature") ?? "") ?? [];
  if (signature === undefined || reply.header("signature-input") !== replyInput(signed)) return false;
  return verify(null, Buffer.from(replyBase(signed)), publicKeyOf(publicKey), Buffer.from(signature, "base64"));
}

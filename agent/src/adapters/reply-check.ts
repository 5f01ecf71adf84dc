import { createHash, createPublicKey, verify } from "node:crypto";
import { REPLY_LABEL, replyBase, replyInput } from "@truebound/wire";

export interface RawReply {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly body: Uint8Array;
}

/** SubjectPublicKeyInfo of Ed25519 (RFC 8410), all but the 32 bytes of the key. */
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

/** True when the reply is by the holder of that key, to this very request, and whole. `receiptKey`: raw, base64url. */
export function isSignedReply(reply: RawReply, receiptKey: string, requestSignature: string | null): boolean {
  const publicKey = Buffer.from(receiptKey, "base64url");
  const contentDigest = `sha-256=:${createHash("sha256").update(reply.body).digest("base64")}:`;
  const keyId = createHash("sha256").update(publicKey).digest("base64url").slice(0, 16);
  const signed = { status: reply.status, contentDigest, requestSignature, keyId };
  const [, signature] = new RegExp(`^${REPLY_LABEL}=:([A-Za-z0-9+/]{86}==):$`).exec(reply.header("signature") ?? "") ?? [];
  if (signature === undefined || reply.header("signature-input") !== replyInput(signed)) return false;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: "der", type: "spki" });
  return verify(null, Buffer.from(replyBase(signed)), key, Buffer.from(signature, "base64"));
}

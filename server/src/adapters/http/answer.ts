import type { ServerResponse } from "node:http";
import { REPLY_LABEL, replyBase, replyInput } from "@truebound/wire";

/** What signs: the receipt key, and a hash. */
export interface ReplySigner {
  readonly keyId: string;
  sign(text: string): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
}

/** The headers that make an answer one of this server, to that request and no other. */
export function signatureHeaders(signer: ReplySigner, status: number, body: Uint8Array, requestSignature: string | null) {
  const contentDigest = `sha-256=:${Buffer.from(signer.sha256(body)).toString("base64")}:`;
  const reply = { status, contentDigest, requestSignature, keyId: signer.keyId };
  const signature = Buffer.from(signer.sign(replyBase(reply))).toString("base64");
  return { "Content-Digest": contentDigest, "Signature-Input": replyInput(reply), Signature: `${REPLY_LABEL}=:${signature}:` };
}

/** Sends a whole answer, signed. */
export function answerSigned(
  res: ServerResponse,
  signer: ReplySigner,
  requestSignature: string | null,
  {
    status,
    type,
    headers = {},
    text,
  }: { readonly status: number; readonly type: string; readonly headers?: Record<string, string>; readonly text: string },
): void {
  const body = Buffer.from(text);
  res.writeHead(status, {
    "Content-Type": type,
    "Content-Length": body.length,
    ...headers,
    ...signatureHeaders(signer, status, body, requestSignature),
  });
  res.end(body);
}

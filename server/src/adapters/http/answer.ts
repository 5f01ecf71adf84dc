import type { IncomingMessage, ServerResponse } from "node:http";
import { KEY_CHANGES_HEADER, type KeyChange, KNOWN_KEY_HEADER, REPLY_LABEL, replyBase, replyInput, sayKeyChanges } from "@truebound/wire";

/** What signs: the receipt key, and a hash. */
export interface ReplySigner {
  readonly keyId: string;
  sign(text: string): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
  /** How the key goes back to former ones. */
  readonly keyChanges: readonly KeyChange[];
}

/** Of the request that is answered. */
export interface Answered {
  readonly signature: string | null;
  /** The id of the server's key that the agent knows; null = it knows none yet. */
  readonly knownKey: string | null;
}

export const answeredBy = ({ headers }: IncomingMessage): Answered => ({
  signature: first(headers.signature),
  knownKey: first(headers[KNOWN_KEY_HEADER]),
});

const first = (value: string | string[] | undefined): string | null => (Array.isArray(value) ? value[0] : value) ?? null;

/** The headers that make an answer one of this server, to that request and no other; and how its key follows the one that the agent knows. */
export function signatureHeaders(signer: ReplySigner, status: number, body: Uint8Array, request: Answered): Record<string, string> {
  const { signature: requestSignature, knownKey } = request;
  const contentDigest = `sha-256=:${Buffer.from(signer.sha256(body)).toString("base64")}:`;
  const reply = { status, contentDigest, requestSignature, keyId: signer.keyId };
  const signature = Buffer.from(signer.sign(replyBase(reply))).toString("base64");
  const isFollowed = knownKey !== null && knownKey !== signer.keyId && signer.keyChanges.length > 0;
  return {
    "Content-Digest": contentDigest,
    "Signature-Input": replyInput(reply),
    Signature: `${REPLY_LABEL}=:${signature}:`,
    ...(isFollowed ? { [KEY_CHANGES_HEADER]: sayKeyChanges(signer.keyChanges) } : {}),
  };
}

/** Sends a whole answer, signed. */
export function answerSigned(
  res: ServerResponse,
  signer: ReplySigner,
  request: Answered,
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
    ...signatureHeaders(signer, status, body, request),
  });
  res.end(body);
}

/**
 * RFC 9421 signature of a reply, the fixed profile: the status, the digest of the body, and the signature of the request that
 * it answers (`;req`), so that no reply to another request, however true, can stand for it. An enrolment has no signature in
 * its headers: its reply is bound to nothing but itself.
 */
export interface SignedReply {
  readonly status: number;
  /** `sha-256=:BASE64:` of the body as sent (RFC 9530). */
  readonly contentDigest: string;
  /** The Signature header of the request, as it was sent; null = it had none. */
  readonly requestSignature: string | null;
  /** Names the key: base64url of the SHA-256 of the raw public key, the first 16 characters. */
  readonly keyId: string;
}

export const REPLY_LABEL = "receipt";

const components = ({ requestSignature }: Pick<SignedReply, "requestSignature">): string[] => [
  '"@status"',
  '"content-digest"',
  ...(requestSignature === null ? [] : ['"signature";req']),
];

export const replyParams = (reply: Pick<SignedReply, "requestSignature" | "keyId">): string =>
  `(${components(reply).join(" ")});keyid="${reply.keyId}";alg="ed25519"`;

/** The text under the signature (RFC 9421 section 2.5). */
export function replyBase(reply: SignedReply): string {
  const values = [String(reply.status), reply.contentDigest, ...(reply.requestSignature === null ? [] : [reply.requestSignature])];
  const lines = components(reply).map((name, index) => `${name}: ${values[index]}`);
  return [...lines, `"@signature-params": ${replyParams(reply)}`].join("\n");
}

export const replyInput = (reply: Pick<SignedReply, "requestSignature" | "keyId">): string => `${REPLY_LABEL}=${replyParams(reply)}`;

/** What the server says of a stored batch, for good: the same text, and so the same signature, however often it is asked. */
export interface ReceiptStatement {
  readonly agent: string;
  readonly epoch: number;
  readonly seq: number;
  /** Hex chain hash of the batch. */
  readonly hash: string;
  /** When it was first stored, by the clock of the database, ns since the Unix epoch. */
  readonly receivedAt: bigint;
}

export const receiptText = ({ agent, epoch, seq, hash, receivedAt }: ReceiptStatement): string =>
  ["truebound-receipt/1", agent, epoch, seq, hash, receivedAt].join("\n");

/**
 * RFC 9421 HTTP message signatures, the fixed profile of a delivery: always the same components in the same order, Ed25519.
 * Pure text; keys and hashes stay outside. `created` is sent as data and decides nothing: a host whose clock is wrong must
 * still be able to say so.
 */
export const BATCH_PATH = "/api/v1/batches";

export interface SignedRequest {
  readonly method: "POST";
  readonly targetUri: string;
  /** `sha-256=:BASE64:` of the body as sent (RFC 9530). */
  readonly contentDigest: string;
  readonly agent: string;
  readonly epoch: number;
  /** Number of the first batch. */
  readonly seq: number;
  /** Hex chain hash of the batch before the first; the genesis hash for number 1. */
  readonly prev: string;
  /** Hex chain hash of the last batch. The chain binds every batch to it, so one signature stands for all of them. */
  readonly head: string;
  /** `boot_id boottime_ns` at the moment of sending, so that the server can tell the age of what is in the batches. */
  readonly sent: string;
}

const COMPONENTS = [
  "@method",
  "@target-uri",
  "content-digest",
  "truebound-agent",
  "truebound-epoch",
  "truebound-seq",
  "truebound-prev",
  "truebound-head",
  "truebound-sent",
];

/** The value of `@signature-params`, and with its label that of Signature-Input. */
export const signatureParams = (agent: string): string =>
  `(${COMPONENTS.map((name) => `"${name}"`).join(" ")});keyid="${agent}";alg="ed25519"`;

/** The text under the signature (RFC 9421 section 2.5). */
export function signatureBase(request: SignedRequest): string {
  const values = [
    request.method,
    request.targetUri,
    request.contentDigest,
    request.agent,
    String(request.epoch),
    String(request.seq),
    request.prev,
    request.head,
    request.sent,
  ];
  const lines = COMPONENTS.map((name, index) => `"${name}": ${values[index]}`);
  return [...lines, `"@signature-params": ${signatureParams(request.agent)}`].join("\n");
}

export const SIGNATURE_LABEL = "truebound";
export const signatureInput = (agent: string): string => `${SIGNATURE_LABEL}=${signatureParams(agent)}`;

/** A batch's place in its agent's chain, and the digest of its own bytes. */
export interface ChainLink extends Pick<SignedRequest, "agent" | "epoch" | "seq" | "prev" | "contentDigest"> {}

/** The text whose SHA-256 is the batch's place in the chain. Independent of where and when it is sent, and with what. */
export const chainText = (batch: ChainLink): string =>
  ["truebound-batch/1", batch.agent, batch.epoch, batch.seq, batch.prev, batch.contentDigest].join("\n");

/** The text whose SHA-256 comes before the first batch of an epoch. */
export const genesisText = (agent: string, epoch: number): string => ["truebound-genesis/1", agent, epoch].join("\n");

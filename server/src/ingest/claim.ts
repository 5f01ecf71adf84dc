import { BATCH_PATH, CARRIER_SCHEME, SIGNATURE_LABEL, type SignedRequest, signatureBase, signatureInput } from "@truebound/wire";
import { type Refusal, refuse } from "../refusal.ts";

/** The head of a delivery as it came over HTTP, before anything in it is believed. */
export interface DeliveryHead {
  /** Schemes by which the listener can be dialled; two where a proxy terminates TLS before it and this machine's own agent does not use it. */
  readonly schemes: readonly ("http" | "https" | typeof CARRIER_SCHEME)[];
  /** Where it came from, as the listener or the declared proxy saw it; null = unknown. */
  readonly address: string | null;
  /** The Host header: the name that the agent dialled. */
  readonly host: string;
  header(name: string): string | undefined;
}

/** What the sender claims of itself and of its batches' place, and the signature that covers the claim. */
export interface Claim extends SignedRequest {
  readonly address: string | null;
  readonly signature: Uint8Array;
}

/** A claim that one of the agent's keys has signed. */
export const BAD_SIGNATURE = refuse("bad_signature", "The signature is not by this agent's key over these headers");

export interface SignedClaim extends Claim {
  readonly signedBy: Uint8Array;
}

const AGENT = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const EPOCH = /^(0|[1-9]\d{0,8})$/;
/** Fifteen digits: a count that a double holds. */
const SEQ = /^(0|[1-9]\d{0,14})$/;
const HASH = /^[0-9a-f]{64}$/;
const VISIBLE = /^[\x20-\x7e]{1,200}$/;
const HOST = /^[A-Za-z0-9.\-_:[\]]{1,255}$/;
const DIGEST = /^sha-256=:[A-Za-z0-9+/]{43}=:$/;
/** The last character carries two bits: of those that decode to the same only one is taken, so that no bit of it is free. */
const SIGNATURE = new RegExp(`^${SIGNATURE_LABEL}=:([A-Za-z0-9+/]{85}[AQgw]==):$`);

const FORMS = {
  "truebound-agent": AGENT,
  "truebound-epoch": EPOCH,
  "truebound-seq": SEQ,
  "truebound-prev": HASH,
  "truebound-head": HASH,
  "truebound-sent": VISIBLE,
  "content-digest": DIGEST,
};

/**
 * `@target-uri` of the signature is the URI that the agent dialled: the scheme of the listener, the Host header, the path
 * of batches. A proxy that rewrites the Host header breaks the signature, and should.
 */
export function readClaim({ schemes, address, host, header }: DeliveryHead): Claim | Refusal {
  const bad = Object.entries(FORMS).find(([name, form]) => !form.test(header(name) ?? ""));
  if (bad) return refuse("bad_request", `Cannot use header ${bad[0]}: it is missing or not of the form that a delivery needs`);
  if (!HOST.test(host)) return refuse("bad_request", "Cannot use header host: it is missing or no name and port");
  const value = (name: keyof typeof FORMS) => header(name) as string;
  const agent = value("truebound-agent");
  const [, signature] = SIGNATURE.exec(header("signature") ?? "") ?? [];
  if (signature === undefined || header("signature-input") !== signatureInput(agent))
    return refuse("bad_signature", "The delivery carries no signature of the form that it needs");
  return {
    method: "POST",
    address,
    targetUri: `${schemes[0]}://${host}${BATCH_PATH}`,
    contentDigest: value("content-digest"),
    agent,
    epoch: Number(value("truebound-epoch")),
    seq: Number(value("truebound-seq")),
    prev: value("truebound-prev"),
    head: value("truebound-head"),
    sent: value("truebound-sent"),
    signature: Buffer.from(signature, "base64"),
  };
}

/** The same claim for each scheme that the agent can have dialled: only the one that is signed verifies. */
export const claimsOf = (claim: Claim, { schemes, host }: DeliveryHead): Claim[] =>
  schemes.map((scheme) => ({ ...claim, targetUri: `${scheme}://${host}${BATCH_PATH}` }));

/** Signed for a file, and so never dialled. */
export const isCarried = ({ targetUri }: Pick<Claim, "targetUri">): boolean => targetUri.startsWith(`${CARRIER_SCHEME}:`);

export const signedText = (claim: Claim): string => signatureBase(claim);

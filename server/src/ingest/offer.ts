import { chainText, decodeDelivery, genesisText, MAX_DELIVERY_TEXT_BYTES } from "@truebound/wire";
import { type ReadBatch, readBatch } from "../evidence/read-batch.ts";
import { type Refusal, refuse } from "../refusal.ts";
import type { SignedClaim } from "./claim.ts";
import type { OpenContent } from "./ports.ts";

/** One batch in its place in the chain. Hashes in hex. */
export interface Link {
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  /** As it came, and as it is kept. */
  readonly body: Uint8Array;
  readonly content: ReadBatch;
}

/** What an agent offers, by its own account: a run of its chain, and perhaps how its host stands now. */
export interface Offer {
  readonly claim: SignedClaim;
  /** The genesis hash of its epoch. */
  readonly genesis: string;
  /** At least one. */
  readonly links: readonly Link[];
  readonly live: ReadBatch | null;
}

export type Sha256 = (data: Uint8Array | string) => Uint8Array;

/** The parts of a body whose digest was checked, each read as far as it can be. */
export function readOffer(claim: SignedClaim, body: Uint8Array, sha256: Sha256, open: OpenContent): Offer | Refusal {
  const steps = offerInSteps(claim, body, sha256, open);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, a batch in a step: between two of them others may have their turn. */
export function* offerInSteps(claim: SignedClaim, body: Uint8Array, sha256: Sha256, open: OpenContent): Generator<void, Offer | Refusal> {
  const parts = decodeDelivery(body);
  if (typeof parts === "string") return refuse("malformed", `The delivery ${parts}`);
  const read = budgetReader(claim.agent, open);
  const links: Link[] = [];
  let prev = claim.prev;
  for (const [index, bytes] of parts.batches.entries()) {
    const seq = claim.seq + index;
    const contentDigest = digestHeader(sha256(bytes));
    const hash = hex(sha256(chainText({ agent: claim.agent, epoch: claim.epoch, seq, prev, contentDigest })));
    const content = read(bytes);
    yield;
    if (content === null) return TOO_MUCH_TEXT;
    links.push({ seq, prev, hash, body: bytes, content });
    prev = hash;
  }
  if (prev !== claim.head) return refuse("bad_request", "Cannot use header truebound-head: it is not the hash of the last batch");
  const live = parts.live && read(parts.live);
  if (parts.live !== null && live === null) return TOO_MUCH_TEXT;
  return { claim, genesis: hex(sha256(genesisText(claim.agent, claim.epoch))), links, live };
}

const TOO_MUCH_TEXT = refuse("too_large", "The batches decode to more than is taken at once; send fewer");

/** Of deflate, in any case. */
const MOST_INFLATION = 1032;

/** Reads batches until together they decode to more than a delivery may; then null. */
function budgetReader(agent: string, open: OpenContent): (bytes: Uint8Array) => ReadBatch | null {
  let left = MAX_DELIVERY_TEXT_BYTES;
  return (bytes) => {
    const text = open(bytes, left);
    if (text.kind === "too_long") return null;
    // What a damaged one has inflated to is not known: as much as its bytes can.
    left -= text.kind === "open" ? text.bytes.length : Math.min(left, MOST_INFLATION * bytes.length);
    return readOpened(text, agent);
  };
}

/** The one way from what was opened to a batch, when it comes and when it is derived from again. */
export const readOpened = (text: Exclude<ReturnType<OpenContent>, { readonly kind: "too_long" }>, agent: string): ReadBatch =>
  text.kind === "open"
    ? readBatch(text.bytes, agent)
    : { faults: [{ pointer: "", detail: "is deflated, but damaged or with another dictionary than that of batches" }] };

export const digestHeader = (digest: Uint8Array): string => `sha-256=:${Buffer.from(digest).toString("base64")}:`;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

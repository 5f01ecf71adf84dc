import { genesisText, type Receipt, receiptText } from "@truebound/wire";
import { parseSent } from "../evidence/placement.ts";
import { type ReadBatch, readBatch } from "../evidence/read-batch.ts";
import { choosePolicy, withLeapList } from "../policy/choose-policy.ts";
import { isRefusal, type Refusal, refuse } from "../refusal.ts";
import { type BatchRequest, type Claim, claimsOf, linkText, readClaim, type SignedClaim, signedText } from "./claim.ts";
import { type Derived, derive, epochEvent, quarantine } from "./derive.ts";
import { isOneOf, wantsRotation } from "./host-keys.ts";
import type { HeldHost, IngestCrypto, IngestStore, SignReceipt, StoredBatch } from "./ports.ts";
import { isPast, type Offer, takeTurn } from "./sequence.ts";

export interface IngestPorts {
  readonly store: IngestStore;
  readonly crypto: IngestCrypto;
  /** The leap list in force, as agents get it. */
  readonly leapList?: () => string;
  readonly signReceipt: SignReceipt;
  /** Pins of the TLS keys of the agents' listener. */
  readonly tlsPins: readonly string[];
  /** An agent is asked for another key when its own is in use for so many days; 0 = never for its age. */
  readonly keyDays: number;
}

/** A receipt, with what only the server's own counters need to know. */
export interface Accepted {
  readonly receipt: Receipt;
  readonly quarantined: string | null;
}

/**
 * The path of one batch: the bytes are those that were digested, the digest is what was signed, the signer is known, the
 * batch is next in its chain. Then it is stored, readable or not, with all that is derived from it, in one transaction;
 * the receipt is given after the commit.
 */
export async function receiveBatch(ports: IngestPorts, request: BatchRequest): Promise<Accepted | Refusal> {
  const claim = await authenticate(ports, request);
  if (isRefusal(claim)) return claim;
  const content = readBatch(request.body, claim.agent);
  try {
    return await accept(ports, claim, request.body, content);
  } catch (error) {
    if (!ports.store.isRefusalOfData(error) || "faults" in content) throw error;
    return accept(ports, claim, request.body, { faults: [{ pointer: "", detail: "holds a value that the database refuses" }] });
  }
}

async function authenticate({ store, crypto }: IngestPorts, request: BatchRequest): Promise<SignedClaim | Refusal> {
  const claim = readClaim(request);
  if (isRefusal(claim)) return claim;
  const digest = `sha-256=:${Buffer.from(crypto.sha256(request.body)).toString("base64")}:`;
  if (digest !== claim.contentDigest) return refuse("bad_digest", "The body is not the one of its Content-Digest");
  const keys = await store.keysOf(claim.agent);
  if (keys.length === 0) return refuse("unknown_agent", `No agent ${claim.agent} is enrolled here`);
  for (const signedBy of keys) {
    const signed = claimsOf(claim, request).find((one) => crypto.verifyEd25519(signedBy, signedText(one), one.signature));
    if (signed !== undefined) return { ...signed, signedBy };
  }
  return badSignature;
}

const badSignature = refuse("bad_signature", "The signature is not by this agent's key over these headers");

async function accept(ports: IngestPorts, claim: SignedClaim, body: Uint8Array, content: ReadBatch): Promise<Accepted | Refusal> {
  const hex = (text: string) => Buffer.from(ports.crypto.sha256(text)).toString("hex");
  const hashes = { hash: hex(linkText(claim)), genesis: hex(genesisText(claim.agent, claim.epoch)) };
  const outcome = await ports.store.withHost(claim.agent, (held) => settle(ports, held, claim, hashes, body, content));
  if (outcome === null) return refuse("unknown_agent", `No agent ${claim.agent} is enrolled here`);
  if (isRefusal(outcome)) return outcome;
  const { receipt: given } = outcome;
  return { ...outcome, receipt: { ...given, policy: withLeapList(given.policy, ports.leapList?.()) } };
}

type Hashes = Pick<Offer, "hash" | "genesis">;

async function settle(
  ports: IngestPorts,
  held: HeldHost,
  claim: SignedClaim,
  hashes: Hashes,
  body: Uint8Array,
  content: ReadBatch,
): Promise<Accepted | Refusal> {
  // Between the check of its signature and the lock the next key may have taken its place.
  if (!isOneOf(held.keys.keys, claim.signedBy)) return badSignature;
  const stored = isPast(held.chain, claim) ? await held.stored(claim.epoch, claim.seq) : null;
  const turn = takeTurn(held.chain, { ...claim, ...hashes, stored: stored?.hash ?? null });
  if (isRefusal(turn)) {
    if (turn.refused === "fork") await held.noteFork(claim);
    return turn;
  }
  if (turn === "duplicate")
    return {
      receipt: receipt(ports, held, claim, turn, held.chain.nextSeq, held.checkpointedSeq, stored as StoredBatch),
      quarantined: null,
    };
  const read = deriveFrom(content, held, claim);
  const derived =
    turn === "new_epoch" ? { ...read, events: [...read.events, epochEvent(held.chain.epoch, claim.epoch, held.receivedAt)] } : read;
  const checkpoint = await held.store(claim, hashes.hash, body, derived);
  const first: StoredBatch = { hash: hashes.hash, receivedAt: held.receivedAt };
  return { receipt: receipt(ports, held, claim, "stored", claim.seq + 1, checkpoint, first), quarantined: derived.quarantined };
}

const deriveFrom = (content: ReadBatch, held: HeldHost, claim: Claim): Derived =>
  "batch" in content
    ? derive(content.batch, held.receivedAt, parseSent(claim.sent), held.before)
    : quarantine(content.faults, held.receivedAt);

function receipt(
  { signReceipt, tlsPins, keyDays }: IngestPorts,
  held: HeldHost,
  { agent, epoch, seq }: Claim,
  verdict: Receipt["verdict"],
  expected: number,
  checkpoint: number,
  { hash, receivedAt }: StoredBatch,
): Receipt {
  const signature = Buffer.from(signReceipt(receiptText({ agent, epoch, seq, hash, receivedAt }))).toString("base64url");
  return {
    version: 1,
    verdict,
    seq,
    epoch: Math.max(epoch, held.chain.epoch),
    expected_seq: expected,
    checkpointed_seq: checkpoint === 0 ? null : checkpoint,
    statement: { hash, received_at_ns: receivedAt.toString(), signature },
    server_time_ns: held.receivedAt.toString(),
    // Until the server's own clock is measured, nothing is known of how far off it is.
    server_uncertainty_ns: null,
    tls_pins: [...tlsPins],
    ...(wantsRotation(held.keys, keyDays) ? { rotate_key: true } : {}),
    policy: choosePolicy(held.labels, held.rules),
  };
}

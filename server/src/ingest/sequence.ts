import { type Refusal, refuse } from "../refusal.ts";
import type { Claim } from "./claim.ts";

/** The host's row, under its lock. */
export interface HostChain {
  readonly state: "pending" | "active" | "suspended" | "revoked" | "retired";
  readonly epoch: number;
  readonly nextSeq: number;
  /** Hex hash of the last batch of the epoch, or the genesis hash. */
  readonly chainHash: string;
}

export type Turn = "next" | "new_epoch" | "duplicate" | Refusal;

type Place = Pick<Claim, "epoch" | "seq" | "prev">;

/** True when only the hash of what is already stored under this number can tell a repeat from a fork. */
export const isPast = (chain: HostChain, place: Place): boolean =>
  place.epoch < chain.epoch || (place.epoch === chain.epoch && place.seq < chain.nextSeq);

/** The batch and what the server knows about its number. All hashes in hex. */
export interface Offer extends Place {
  readonly hash: string;
  /** What is stored under its number, for one that is past. */
  readonly stored: string | null;
  /** The genesis hash of its epoch. */
  readonly genesis: string;
}

/** Whether it is this batch's turn. The order of the rules matters: who may not report at all learns nothing of the chain. */
export function takeTurn(chain: HostChain, offer: Offer): Turn {
  if (chain.state === "revoked") return refuse("revoked", "This agent was revoked");
  if (chain.state === "pending") return refuse("suspended", "This host waits until a person lets it in: truebound host approve");
  if (chain.state === "retired") return refuse("suspended", "This host was retired: truebound-agent unenroll on it, then enroll it anew");
  if (chain.state !== "active") return refuse("suspended", `This agent is ${chain.state}`);
  if (offer.epoch > chain.epoch) return beginEpoch(offer);
  if (isPast(chain, offer)) return recognize(chain, offer);
  if (offer.seq > chain.nextSeq) return gap(offer, chain.nextSeq);
  return offer.prev === chain.chainHash ? "next" : fork(offer, "the chain so far ends in another hash");
}

/** An agent whose spool lost what the server wants goes on in a later epoch, from its genesis: a gap, but a signed one. */
function beginEpoch(offer: Offer): Turn {
  if (offer.seq !== 1) return gap(offer, 1);
  return offer.prev === offer.genesis ? "new_epoch" : fork(offer, "a new epoch begins with its genesis hash");
}

function recognize(chain: HostChain, offer: Offer): Turn {
  if (offer.stored === offer.hash) return "duplicate";
  if (offer.stored === null && offer.epoch === chain.epoch) return gap(offer, chain.nextSeq);
  return fork(offer, offer.stored === null ? `the server is at epoch ${chain.epoch}` : "another batch is stored under this number");
}

const gap = ({ epoch, seq }: Place, expected: number): Refusal =>
  refuse("seq_gap", `Batch ${seq} came where ${expected} of epoch ${epoch} is next`, { expectedSeq: expected });

const fork = ({ epoch, seq }: Place, why: string): Refusal =>
  refuse("fork", `Batch ${seq} of epoch ${epoch} does not continue this agent's chain: ${why}`);

/** How far the agent may delete: a row counts once it and all before it are old. `next` are the rows after `from`, in order. */
export function advanceCheckpoint(from: number, next: readonly { readonly seq: number; readonly old: boolean }[]): number {
  let reached = from;
  for (const { seq, old } of next) {
    if (!old) break;
    reached = seq;
  }
  return reached;
}

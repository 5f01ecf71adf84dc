import type { ChainHead } from "@truebound/wire";
import { type Refusal, refuse } from "../refusal.ts";

/** The host's row, under its lock. */
export interface HostChain {
  readonly state: "pending" | "active" | "suspended" | "revoked" | "retired";
  readonly epoch: number;
  readonly nextSeq: number;
  /** Hex hash of the last batch of the epoch, or the genesis hash. */
  readonly chainHash: string;
}

/** The newest batch of a chain; null = nothing of its epoch is there: the host was just let in, or let in again. */
export const headOf = ({ epoch, nextSeq, chainHash }: HostChain): ChainHead | null =>
  nextSeq > 1 ? { epoch, seq: nextSeq - 1, hash: chainHash } : null;

export type Turn = "next" | "new_epoch" | "duplicate" | Refusal;

export interface Place {
  readonly epoch: number;
  readonly seq: number;
}

/** A batch and what the server knows about its number. All hashes in hex. */
export interface Candidate extends Place {
  readonly prev: string;
  readonly hash: string;
  /** What is stored under its number, for one that is past. */
  readonly stored: string | null;
  /** The genesis hash of its epoch. */
  readonly genesis: string;
  /** Number of the last batch of its epoch, where that has ended; undefined = unknown. */
  readonly epochEnd?: number | undefined;
}

/** True when only the hash of what is already stored under this number can tell a repeat from a fork. */
export const isPast = (chain: Pick<HostChain, "epoch" | "nextSeq">, place: Place): boolean =>
  place.epoch < chain.epoch || (place.epoch === chain.epoch && place.seq < chain.nextSeq);

/** Who may not report at all learns nothing of the chain; null = it may. */
export function admission({ state }: Pick<HostChain, "state">): Refusal | null {
  if (state === "active") return null;
  if (state === "revoked") return refuse("revoked", "This agent was revoked");
  if (state === "pending") return refuse("suspended", "This host waits until a person lets it in: truebound host approve");
  if (state === "retired") return refuse("suspended", "This host was retired: truebound-agent unenroll on it, then enroll it anew");
  return refuse("suspended", `This agent is ${state}`);
}

/** Whether it is this batch's turn, of a host that may report. */
export function takeTurn(chain: HostChain, batch: Candidate): Turn {
  if (batch.epoch > chain.epoch) return beginEpoch(chain, batch);
  if (isPast(chain, batch)) return recognize(chain, batch);
  if (batch.seq > chain.nextSeq) return gap(batch, chain);
  return batch.prev === chain.chainHash ? "next" : fork(batch, "the chain so far ends in another hash");
}

/** An agent whose spool lost what the server wants goes on in a later epoch, from its genesis: a gap, but a signed one. */
function beginEpoch(chain: HostChain, batch: Candidate): Turn {
  if (batch.seq !== 1) return gap(batch, chain, { epoch: batch.epoch, seq: 1 });
  return batch.prev === batch.genesis ? "new_epoch" : fork(batch, "a new epoch begins with its genesis hash");
}

/** What is known of where the chain so far comes from. */
export interface Origin {
  /** Where its latest batch came from; null = unknown. */
  readonly address: string | null;
  /** It was heard within three of the longest report intervals. */
  readonly isHeard: boolean;
}

/**
 * A new epoch from another place, while the chain is being reported, is no agent that lost its spool but a copy of it with an
 * older state: it would take the original's place. Once the chain has been silent, who comes instead is who there is.
 */
export function elsewhere({ address, isHeard }: Origin, from: string | null, batch: Place): Refusal | null {
  if (!isHeard || address === null || from === null || from === address) return null;
  return fork(batch, "an epoch cannot begin from another address while this one is being reported");
}

function recognize(chain: HostChain, batch: Candidate): Turn {
  if (batch.stored === batch.hash) return "duplicate";
  if (batch.stored === null && batch.epoch === chain.epoch) return gap(batch, chain);
  // It was stored once, and retention has removed it since.
  if (batch.stored === null && batch.epochEnd !== undefined && batch.seq <= batch.epochEnd) return gap(batch, chain);
  return fork(batch, batch.stored === null ? `the server is at epoch ${chain.epoch}` : "another batch is stored under this number");
}

const nextOf = ({ epoch, nextSeq }: HostChain): Place => ({ epoch, seq: nextSeq });

const gap = ({ epoch, seq }: Place, chain: HostChain, wanted: Place = nextOf(chain)): Refusal =>
  refuse("seq_gap", `Batch ${seq} of epoch ${epoch} came where ${wanted.seq} of epoch ${wanted.epoch} is next`, {
    expectedSeq: wanted.seq,
    expectedEpoch: wanted.epoch,
    chainHead: headOf(chain),
  });

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

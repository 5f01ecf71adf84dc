import type { UtcInstant } from "@truebound/time";
import type { Assumptions, Batch, Reason } from "@truebound/wire";
import { type PlacedReading, parseSent, placeReadings } from "../evidence/placement.ts";
import { readingsOf } from "../evidence/readings.ts";
import type { ReadStored } from "../evidence/salvage-memory.ts";
import { EvidenceBudget } from "./evidence-budget.ts";

/** A batch as it lies in the store. Only those that could be read when they came are asked for. */
export interface StoredEvidence {
  readonly epoch: number;
  readonly seq: number;
  readonly receivedAt: UtcInstant;
  /** The Truebound-Sent header of its delivery; null = not known. */
  readonly sent: string | null;
  /** JSON, however it was kept; made each time it is asked for. */
  readonly text: () => Uint8Array;
  /** Records of it were set aside when it came. */
  readonly isWhole: boolean;
}

export interface StoredReading extends Omit<PlacedReading, "reason"> {
  readonly reason: Reason | typeof REHEARSED | null;
  readonly epoch: number;
  readonly seq: number;
  readonly bootId: string;
  readonly assumptions: Assumptions;
  /** Nothing is missing between the reading before it in the chain and this one. */
  readonly follows: boolean;
}

/** How evidence is read: batch by batch, and between them others come to their turn. */
export interface Reading {
  readonly read: ReadStored;
  readonly pause: () => Promise<void>;
}

/** Why nothing is known of a time at which a fault was rehearsed: what was reported then was made up. */
export const REHEARSED = "rehearsal";
const NOTHING = { status: "unknown", reason: REHEARSED, bound: null, tight: null, since: null, throughout: null, claim: null } as const;

const inChain = (a: StoredEvidence, b: StoredEvidence): number => a.epoch - b.epoch || a.seq - b.seq;

/**
 * The readings of several batches, in the order of the chain, each where it was placed when it came; null = more than one
 * question reads.
 */
export async function storedReadings(
  host: string,
  evidence: readonly StoredEvidence[],
  { read, pause }: Reading,
): Promise<StoredReading[] | null> {
  const budget = new EvidenceBudget();
  const readings: StoredReading[] = [];
  // Broken by every batch that is not there: one that was set aside as unreadable had readings of its own.
  let [follows, before]: [boolean, StoredEvidence | null] = [false, null];
  for (const one of [...evidence].sort(inChain)) {
    const text = one.text();
    budget.takeText(text.length, one.isWhole);
    if (budget.isSpent) return null;
    const { batch, endsOpen } = read(text, host, one.isWhole);
    budget.takeReadings(batch.bounds.status.length);
    if (budget.isSpent) return null;
    follows &&= before !== null && before.epoch === one.epoch && before.seq === one.seq - 1;
    const placed = placedIn(batch, one, follows);
    for (const reading of placed) readings.push(reading);
    follows = (follows || placed.length > 0) && !endsOpen;
    before = one;
    await pause();
  }
  return readings;
}

function placedIn(batch: Batch, { epoch, seq, receivedAt, sent }: StoredEvidence, follows: boolean): StoredReading[] {
  const journey = { receivedAt, bootId: batch.boot_id, sent: sent === null ? null : parseSent(sent) };
  return placeReadings(readingsOf(batch), journey).map((reading, index) => ({
    ...reading,
    ...(batch.rehearsal === undefined ? {} : NOTHING),
    epoch,
    seq,
    bootId: batch.boot_id,
    assumptions: batch.assumptions,
    follows: follows || index > 0,
  }));
}

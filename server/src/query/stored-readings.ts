import type { UtcInstant } from "@truebound/time";
import type { Assumptions } from "@truebound/wire";
import { type PlacedReading, placeReadings, sentOf } from "../evidence/placement.ts";
import { readStoredBatch } from "../evidence/read-batch.ts";
import { readingsOf } from "../evidence/readings.ts";

/** A batch as it lies in the store. Only those that could be read when they came are asked for. */
export interface StoredEvidence {
  readonly epoch: number;
  readonly seq: number;
  readonly receivedAt: UtcInstant;
  readonly signatureBase: string;
  readonly body: Uint8Array;
}

export interface StoredReading extends PlacedReading {
  readonly epoch: number;
  readonly seq: number;
  readonly bootId: string;
  readonly assumptions: Assumptions;
  /** Nothing is missing between the reading before it in the chain and this one. */
  readonly follows: boolean;
}

/** The readings of several batches, in the order of the chain, each where it was placed when it came. */
export function storedReadings(evidence: readonly StoredEvidence[]): StoredReading[] {
  const ordered = [...evidence].sort((a, b) => a.epoch - b.epoch || a.seq - b.seq);
  // Broken by every batch that is not there: one that was set aside as unreadable had readings of its own.
  let follows = false;
  return ordered.flatMap(({ epoch, seq, receivedAt, signatureBase, body }, index) => {
    const batch = readStoredBatch(body);
    const before = ordered[index - 1];
    follows &&= before !== undefined && before.epoch === epoch && before.seq === seq - 1;
    const placed = placeReadings(readingsOf(batch), { receivedAt, bootId: batch.boot_id, sent: sentOf(signatureBase) });
    return placed.map((reading) => {
      const stored = { ...reading, epoch, seq, bootId: batch.boot_id, assumptions: batch.assumptions, follows };
      follows = true;
      return stored;
    });
  });
}

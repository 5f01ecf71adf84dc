import type { UtcInstant } from "@truebound/time";
import type { Assumptions } from "@truebound/wire";
import { type PlacedReading, parseSent, placeReadings } from "../evidence/placement.ts";
import { readingsOf } from "../evidence/readings.ts";
import type { ReadStored } from "../evidence/salvage-memory.ts";

/** A batch as it lies in the store. Only those that could be read when they came are asked for. */
export interface StoredEvidence {
  readonly epoch: number;
  readonly seq: number;
  readonly receivedAt: UtcInstant;
  /** The Truebound-Sent header of its delivery; null = not known. */
  readonly sent: string | null;
  /** JSON, however it was kept. */
  readonly text: Uint8Array;
  /** Records of it were set aside when it came. */
  readonly isWhole: boolean;
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
export function storedReadings(host: string, evidence: readonly StoredEvidence[], read: ReadStored): StoredReading[] {
  const ordered = [...evidence].sort((a, b) => a.epoch - b.epoch || a.seq - b.seq);
  // Broken by every batch that is not there: one that was set aside as unreadable had readings of its own.
  let follows = false;
  return ordered.flatMap(({ epoch, seq, receivedAt, sent, text, isWhole }, index) => {
    const { batch, endsOpen } = read(text, host, isWhole);
    const before = ordered[index - 1];
    follows &&= before !== undefined && before.epoch === epoch && before.seq === seq - 1;
    const placed = placeReadings(readingsOf(batch), { receivedAt, bootId: batch.boot_id, sent: sent === null ? null : parseSent(sent) });
    const stored = placed.map((reading) => {
      const one = { ...reading, epoch, seq, bootId: batch.boot_id, assumptions: batch.assumptions, follows };
      follows = true;
      return one;
    });
    if (endsOpen) follows = false;
    return stored;
  });
}

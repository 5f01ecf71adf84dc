import type { RecordColumns } from "./packed-columns.ts";
import type { ChainReading } from "./stretches.ts";

/** What one batch of a host, or one statement of it, says of its clock; as read from what was signed, in the order of the chain. */
export interface EvidenceRecord {
  readonly epoch: number;
  readonly seq: number;
  readonly bootId: string;
  /** A fault was made believe: nothing of it counts. */
  readonly rehearsed: boolean;
  readonly driftPpb: bigint;
  /** None of a statement, which has spans only. */
  readonly readings: readonly RecordedReading[];
  readonly spans: readonly RecordedSpan[];
  readonly events: readonly RecordedEvent[];
  /** The rows once more, where they are kept so: `readings` and `spans` are then made anew by whoever asks for them. */
  readonly columns?: RecordColumns;
}

export interface RecordedReading extends Omit<ChainReading, "bootId" | "follows"> {
  readonly status: string;
  /** A simulated clock made it. */
  readonly injected: boolean;
}

/** At every instant from one reading to the other the offset lay in [lo, hi]. */
export interface RecordedSpan {
  readonly fromRaw: bigint;
  readonly fromRealtime: bigint;
  readonly toRaw: bigint;
  readonly toRealtime: bigint;
  readonly lo: bigint;
  readonly hi: bigint;
  readonly status: string;
}

export interface RecordedEvent {
  readonly kind: string;
  readonly raw: bigint;
  readonly realtime: bigint;
}

/** A batch that could not be read stands in the chain, and says nothing. */
export type EvidenceItem =
  | { readonly kind: "batch"; readonly record: EvidenceRecord }
  | { readonly kind: "statement"; readonly record: EvidenceRecord }
  | { readonly kind: "unreadable"; readonly epoch: number; readonly seq: number };

/** A reading with what must be known of its batch. */
export interface HostReading extends RecordedReading, ChainReading {
  readonly record: EvidenceRecord;
}

/** Readings of all batches; each follows the one before it unless something between them is not there. */
export function* readingsOf(items: Iterable<EvidenceItem>): Generator<HostReading> {
  let before: { readonly epoch: number; readonly seq: number } | null = null;
  let follows = false;
  for (const item of items) {
    if (item.kind !== "batch") {
      [before, follows] = [null, false];
      continue;
    }
    const { record } = item;
    follows &&= before !== null && before.epoch === record.epoch && before.seq === record.seq - 1;
    for (const reading of record.readings) {
      yield placedReading(reading, record, follows);
      follows = true;
    }
    before = record;
  }
}

export const placedReading = (reading: RecordedReading, record: EvidenceRecord, follows: boolean): HostReading => ({
  raw: reading.raw,
  realtime: reading.realtime,
  bound: reading.bound,
  throughout: record.rehearsed ? null : reading.throughout,
  status: reading.status,
  injected: reading.injected,
  bootId: record.bootId,
  follows,
  record,
});

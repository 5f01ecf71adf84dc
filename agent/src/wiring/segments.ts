import { ClockBoundWriter, type RecordSink, SegmentWriter } from "../adapters/segment-writer.ts";
import type { HostMonitor } from "../bound/host-monitor.ts";
import type { Log } from "../log/log-line.ts";
import type { Clocks } from "../probe/ports.ts";
import type { PublishSettings } from "../publish/publish-settings.ts";
import { type RecordFacts, recordOf } from "../publish/record-of-row.ts";
import type { SegmentRecord } from "../publish/segment-record.ts";

/** How many readings a record outlives, and how much longer, so that one that is late is not yet missed. */
const READINGS = 3n;
const LATE_NS = 2_000_000_000n;

export interface SegmentParts {
  readonly settings: Pick<PublishSettings, "segment" | "clockBound">;
  readonly ruler: Clocks["ruler"];
  readonly bootId: string;
  readonly vmMarker: () => bigint | null;
  /** Null while it reports to nobody. */
  readonly sender: () => RecordFacts["sender"];
  readonly log: Log;
}

/** What applications on this host read, after each reading of its clocks. */
export class Segments {
  readonly #parts: SegmentParts;
  readonly #sinks: readonly RecordSink[];
  #last: SegmentRecord | null = null;
  #isClosed = false;

  constructor(parts: SegmentParts) {
    const { settings, log } = parts;
    const { segment, clockBound } = settings;
    this.#parts = parts;
    this.#sinks = [
      ...(segment === null ? [] : [new SegmentWriter(segment, log)]),
      ...(clockBound === null
        ? []
        : ([1, 2] as const).map((version) => new ClockBoundWriter(clockBound.folder, version, clockBound.limitNs, log))),
    ];
  }

  /** @param intervalS until the next reading, at most. */
  publish(monitor: HostMonitor, intervalS: number): void {
    const row = monitor.current;
    if (row === null || this.#isClosed || this.#sinks.length === 0) return;
    const { ruler, bootId, vmMarker, sender } = this.#parts;
    const validNs = READINGS * BigInt(Math.round(intervalS * 1e9)) + LATE_NS;
    this.#write(recordOf(row, { ruler, bootId, vmMarker: vmMarker(), sender: sender(), ahead: monitor.ahead(row.reading), validNs }));
  }

  /** Nobody measures any more: that is told at once, and not only when the last record expires; and nothing is told after it. */
  close(): void {
    this.#isClosed = true;
    if (this.#last !== null) this.#write({ ...this.#last, status: "unknown", reason: "agent_stopped", offset: null });
    for (const sink of this.#sinks) sink.close();
  }

  #write(record: SegmentRecord): void {
    this.#last = record;
    for (const sink of this.#sinks) sink.write(record);
  }
}

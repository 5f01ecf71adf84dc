import { BILLION, minOf, type PlanReport } from "@truebound/time";
import { readingAt } from "../evidence/column-record.ts";
import type { EvidenceRecord, RecordedReading } from "../evidence/host-evidence.ts";

/** A report of a host, and when its last reading was made at the latest, as a count of UTC. */
export interface PlacedReport {
  readonly at: bigint;
  readonly report: PlanReport;
}

/** A forecast looks at so many reports at most, the last ones of so long. */
export const LOOKED_BACK_NS = 600n * BILLION;
export const MOST_REPORTS = 64;

/**
 * Until when a report of a period looks for them: nothing from beyond its end, nor, where it is still going on, from after it was made. Of
 * a period that is over that is its end, whenever the report is made.
 */
export const forecastUntil = (periodEnds: bigint, createdAt: bigint): bigint => minOf(periodEnds, createdAt);

/** Of a host's evidence the reports that a forecast rests on, kept as bytes until all of it was read. */
export class LastReports {
  readonly #until: bigint;
  readonly #kept: { readonly at: bigint; readonly body: Uint8Array }[] = [];

  constructor(until: bigint) {
    this.#until = until;
  }

  /** In the order of the chain. */
  take(record: EvidenceRecord, body: Uint8Array): void {
    const last = record.rehearsed ? undefined : lastReading(record);
    if (last === undefined) return;
    const at = last.realtime + (last.bound?.hi ?? 0n);
    if (at < this.#until - LOOKED_BACK_NS || at >= this.#until) return;
    this.#kept.push({ at, body });
    if (this.#kept.length > MOST_REPORTS) this.#kept.shift();
  }

  /** @param read gives what a plan reads of a batch that was read as a whole before */
  placed(read: (body: Uint8Array) => PlanReport | null): readonly PlacedReport[] {
    return this.#kept.flatMap(({ at, body }) => {
      const report = read(body);
      return report === null ? [] : [{ at, report }];
    });
  }
}

/** Without making rows of all the others. */
function lastReading(record: EvidenceRecord): RecordedReading | undefined {
  const { columns } = record;
  if (columns === undefined) return record.readings.at(-1);
  const rows = columns.readings.status.length;
  return rows === 0 ? undefined : readingAt(columns.readings, rows - 1);
}

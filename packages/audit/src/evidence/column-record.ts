import { hull, type Interval } from "@truebound/time";
import type { EvidenceRecord, RecordedEvent, RecordedReading, RecordedSpan } from "./host-evidence.ts";
import { type Column, isOf64Bits, PackedColumns, type ReadingColumns, type RecordColumns, type SpanColumns } from "./packed-columns.ts";

type Head = Pick<EvidenceRecord, "epoch" | "seq" | "bootId" | "rehearsed" | "driftPpb">;

/** A record that keeps its rows by columns, as they were signed: a month of a host is a tenth of what it is in rows of big integers. What it is made of is copied. */
export class ColumnRecord implements EvidenceRecord {
  readonly epoch: number;
  readonly seq: number;
  readonly bootId: string;
  readonly rehearsed: boolean;
  readonly driftPpb: bigint;
  readonly events: readonly RecordedEvent[];
  readonly columns: RecordColumns;

  constructor({ epoch, seq, bootId, rehearsed, driftPpb }: Head, columns: RecordColumns, events: readonly RecordedEvent[]) {
    [this.epoch, this.seq, this.bootId, this.rehearsed, this.driftPpb] = [epoch, seq, bootId, rehearsed, driftPpb];
    [this.columns, this.events] = [new PackedColumns(columns), events];
  }

  /** Made anew each time. */
  get readings(): readonly RecordedReading[] {
    const { readings } = this.columns;
    return readings.status.map((_, row) => readingAt(readings, row));
  }

  /** Made anew each time. */
  get spans(): readonly RecordedSpan[] {
    const { spans } = this.columns;
    return spans.status.map((_, row) => spanAt(spans, row));
  }
}

export function readingAt({ status, raw, realtime, lo, hi, low, high }: ReadingColumns, row: number): RecordedReading {
  const bound = intervalAt(lo, hi, row);
  const throughout = intervalAt(low, high, row);
  return {
    raw: valueAt(raw, row),
    realtime: valueAt(realtime, row),
    status: status[row] as string,
    bound,
    throughout: bound && throughout && hull(bound, throughout),
    injected: false,
  };
}

const spanAt = ({ status, fromRaw, fromRealtime, toRaw, toRealtime, lo, hi }: SpanColumns, row: number): RecordedSpan => ({
  fromRaw: valueAt(fromRaw, row),
  fromRealtime: valueAt(fromRealtime, row),
  toRaw: valueAt(toRaw, row),
  toRealtime: valueAt(toRealtime, row),
  lo: valueAt(lo, row),
  hi: valueAt(hi, row),
  status: status[row] as string,
});

/** NaN = not known. */
export const cellAt = ({ cells, from }: Column, row: number): number => cells[from + row] as number;

/** Of a row in which it is known. */
const valueAt = (column: Column, row: number): bigint => column.base + BigInt(cellAt(column, row));

const intervalAt = (lo: Column, hi: Column, row: number): Interval | null =>
  Number.isNaN(cellAt(lo, row)) || Number.isNaN(cellAt(hi, row)) ? null : { lo: valueAt(lo, row), hi: valueAt(hi, row) };

/** How many ns the second column's base lies above the first one's; NaN where no double holds it, so that nothing compares with it. */
export function apart(from: Column, to: Column): number {
  const ns = Number(to.base - from.base);
  return Number.isSafeInteger(ns) ? ns : Number.NaN;
}

/** Each lower end has an upper one that is not below it, and neither is there without the other. */
export function areIntervals(lows: Column, highs: Column): boolean {
  const between = apart(lows, highs);
  for (let row = 0; row < lows.rows; row++) {
    const lo = cellAt(lows, row);
    const hi = cellAt(highs, row);
    const isNone = Number.isNaN(lo) && Number.isNaN(hi);
    // False of NaN as well.
    if (!isNone && !(lo - hi <= between)) return false;
  }
  return true;
}

/** In all of its rows. */
export function isKnown({ cells, from, rows }: Column): boolean {
  for (let row = from; row < from + rows; row++) if (Number.isNaN(cells[row])) return false;
  return true;
}

/** `throughout` is known only where the bound is. */
export function knownWith(throughout: Column, bound: Column): Column {
  const isBeyond = (row: number): boolean => !Number.isNaN(cellAt(throughout, row)) && Number.isNaN(cellAt(bound, row));
  for (let row = 0; row < throughout.rows; row++)
    if (isBeyond(row)) return columnWith(throughout.base, throughout.rows, (row) => (isBeyond(row) ? Number.NaN : cellAt(throughout, row)));
  return throughout;
}

function columnWith(base: bigint, rows: number, cell: (row: number) => number): Column {
  return { base, cells: Float64Array.from({ length: rows }, (_, row) => cell(row)), from: 0, rows };
}

/** Null = not known. */
export const columnFrom = (base: bigint, d: readonly (number | null)[]): Column =>
  columnWith(base, d.length, (row) => (d[row] ?? Number.NaN) as number);

/** The same record, by columns where it can be. */
export function inColumns(record: EvidenceRecord): EvidenceRecord {
  const columns = columnsOf(record);
  return columns === null ? record : new ColumnRecord(record, columns, record.events);
}

/** Of a record in rows; null where one lies too far from the others for a double, or is of a simulated clock. */
export function columnsOf({ readings, spans }: Pick<EvidenceRecord, "readings" | "spans">): RecordColumns | null {
  if (readings.some(({ injected }) => injected)) return null;
  const found = {
    readings: {
      status: readings.map(({ status }) => status),
      raw: columnOf(readings.map(({ raw }) => raw)),
      realtime: columnOf(readings.map(({ realtime }) => realtime)),
      lo: columnOf(readings.map(({ bound }) => bound?.lo ?? null)),
      hi: columnOf(readings.map(({ bound }) => bound?.hi ?? null)),
      low: columnOf(readings.map(({ throughout }) => throughout?.lo ?? null)),
      high: columnOf(readings.map(({ throughout }) => throughout?.hi ?? null)),
    },
    spans: {
      status: spans.map(({ status }) => status),
      fromRaw: columnOf(spans.map(({ fromRaw }) => fromRaw)),
      fromRealtime: columnOf(spans.map(({ fromRealtime }) => fromRealtime)),
      toRaw: columnOf(spans.map(({ toRaw }) => toRaw)),
      toRealtime: columnOf(spans.map(({ toRealtime }) => toRealtime)),
      lo: columnOf(spans.map(({ lo }) => lo)),
      hi: columnOf(spans.map(({ hi }) => hi)),
    },
  };
  const { status: _, ...ofReadings } = found.readings;
  const { status: __, ...ofSpans } = found.spans;
  return [...Object.values(ofReadings), ...Object.values(ofSpans)].every(isExact) ? found : null;
}

function columnOf(values: readonly (bigint | null)[]): Column {
  const base = values.find((value) => value !== null) ?? 0n;
  return columnFrom(
    base,
    values.map((value) => (value === null ? null : Number(value - base))),
  );
}

const isExact = ({ base, cells }: Column): boolean =>
  isOf64Bits(base) && cells.every((value) => Number.isNaN(value) || Number.isSafeInteger(value));

import { hull, type Interval } from "@truebound/time";
import type { EvidenceRecord, RecordedEvent, RecordedReading, RecordedSpan } from "./host-evidence.ts";

/** Integers of any size: a base, and how far from it each row lies, in doubles that hold that exactly. null = not known. */
export interface Column {
  readonly base: bigint;
  readonly d: readonly (number | null)[];
}

/** None of them is of a simulated clock. `low` and `high` are `throughout`, known only where the bound (`lo`, `hi`) is. */
export interface ReadingColumns extends Readonly<Record<"raw" | "realtime" | "lo" | "hi" | "low" | "high", Column>> {
  readonly status: readonly string[];
}

export interface SpanColumns extends Readonly<Record<"fromRaw" | "fromRealtime" | "toRaw" | "toRealtime" | "lo" | "hi", Column>> {
  readonly status: readonly string[];
}

export interface RecordColumns {
  readonly readings: ReadingColumns;
  readonly spans: SpanColumns;
}

type Head = Pick<EvidenceRecord, "epoch" | "seq" | "bootId" | "rehearsed" | "driftPpb">;

/** A record that keeps its rows by columns, as they were signed: a month of a host is a tenth of what it is in rows of big integers. */
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
    [this.columns, this.events] = [columns, events];
  }

  /** Made anew each time. */
  get readings(): readonly RecordedReading[] {
    return this.columns.readings.status.map((_, row) => readingAt(this.columns.readings, row));
  }

  /** Made anew each time. */
  get spans(): readonly RecordedSpan[] {
    return this.columns.spans.status.map((_, row) => spanAt(this.columns.spans, row));
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

/** Of a row in which it is known. */
const valueAt = ({ base, d }: Column, row: number): bigint => base + BigInt(d[row] as number);

const intervalAt = (lo: Column, hi: Column, row: number): Interval | null =>
  lo.d[row] === null || hi.d[row] === null ? null : { lo: valueAt(lo, row), hi: valueAt(hi, row) };

/** How many ns the second column's base lies above the first one's; NaN where no double holds it, so that nothing compares with it. */
export function apart(from: Column, to: Column): number {
  const ns = Number(to.base - from.base);
  return Number.isSafeInteger(ns) ? ns : Number.NaN;
}

/** Each lower end has an upper one that is not below it, and neither is there without the other. */
export function areIntervals(lows: Column, highs: Column): boolean {
  const between = apart(lows, highs);
  for (let row = 0; row < lows.d.length; row++) {
    const [lo, hi] = [lows.d[row], highs.d[row]];
    if (lo === null || hi === null ? lo !== hi : !((lo as number) - (hi as number) <= between)) return false;
  }
  return true;
}

/** `throughout` is known only where the bound is. */
export function knownWith(throughout: Column, bound: Column): Column {
  const isWithin = throughout.d.every((value, row) => value === null || bound.d[row] !== null);
  return isWithin ? throughout : { base: throughout.base, d: throughout.d.map((value, row) => (bound.d[row] === null ? null : value)) };
}

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
  return { base, d: values.map((value) => (value === null ? null : Number(value - base))) };
}

const isExact = ({ d }: Column): boolean => d.every((value) => value === null || Number.isSafeInteger(value));

import {
  type Column,
  ColumnRecord,
  columnFrom,
  type EvidenceRecord,
  inColumns,
  isOf64Bits,
  knownWith,
  type ReadingColumns,
  type SpanColumns,
} from "@truebound/audit";
import { hull, type Interval } from "@truebound/time";
import { type Batch, type BigColumn, contextHash, type HexDigest, readStatement, unpackColumn } from "@truebound/wire";

interface Place {
  readonly epoch: number;
  readonly seq: number;
}

type Rates = Pick<Batch["assumptions"], "rho_ppb" | "oscillator_ppb" | "slew_ppm">;

/** The fastest that the clock can have moved against UTC. */
export const driftOf = ({ rho_ppb, oscillator_ppb, slew_ppm }: Rates): bigint =>
  BigInt(rho_ppb) + BigInt(Math.abs(oscillator_ppb ?? 0)) + 1000n * BigInt(slew_ppm);

/** What a batch says that an audit asks of it: by columns, unless one of its numbers is odd, or its clock is simulated. */
export function batchRecord(batch: Batch, { epoch, seq }: Place): EvidenceRecord {
  const head = { epoch, seq, bootId: batch.boot_id, rehearsed: batch.rehearsal !== undefined, driftPpb: driftOf(batch.assumptions) };
  const events = batch.events.map(({ kind, raw_ns, realtime_ns }) => ({ kind, raw: BigInt(raw_ns), realtime: BigInt(realtime_ns) }));
  const [readings, spans] = [readingColumns(batch), spanColumns(batch)];
  if (readings !== null && spans !== null) return new ColumnRecord(head, { readings, spans }, events);
  return { ...head, readings: rowsOf(batch), spans: spansOf(batch), events };
}

function readingColumns({ bounds }: Batch): ReadingColumns | null {
  const { status, raw_ns, realtime_ns, lo_ns, hi_ns, throughout_lo_ns, throughout_hi_ns, injected_ns } = bounds;
  const columns = plainColumns([raw_ns, realtime_ns, lo_ns, hi_ns, throughout_lo_ns, throughout_hi_ns]);
  if (columns === null || injected_ns?.d.some((cell) => cell !== null) === true) return null;
  const [raw, realtime, lo, hi, low, high] = columns as [Column, Column, Column, Column, Column, Column];
  return { status, raw, realtime, lo, hi, low: knownWith(low, lo), high: knownWith(high, lo) };
}

function spanColumns({ spans }: Batch): SpanColumns | null {
  const columns = plainColumns([
    spans.from_raw_ns,
    spans.from_realtime_ns,
    spans.to_raw_ns,
    spans.to_realtime_ns,
    spans.lo_ns,
    spans.hi_ns,
  ]);
  if (columns === null) return null;
  const [fromRaw, fromRealtime, toRaw, toRealtime, lo, hi] = columns as [Column, Column, Column, Column, Column, Column];
  return { status: spans.status, fromRaw, fromRealtime, toRaw, toRealtime, lo, hi };
}

/** Null = of one of them a cell is written as text, as what no double holds is, or the base is as odd. */
const plainColumns = (columns: readonly BigColumn[]): Column[] | null =>
  columns.every(({ base, d }) => isOf64Bits(BigInt(base)) && d.every((cell) => typeof cell !== "string"))
    ? columns.map(({ base, d }) => columnFrom(BigInt(base), d as readonly (number | null)[]))
    : null;

/** Of the columns only those that an audit asks for. The casts say what was made sure of when the batch came. */
function rowsOf({ bounds }: Batch): EvidenceRecord["readings"] {
  const [raw, realtime] = [unpackColumn(bounds.raw_ns), unpackColumn(bounds.realtime_ns)];
  const [lo, hi] = [unpackColumn(bounds.lo_ns), unpackColumn(bounds.hi_ns)];
  const [low, high] = [unpackColumn(bounds.throughout_lo_ns), unpackColumn(bounds.throughout_hi_ns)];
  const injected = bounds.injected_ns?.d;
  return bounds.status.map((status, row) => {
    const bound = pair(lo[row], hi[row]);
    const throughout = bound && pair(low[row], high[row]);
    return {
      raw: raw[row] as bigint,
      realtime: realtime[row] as bigint,
      status,
      bound,
      throughout: bound && throughout && hull(bound, throughout),
      injected: (injected?.[row] ?? null) !== null,
    };
  });
}

const pair = (lo: bigint | null | undefined, hi: bigint | null | undefined): Interval | null =>
  lo === null || lo === undefined || hi === null || hi === undefined ? null : { lo, hi };

function spansOf({ spans }: Batch): EvidenceRecord["spans"] {
  const column = (name: "from_raw_ns" | "from_realtime_ns" | "to_raw_ns" | "to_realtime_ns" | "lo_ns" | "hi_ns") =>
    unpackColumn(spans[name]);
  const [fromRaw, fromRealtime, toRaw, toRealtime, lo, hi] = [
    column("from_raw_ns"),
    column("from_realtime_ns"),
    column("to_raw_ns"),
    column("to_realtime_ns"),
    column("lo_ns"),
    column("hi_ns"),
  ];
  // The casts say what was made sure of when the batch came: a span has all of its figures.
  return spans.status.map((status, row) => ({
    fromRaw: fromRaw[row] as bigint,
    fromRealtime: fromRealtime[row] as bigint,
    toRaw: toRaw[row] as bigint,
    toRealtime: toRealtime[row] as bigint,
    lo: lo[row] as bigint,
    hi: hi[row] as bigint,
    status,
  }));
}

/** Null for bytes that are no statement, or one of another context. */
export function statementRecord(body: Uint8Array, context: string, { epoch, seq }: Place, sha256: HexDigest): EvidenceRecord | null {
  const read = readStatement(body);
  if (read === null || read.context !== contextHash(context, sha256)) return null;
  const { boot_id, assumptions } = JSON.parse(context) as { boot_id: string; assumptions: Rates };
  const head = { epoch, seq, bootId: boot_id, rehearsed: false, driftPpb: driftOf(assumptions) };
  return inColumns({ ...head, readings: [], spans: read.spans, events: [] });
}

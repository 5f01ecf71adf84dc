import type { EvidenceRecord, WireForms } from "@truebound/audit";
import { type Batch, type BigColumn, MAX_ROWS } from "@truebound/wire";
import type { OpenContent } from "../ingest/ports.ts";
import { batchRecord } from "./evidence-record.ts";
import { plainRecord } from "./stored-text.ts";

/** No batch decodes to more. */
const MOST_TEXT = 64 * 1024 * 1024;

/**
 * How a batch is read that was read as a whole when it came and is byte for byte the same: what no audit asks is not looked at
 * again. Null for one in which what an audit asks is not as it must be; whoever wants to know more reads all of it.
 */
export const storedReader =
  (open: OpenContent): WireForms["readBatch"] =>
  (body, at) => {
    const opened = open(body, MOST_TEXT);
    if (opened.kind !== "open") return null;
    const plain = plainRecord(opened.bytes, at);
    if (plain !== null) return plain;
    try {
      return storedRecord(JSON.parse(decoder.decode(opened.bytes)) as Batch, at);
    } catch {
      return null; // it never was a batch, whoever says so
    }
  };

const decoder = new TextDecoder();
const storedRecord = (batch: Batch, at: Parameters<WireForms["readBatch"]>[1]): EvidenceRecord | null =>
  batch.agent === at.host && hasBounds(batch) && hasSpans(batch) ? batchRecord(batch, at) : null;

function hasBounds({ bounds }: Batch): boolean {
  const rows = bounds.status.length;
  const { raw_ns, realtime_ns, lo_ns, hi_ns, throughout_lo_ns, throughout_hi_ns } = bounds;
  return (
    rows <= MAX_ROWS &&
    [raw_ns, realtime_ns].every((column) => isPlain(column, rows, false)) &&
    [lo_ns, hi_ns, throughout_lo_ns, throughout_hi_ns].every((column) => isPlain(column, rows, true)) &&
    areIntervals(lo_ns, hi_ns) &&
    areIntervals(throughout_lo_ns, throughout_hi_ns)
  );
}

function hasSpans({ spans }: Batch): boolean {
  const rows = spans.status.length;
  const { from_raw_ns, from_realtime_ns, to_raw_ns, to_realtime_ns, lo_ns, hi_ns } = spans;
  const columns = [from_raw_ns, from_realtime_ns, to_raw_ns, to_realtime_ns, lo_ns, hi_ns];
  return (
    rows <= MAX_ROWS &&
    columns.every((column) => isPlain(column, rows, false)) &&
    areIntervals(lo_ns, hi_ns) &&
    areIntervals(from_raw_ns, to_raw_ns)
  );
}

/** Whole numbers that a double holds, as all but odd ones are. */
function isPlain({ d }: BigColumn, rows: number, mayBeUnknown: boolean): boolean {
  if (d.length !== rows) return false;
  for (const value of d) if (!(Number.isSafeInteger(value) || (mayBeUnknown && value === null))) return false;
  return true;
}

/** Each lower end has an upper one that is not below it. */
function areIntervals(lows: BigColumn, highs: BigColumn): boolean {
  const apart = Number(BigInt(highs.base) - BigInt(lows.base));
  if (!Number.isSafeInteger(apart)) return lows.d.length === 0;
  for (let row = 0; row < lows.d.length; row++) {
    const [lo, hi] = [lows.d[row], highs.d[row]];
    if ((lo === null) !== (hi === null) || (lo !== null && (lo as number) - (hi as number) > apart)) return false;
  }
  return true;
}

import { Batch, type BigColumn, MAX_ROWS, REASONS, STAMP_MODES, STATUSES, validator } from "@truebound/wire";
import { intervalFaults } from "./interval-faults.ts";
import { meshFaults } from "./mesh-faults.ts";

/**
 * Whether a value is a batch with nothing wrong in it, as nearly all are: the same as the schema and `faultsOf` say together,
 * at a tenth of their price, because columns are looked through as columns. `false` means that it takes those two to tell.
 */
export function isPlainBatch(value: unknown): value is Batch {
  if (!isObject(value)) return false;
  const { bounds, spans, exchanges } = value;
  if (!isObject(bounds) || !isObject(spans) || !isObject(exchanges)) return false;
  if (!frame.accepts({ ...value, ...NO_ROWS })) return false;
  const sources = (value.sources as readonly unknown[]).length;
  return (
    isTable(bounds, BOUNDS, sources) &&
    isTable(spans, SPANS, sources) &&
    isTable(exchanges, EXCHANGES, sources) &&
    BOUND_PAIRS.every(([lo, hi]) => areIntervals(bounds[lo] as BigColumn, bounds[hi] as BigColumn)) &&
    SPAN_PAIRS.every(([lo, hi]) => areIntervals(spans[lo] as BigColumn, spans[hi] as BigColumn)) &&
    areScalarsModest(value as unknown as Batch) &&
    hasPlainMesh(value as unknown as Batch) &&
    hasPlainIntervals(value as unknown as Batch)
  );
}

type Document = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Document => typeof value === "object" && value !== null && !Array.isArray(value);

const frame = validator(Batch);
const NONE: BigColumn = { base: "0", d: [] };

/** What a cell of a column may be. `index` = into the sources. */
type Cell = "big" | "big or null" | "natural" | "votes" | "octet" | "index" | "indices" | ReadonlySet<unknown>;
type Table = Readonly<Record<string, Cell>>;

const STATUS: ReadonlySet<unknown> = new Set(STATUSES);
const BOUNDS: Table = {
  raw_ns: "big",
  realtime_ns: "big",
  boottime_ns: "big",
  status: STATUS,
  reason: new Set<unknown>([null, ...REASONS]),
  lo_ns: "big or null",
  hi_ns: "big or null",
  since_lo_ns: "big or null",
  since_hi_ns: "big or null",
  tight_lo_ns: "big or null",
  tight_hi_ns: "big or null",
  throughout_lo_ns: "big or null",
  throughout_hi_ns: "big or null",
  gap_ns: "big or null",
  votes: "votes",
  need: "votes",
  agree: "indices",
  injected_ns: "big or null",
};
const SPANS: Table = {
  from_raw_ns: "big",
  from_realtime_ns: "big",
  to_raw_ns: "big",
  to_realtime_ns: "big",
  lo_ns: "big",
  hi_ns: "big",
  readings: "natural",
  status: STATUS,
};
const EXCHANGES: Table = {
  source: "index",
  t1_raw_ns: "big",
  t2_less_t1_ns: "big",
  t3_less_t2_ns: "big",
  t4_less_t1_ns: "big",
  root_delay_raw: "natural",
  root_dispersion_raw: "natural",
  precision_server: "octet",
  precision_client: "octet",
  cap_ns: "big",
  slack_ns: "natural",
  stamp_mode: new Set<unknown>(STAMP_MODES),
  reply: new Set<unknown>(["basic", "interleaved", "provisional"]),
};
const OPTIONAL: ReadonlySet<string> = new Set(["gap_ns", "injected_ns"]);
const BOUND_PAIRS = [
  ["lo_ns", "hi_ns"],
  ["since_lo_ns", "since_hi_ns"],
  ["tight_lo_ns", "tight_hi_ns"],
  ["throughout_lo_ns", "throughout_hi_ns"],
] as const;
const SPAN_PAIRS = [
  ["lo_ns", "hi_ns"],
  ["from_raw_ns", "to_raw_ns"],
] as const;

const isBig = (cell: Cell): boolean => cell === "big" || cell === "big or null";
const emptyTable = (table: Table) =>
  Object.fromEntries(Object.entries(table).flatMap(([name, cell]) => (OPTIONAL.has(name) ? [] : [[name, isBig(cell) ? NONE : []]])));
const NO_ROWS = { bounds: emptyTable(BOUNDS), spans: emptyTable(SPANS), exchanges: emptyTable(EXCHANGES) };

/** Below 2^62, and by more than any difference: until the year 2096. */
const BASE = /^-?(0|[1-9][0-9]{0,17}|[1-3][0-9]{18})$/;
/** Base and difference are so small that neither they nor two of them together come near the ends of what is kept. */
const MOST = 2 ** 51;

function isTable(columns: Document, table: Table, sources: number): boolean {
  let rows = -1;
  let known = 0;
  for (const name in table) {
    const column = columns[name];
    if (column === undefined) {
      if (OPTIONAL.has(name)) continue;
      return false;
    }
    known += 1;
    const cell = table[name] as Cell;
    const cells = isBig(cell) ? cellsOf(column) : column;
    if (!Array.isArray(cells)) return false;
    if (rows < 0) rows = cells.length;
    if (cells.length !== rows || rows > MAX_ROWS || !areCells(cells, cell, sources)) return false;
  }
  return Object.keys(columns).length === known;
}

function cellsOf(column: unknown): unknown {
  if (!isObject(column) || Object.keys(column).length !== 2) return null;
  return typeof column.base === "string" && BASE.test(column.base) ? column.d : null;
}

function areCells(cells: readonly unknown[], cell: Cell, sources: number): boolean {
  for (let row = 0; row < cells.length; row++) if (!isCell(cells[row], cell, sources)) return false;
  return true;
}

function isCell(value: unknown, cell: Cell, sources: number): boolean {
  if (typeof cell !== "string") return cell.has(value);
  if (cell === "big or null" && value === null) return true;
  if (cell === "indices") return isIndices(value, sources);
  if (typeof value !== "number" || !Number.isInteger(value)) return false;
  if (cell === "big" || cell === "big or null") return -MOST < value && value < MOST;
  if (cell === "votes") return 0 <= value && value <= 1000;
  if (cell === "octet") return -128 <= value && value <= 127;
  return 0 <= value && value <= (cell === "index" ? sources - 1 : Number.MAX_SAFE_INTEGER);
}

const MOST_INDICES = 64;

function isIndices(value: unknown, sources: number): boolean {
  if (!Array.isArray(value) || value.length > MOST_INDICES) return false;
  for (const index of value) if (!isCell(index, "index", sources)) return false;
  return true;
}

/** Each lower end has an upper one that is not below it. */
function areIntervals(lows: BigColumn, highs: BigColumn): boolean {
  const apart = Number(BigInt(highs.base) - BigInt(lows.base));
  if (!(-MOST < apart && apart < MOST)) return lows.d.length === 0;
  for (let row = 0; row < lows.d.length; row++) {
    const [lo, hi] = [lows.d[row], highs.d[row]];
    if ((lo === null) !== (hi === null) || (lo !== null && (lo as number) > (hi as number) + apart)) return false;
  }
  return true;
}

/** The frame has been held to the schema, mesh and all. */
const hasPlainMesh = ({ mesh }: Batch): boolean => mesh === undefined || meshFaults(mesh).length === 0;

/** They are few, and the frame has been held to the schema. */
const hasPlainIntervals = (batch: Batch): boolean => batch.intervals === undefined || intervalFaults(batch).length === 0;

const isModest = (text: string | null): boolean => text === null || BASE.test(text);

function areScalarsModest({ sealed_boottime_ns, sealed_realtime_ns, sources, events }: Batch): boolean {
  if (!isModest(sealed_boottime_ns) || !isModest(sealed_realtime_ns)) return false;
  for (const { lo_ns, hi_ns, delay_ns } of sources) {
    if (!isModest(lo_ns) || !isModest(hi_ns) || !isModest(delay_ns) || (lo_ns === null) !== (hi_ns === null)) return false;
    if (lo_ns !== null && hi_ns !== null && BigInt(lo_ns) > BigInt(hi_ns)) return false;
  }
  return events.every(({ raw_ns, realtime_ns, boottime_ns }) => isModest(raw_ns) && isModest(realtime_ns) && isModest(boottime_ns));
}

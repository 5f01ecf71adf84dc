import { type Batch, type BigColumn, MAX_ROWS, unpackColumn } from "@truebound/wire";
import type { Fault } from "../refusal.ts";
import { intervalFaults } from "./interval-faults.ts";
import { meshFaults } from "./mesh-faults.ts";

/**
 * What a schema cannot say of a batch: columns equally long, indices that point at something, bounds the right way round,
 * and every integer within the 64 bits in which it is kept, the sums too.
 */
export function faultsOf(batch: Batch): Fault[] {
  const lengths = [
    ...lengthFaults("/bounds", batch.bounds.status.length, batch.bounds),
    ...lengthFaults("/spans", batch.spans.status.length, batch.spans),
    ...lengthFaults("/exchanges", batch.exchanges.source.length, batch.exchanges),
  ];
  if (lengths.length > 0) return lengths;
  return [
    ...rangeFaults(batch),
    ...clockFaults(batch),
    ...boundFaults(batch),
    ...indexFaults(batch),
    ...intervalFaults(batch),
    ...(batch.mesh ? meshFaults(batch.mesh) : []),
  ];
}

const GREATEST = 2n ** 63n - 1n;
/** Half the range, so that no sum or difference of two leaves it. */
const FAR = 2n ** 62n;
/** Leaves room for any difference that a double holds exactly. */
const NEAR = FAR - 2n ** 53n;

export const fits = (value: bigint): boolean => -GREATEST <= value && value <= GREATEST;
const isModest = (value: bigint | null): boolean => value === null || (-FAR < value && value < FAR);

/** Most columns are a base and plain numbers: then the base decides. */
function isModestColumn(column: BigColumn): boolean {
  const base = BigInt(column.base);
  if (-NEAR < base && base < NEAR && column.d.every((difference) => typeof difference !== "string")) return true;
  return unpackColumn(column).every(isModest);
}

type Columns = Readonly<Record<string, BigColumn | readonly unknown[] | undefined>>;

const isBig = (column: BigColumn | readonly unknown[]): column is BigColumn => "base" in column;

function lengthFaults(at: string, rows: number, columns: Columns): Fault[] {
  const faults: Fault[] = rows > MAX_ROWS ? [{ pointer: at, detail: `has ${rows} rows, more than ${MAX_ROWS}` }] : [];
  for (const [name, column] of Object.entries(columns)) {
    if (column === undefined) continue;
    const length = isBig(column) ? column.d.length : column.length;
    if (length !== rows) faults.push({ pointer: `${at}/${name}`, detail: `has ${length} rows where others have ${rows}` });
  }
  return faults;
}

function rangeFaults(batch: Batch): Fault[] {
  const faults: Fault[] = [];
  for (const [at, columns] of [
    ["/bounds", batch.bounds],
    ["/spans", batch.spans],
    ["/exchanges", batch.exchanges],
  ] as const)
    for (const [name, column] of Object.entries(columns as Columns))
      if (column !== undefined && isBig(column) && !isModestColumn(column))
        faults.push({ pointer: `${at}/${name}`, detail: "holds a number outside 63 bits" });
  return [...faults, ...scalarFaults(batch)];
}

function scalarFaults(batch: Batch): Fault[] {
  const scalars: [string, string | null][] = [
    ["/sealed_boottime_ns", batch.sealed_boottime_ns],
    ["/sealed_realtime_ns", batch.sealed_realtime_ns],
    ...batch.events.flatMap((event, row): [string, string][] => [
      [`/events/${row}/raw_ns`, event.raw_ns],
      [`/events/${row}/realtime_ns`, event.realtime_ns],
      [`/events/${row}/boottime_ns`, event.boottime_ns],
    ]),
    ...batch.sources.flatMap((source, row): [string, string | null][] => [
      [`/sources/${row}/lo_ns`, source.lo_ns],
      [`/sources/${row}/hi_ns`, source.hi_ns],
      [`/sources/${row}/delay_ns`, source.delay_ns],
    ]),
  ];
  return scalars
    .filter(([, value]) => value !== null && !isModest(BigInt(value)))
    .map(([pointer]) => ({ pointer, detail: "is a number outside 63 bits" }));
}

function clockFaults({ bounds, spans, exchanges }: Batch): Fault[] {
  const must: [string, BigColumn][] = [
    ["/bounds/raw_ns", bounds.raw_ns],
    ["/bounds/realtime_ns", bounds.realtime_ns],
    ["/bounds/boottime_ns", bounds.boottime_ns],
    ["/spans/from_raw_ns", spans.from_raw_ns],
    ["/spans/from_realtime_ns", spans.from_realtime_ns],
    ["/spans/to_raw_ns", spans.to_raw_ns],
    ["/spans/to_realtime_ns", spans.to_realtime_ns],
    ["/spans/lo_ns", spans.lo_ns],
    ["/spans/hi_ns", spans.hi_ns],
    ["/exchanges/t1_raw_ns", exchanges.t1_raw_ns],
    ["/exchanges/t2_less_t1_ns", exchanges.t2_less_t1_ns],
    ["/exchanges/t3_less_t2_ns", exchanges.t3_less_t2_ns],
    ["/exchanges/t4_less_t1_ns", exchanges.t4_less_t1_ns],
    ["/exchanges/cap_ns", exchanges.cap_ns],
  ];
  return must.filter(([, column]) => column.d.includes(null)).map(([pointer]) => ({ pointer, detail: "has a row without a value" }));
}

function boundFaults({ bounds, spans, sources }: Batch): Fault[] {
  const pairs: [string, (bigint | null)[], (bigint | null)[]][] = [
    ["/bounds/lo_ns", unpackColumn(bounds.lo_ns), unpackColumn(bounds.hi_ns)],
    ["/bounds/since_lo_ns", unpackColumn(bounds.since_lo_ns), unpackColumn(bounds.since_hi_ns)],
    ["/bounds/tight_lo_ns", unpackColumn(bounds.tight_lo_ns), unpackColumn(bounds.tight_hi_ns)],
    ["/bounds/throughout_lo_ns", unpackColumn(bounds.throughout_lo_ns), unpackColumn(bounds.throughout_hi_ns)],
    ["/spans/lo_ns", unpackColumn(spans.lo_ns), unpackColumn(spans.hi_ns)],
    ...sources.map((source, row): [string, (bigint | null)[], (bigint | null)[]] => [
      `/sources/${row}/lo_ns`,
      [whole(source.lo_ns)],
      [whole(source.hi_ns)],
    ]),
  ];
  const faults = pairs
    .filter(([, lows, highs]) => lows.some((lo, row) => !isInterval(lo, highs[row] ?? null)))
    .map(([pointer]) => ({ pointer, detail: "has a lower end without its upper end, or above it" }));
  const [from, to] = [unpackColumn(spans.from_raw_ns), unpackColumn(spans.to_raw_ns)];
  if (!from.every((start, row) => isInterval(start, to[row] ?? null)))
    faults.push({ pointer: "/spans/from_raw_ns", detail: "has a span that ends before it begins" });
  return faults;
}

const whole = (text: string | null): bigint | null => (text === null ? null : BigInt(text));
const isInterval = (lo: bigint | null, hi: bigint | null): boolean =>
  (lo === null) === (hi === null) && (lo === null || hi === null || lo <= hi);

function indexFaults({ bounds, exchanges, sources }: Batch): Fault[] {
  const points = (index: number) => index < sources.length;
  const faults: Fault[] = [];
  if (!bounds.agree.every((row) => row.every(points)))
    faults.push({ pointer: "/bounds/agree", detail: `points past the ${sources.length} sources` });
  if (!exchanges.source.every(points)) faults.push({ pointer: "/exchanges/source", detail: `points past the ${sources.length} sources` });
  return faults;
}

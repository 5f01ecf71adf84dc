import { type Batch, type BigColumn, MAX_ROWS, unpackColumn } from "@truebound/wire";
import type { Fault } from "../refusal.ts";

/** What a schema cannot say of the intervals that sources gave: equally long columns, sources that there are, whole and modest numbers. */
export function intervalFaults({ intervals, sources }: Pick<Batch, "intervals" | "sources">): Fault[] {
  if (intervals === undefined) return [];
  const rows = intervals.source.length;
  const lengths = { ...intervals, raw_ns: intervals.raw_ns.d, lo_ns: intervals.lo_ns.d, hi_ns: intervals.hi_ns.d };
  const uneven = Object.entries(lengths).filter(([, column]) => column.length !== rows);
  if (rows > MAX_ROWS) return [{ pointer: "/intervals", detail: `has ${rows} rows, more than ${MAX_ROWS}` }];
  if (uneven.length > 0)
    return uneven.map(([name, column]) => ({
      pointer: `/intervals/${name}`,
      detail: `has ${column.length} rows where others have ${rows}`,
    }));
  return [
    ...(intervals.source.every((index) => index < sources.length)
      ? []
      : [{ pointer: "/intervals/source", detail: `points past the ${sources.length} sources` }]),
    ...numberFaults("raw_ns", intervals.raw_ns),
    ...numberFaults("lo_ns", intervals.lo_ns),
    ...numberFaults("hi_ns", intervals.hi_ns),
    ...orderFaults(unpackColumn(intervals.lo_ns), unpackColumn(intervals.hi_ns)),
  ];
}

/** Half of what is kept, so that no sum or difference of two leaves it. */
const FAR = 2n ** 62n;

function numberFaults(name: string, column: BigColumn): Fault[] {
  const pointer = `/intervals/${name}`;
  const values = unpackColumn(column);
  if (values.includes(null)) return [{ pointer, detail: "has a row without a value" }];
  return values.some((value) => value === null || value <= -FAR || value >= FAR)
    ? [{ pointer, detail: "holds a number outside 63 bits" }]
    : [];
}

function orderFaults(lows: readonly (bigint | null)[], highs: readonly (bigint | null)[]): Fault[] {
  const isTurned = lows.some((lo, row) => lo !== null && lo > (highs[row] ?? lo));
  return isTurned ? [{ pointer: "/intervals/lo_ns", detail: "has a lower end above its upper end" }] : [];
}

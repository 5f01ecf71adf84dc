import type { Spark } from "@truebound/wire";

/** Equal parts of the range, `to` not among them. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A worst error over time in `parts` × 100 units, the greatest on top, on a logarithmic scale that also holds the limit. */
export interface SparkPicture {
  readonly parts: number;
  /** Each run of known parts as an area down to the floor, and its upper edge as a line. */
  readonly area: string;
  readonly line: string;
  /** Where nothing is known. */
  readonly gaps: readonly Stretch[];
  /** From the top; null = no limit is known, or nothing to hold against it. */
  readonly limit: number | null;
}

const FLOOR = 100;
/** Some air above the greatest and below the least, as factors. */
const ABOVE = 1.3;
const BELOW = 2;

/** Of each part, ns; null = nothing is known of something in it. For drawing only. */
export const worstErrors = ({ lo_ns, hi_ns }: Spark): (number | null)[] =>
  lo_ns.map((lo, part) => {
    const hi = hi_ns[part] ?? null;
    return lo === null || hi === null ? null : Math.max(Math.abs(Number(lo)), Math.abs(Number(hi)));
  });

export function sparkPicture(errors: readonly (number | null)[], limit_ns: number | null): SparkPicture {
  const heightOf = scaleOf(
    errors.filter((error) => error !== null),
    limit_ns,
  );
  const tops = errors.map((error) => (error === null ? null : heightOf(error)));
  const isGap = (part: number): boolean => tops[part] === null;
  const known = runs(errors.length, (part) => !isGap(part));
  return {
    parts: errors.length,
    area: known.map(({ from, to }) => `M${from} ${FLOOR}${steps(tops, from, to, "V")}V${FLOOR}Z`).join(""),
    line: known.map(({ from, to }) => steps(tops, from, to, "M")).join(""),
    gaps: runs(errors.length, isGap),
    limit: limit_ns === null || known.length === 0 ? null : heightOf(limit_ns),
  };
}

/** A part is as high as its worst from its beginning to its end: no slope suggests what was not measured. */
function steps(tops: readonly (number | null)[], from: number, to: number, first: "V" | "M"): string {
  let path = first === "V" ? `V${tops[from]}` : `M${from} ${tops[from]}`;
  for (let part = from; part < to; part++) path += `${part === from ? "" : `V${tops[part]}`}H${part + 1}`;
  return path;
}

/** Neighbours for which something holds. */
function runs(count: number, holds: (part: number) => boolean): Stretch[] {
  const found: Stretch[] = [];
  for (let from = 0; from < count; from++) {
    if (!holds(from)) continue;
    let to = from + 1;
    while (to < count && holds(to)) to += 1;
    found.push({ from, to });
    from = to;
  }
  return found;
}

/** Units from the top, to a tenth; an error below a nanosecond counts as one. */
function scaleOf(errors: readonly number[], limit_ns: number | null): (value_ns: number) => number {
  const all = [...errors, ...(limit_ns === null ? [] : [limit_ns])].map((value) => Math.max(1, value));
  const top = Math.log(Math.max(...all) * ABOVE);
  const floor = Math.log(Math.min(...all) / BELOW);
  return (value_ns) => Math.round(((top - Math.log(Math.max(1, value_ns))) / (top - floor)) * FLOOR * 10) / 10;
}

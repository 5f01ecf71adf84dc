import type { Bound, SourceOffsets } from "@truebound/wire";
import { axisFor, percent, type SymlogAxis } from "./symlog.ts";

/** A stretch of the axis, in percent of it. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** Where the middle nine tenths, and the median, of the true offsets can lie; all of them lie within the hull. */
export interface Spread {
  readonly hull: Stretch;
  readonly most: Stretch;
  readonly median: Stretch;
}

export function spreadOf(axis: SymlogAxis, { hull, p05, p50, p95 }: SourceOffsets): Spread {
  const stretch = (lo_ns: string, hi_ns: string): Stretch => ({ from: percent(axis, Number(lo_ns)), to: percent(axis, Number(hi_ns)) });
  return { hull: stretch(hull.lo_ns, hull.hi_ns), most: stretch(p05.lo_ns, p95.hi_ns), median: stretch(p50.lo_ns, p50.hi_ns) };
}

/** The axis on which all of these find room. */
export const axisOver = (bounds: readonly (Bound | null | undefined)[]): SymlogAxis =>
  axisFor(bounds.flatMap((bound) => (bound ? [Math.abs(Number(bound.lo_ns)), Math.abs(Number(bound.hi_ns))] : [])));

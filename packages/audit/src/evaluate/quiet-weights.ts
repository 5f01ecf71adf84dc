import type { Elements } from "./elements.ts";
import type { NearStretch } from "./quiet.ts";

/** Worst bounds of what is quiet, rounded up to four digits, each with its ns; the greatest of them is exact. */
export interface QuietWeights {
  readonly byShown: ReadonlyMap<number, number>;
  /** Null = nothing of it is audited. */
  readonly worst: number | null;
}

export interface WeighedElements {
  readonly elements: Elements;
  /** As `quietStretches` says it. */
  readonly worst: Float64Array;
  /** What is audited, ascending. */
  readonly sections: readonly NearStretch[];
}

/** Of quiet elements from `first` on, those that lie in a section; none of them lies in one in part. */
export function weighQuiet({ elements: { at }, worst: bounds, sections }: WeighedElements, first: number, end: number): QuietWeights {
  const byShown = new Map<number, number>();
  let worst: number | null = null;
  let next = 0;
  for (let row = first; row < end; row++) {
    const from = at[row] as number;
    const to = at[row + 1] as number;
    while (next < sections.length && (sections[next] as NearStretch).to <= from) next++;
    if (next === sections.length || (sections[next] as NearStretch).from >= to) continue;
    const bound = bounds[row] as number;
    worst = worst === null || bound > worst ? bound : worst;
    const shown = fourDigits(bound);
    byShown.set(shown, (byShown.get(shown) ?? 0) + (to - from));
  }
  return { byShown, worst };
}

/** Rounded up to four significant digits; of whole numbers from 0 on that a double holds. */
export function fourDigits(value: number): number {
  let unit = 1;
  while (value >= 10_000 * unit) unit *= 10;
  const up = value + unit - 1;
  return up - (up % unit);
}

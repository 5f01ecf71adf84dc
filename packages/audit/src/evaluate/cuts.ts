import type { Stretch } from "../audit-case.ts";

const ascending = (a: Stretch, b: Stretch): number => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.to < b.to ? -1 : a.to > b.to ? 1 : 0);

/**
 * 6.2: where the clock may have been stepped, in order; those whose insides overlap are one. Cuts that only touch stay two: the
 * instant between them belongs to neither.
 */
export function mergeCuts(cuts: readonly Stretch[]): Stretch[] {
  const merged: Stretch[] = [];
  for (const { from, to } of [...cuts].sort(ascending)) {
    if (from > to) throw new RangeError(`Cannot cut from ${from} back to ${to}`);
    const last = merged.at(-1);
    if (last === undefined || from >= last.to) merged.push({ from, to });
    else if (to > last.to) merged[merged.length - 1] = { from: last.from, to };
  }
  return merged;
}

/** How many cuts lie before an instant: at its own end, and at a cut of one instant, the clock is past the cut. */
export function cutsBefore(cuts: readonly Stretch[], t: bigint): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cuts[middle] as Stretch).to <= t) low = middle + 1;
    else high = middle;
  }
  return low;
}

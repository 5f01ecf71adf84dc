import type { Cut, Stretch } from "../audit-case.ts";

/** 6.2: where the clock may have been stepped. */
export interface MergedCut extends Stretch {
  readonly leapAtFrom: boolean;
  readonly leapAtTo: boolean;
}

const isLeap = ({ reason }: Cut): boolean => reason === "leap";
const ascending = (a: Stretch, b: Stretch): number => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.to < b.to ? -1 : a.to > b.to ? 1 : 0);

/** In order; those whose insides overlap are one. Cuts that only touch stay two: the instant between them belongs to neither. */
export function mergeCuts(cuts: readonly Cut[]): MergedCut[] {
  const merged: MergedCut[] = [];
  for (const cut of [...cuts].sort(ascending)) {
    if (cut.from > cut.to) throw new RangeError(`Cannot cut from ${cut.from} back to ${cut.to}`);
    const last = merged.at(-1);
    if (last !== undefined && cut.from < last.to) merged[merged.length - 1] = joined(last, cut);
    else merged.push({ from: cut.from, to: cut.to, leapAtFrom: isLeap(cut), leapAtTo: isLeap(cut) });
  }
  return merged;
}

function joined(last: MergedCut, cut: Cut): MergedCut {
  const to = cut.to > last.to ? cut.to : last.to;
  const leapAtTo = (last.to === to && last.leapAtTo) || (cut.to === to && isLeap(cut));
  return { from: last.from, to, leapAtFrom: last.leapAtFrom || (cut.from === last.from && isLeap(cut)), leapAtTo };
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

import type { Stretch } from "../audit-case.ts";

/** Sets of instants as half-open stretches, in order and apart from each other. */
export type Stretches = readonly Stretch[];

/** Of any stretches, in any order. */
export function unionOf(stretches: Iterable<Stretch>): Stretch[] {
  const union: Stretch[] = [];
  const sorted = [...stretches].filter(({ from, to }) => from < to).sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  for (const { from, to } of sorted) {
    const last = union.at(-1);
    if (last === undefined || from > last.to) union.push({ from, to });
    else if (to > last.to) union[union.length - 1] = { from: last.from, to };
  }
  return union;
}

export function intersectionOf(a: Stretches, b: Stretches): Stretch[] {
  const common: Stretch[] = [];
  for (let [i, j] = [0, 0]; i < a.length && j < b.length; ) {
    const [one, other] = [a[i] as Stretch, b[j] as Stretch];
    const from = one.from > other.from ? one.from : other.from;
    const to = one.to < other.to ? one.to : other.to;
    if (from < to) common.push({ from, to });
    if (one.to < other.to) i += 1;
    else j += 1;
  }
  return common;
}

/** What is in `a` and not in `b`. */
export function differenceOf(a: Stretches, b: Stretches): Stretch[] {
  const left: Stretch[] = [];
  let first = 0;
  for (const { from, to } of a) {
    let at = from;
    while (first < b.length && (b[first] as Stretch).to <= from) first += 1;
    for (let index = first; index < b.length && (b[index] as Stretch).from < to; index++) {
      const taken = b[index] as Stretch;
      if (taken.from > at) left.push({ from: at, to: taken.from });
      if (taken.to > at) at = taken.to;
    }
    if (at < to) left.push({ from: at, to });
  }
  return left;
}

export const lengthOf = (stretches: Stretches): bigint => stretches.reduce((sum, { from, to }) => sum + (to - from), 0n);

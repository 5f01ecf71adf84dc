import { hull, type Interval } from "@truebound/time";

/** From `from` to `to` the value may have been anywhere in [lo, hi]; or, without a bound, anywhere at all in the open stretch. */
export interface Cover extends Interval {
  readonly from: bigint;
  readonly to: bigint;
}
export type Silence = Pick<Cover, "from" | "to">;

/**
 * One step function of many covers that overlap: at each instant the hull of all that can hold it, and nothing where one of the
 * silences can. Nobody knows in which of them the clock was, so that only the hull of all can be held against other evidence.
 */
export function piecesOf(covers: readonly Cover[], silences: readonly Silence[]): Cover[] {
  const starts = [...covers].sort((a, b) => compare(a.from, b.from));
  const quiet = joined(silences);
  const pieces: Cover[] = [];
  let active: Cover[] = [];
  let next = 0;
  let silence = 0;
  const ends = endsOf(covers, quiet);
  for (let index = 0; index + 1 < ends.length; index++) {
    const [from, to] = [ends[index] as bigint, ends[index + 1] as bigint];
    active = active.filter((cover) => cover.to > from);
    for (let start = starts[next]; start !== undefined && start.from <= from; start = starts[++next])
      if (start.to > from) active.push(start);
    while (quiet[silence] !== undefined && (quiet[silence] as Silence).to <= from) silence++;
    const [first] = active;
    const near = quiet[silence];
    if (first === undefined || (near !== undefined && near.from <= from)) continue;
    const { lo, hi } = active.reduce<Interval>(hull, first);
    append(pieces, { from, to, lo, hi });
  }
  return pieces;
}

function append(pieces: Cover[], piece: Cover): void {
  const last = pieces.at(-1);
  if (last !== undefined && last.to === piece.from && last.lo === piece.lo && last.hi === piece.hi)
    pieces[pieces.length - 1] = { ...last, to: piece.to };
  else pieces.push(piece);
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Different, ascending. */
function endsOf(covers: readonly Cover[], silences: readonly Silence[]): bigint[] {
  const all = [...covers, ...silences].flatMap(({ from, to }) => [from, to]).sort(compare);
  return all.filter((end, index) => index === 0 || end !== all[index - 1]);
}

/** Ascending and apart; two that only touch leave the instant between them alone, which is no stretch. */
export function joined<T extends Silence>(silences: readonly T[]): Silence[] {
  const all: Silence[] = [];
  for (const { from, to } of [...silences].sort((a, b) => compare(a.from, b.from))) {
    const last = all.at(-1);
    if (to <= from) continue;
    if (last !== undefined && from <= last.to) {
      if (to > last.to) all[all.length - 1] = { from: last.from, to };
    } else all.push({ from, to });
  }
  return all;
}

/** What the stretches leave of one, each longer than nothing. `stretches` ascend and are apart. */
export function less(one: Silence, stretches: readonly Silence[]): Silence[] {
  const left: Silence[] = [];
  let from = one.from;
  for (const stretch of overlapping(stretches, one)) {
    if (stretch.from > from) left.push({ from, to: stretch.from });
    if (stretch.to > from) from = stretch.to;
  }
  return from < one.to ? [...left, { from, to: one.to }] : left;
}

function overlapping(stretches: readonly Silence[], { from, to }: Silence): readonly Silence[] {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle] as Silence).to <= from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < stretches.length && (stretches[end] as Silence).from < to) end++;
  return stretches.slice(low, end);
}

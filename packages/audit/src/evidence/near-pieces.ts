/** Stretches of time by columns: from `from` to `to` the value may have been anywhere in [lo, hi]. */
export class NearCovers {
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly lo: number[] = [];
  readonly hi: number[] = [];

  get length(): number {
    return this.from.length;
  }

  add(from: number, to: number, lo: number, hi: number): void {
    this.from.push(from);
    this.to.push(to);
    this.lo.push(lo);
    this.hi.push(hi);
  }

  /** Goes on with the last where it touches it and says the same. */
  append(from: number, to: number, lo: number, hi: number): void {
    const last = this.length - 1;
    if (last >= 0 && this.to[last] === from && this.lo[last] === lo && this.hi[last] === hi) this.to[last] = to;
    else this.add(from, to, lo, hi);
  }
}

/** An end may be infinite. */
export interface NearSilence {
  readonly from: number;
  readonly to: number;
}

/** As `piecesOf`, which is its slow twin. Here and where else every reading passes nothing is taken apart by `[a, b] = [x, y]`: a list would be made each time. */
export function nearPieces(covers: NearCovers, silences: readonly NearSilence[]): NearCovers {
  const [pieces, quiet] = [new NearCovers(), joined(silences)];
  const [starts, ends] = [orderOf(covers.from), endsOf(covers, quiet)];
  const active: number[] = [];
  let [next, silence] = [0, 0];
  for (let index = 0; index + 1 < ends.length; index++) {
    const from = ends[index] as number;
    const to = ends[index + 1] as number;
    if (from === to) continue;
    dropEnded(active, covers, from);
    for (; next < starts.length && at(covers.from, starts[next] as number) <= from; next++)
      if (at(covers.to, starts[next] as number) > from) active.push(starts[next] as number);
    while (silence < quiet.length && (quiet[silence] as NearSilence).to <= from) silence++;
    const near = quiet[silence];
    if (active.length === 0 || (near !== undefined && near.from <= from)) continue;
    appendHull(pieces, covers, active, from, to);
  }
  return pieces;
}

const at = (column: ArrayLike<number>, row: number): number => column[row] as number;

function dropEnded(active: number[], { to }: NearCovers, from: number): void {
  let kept = 0;
  for (const row of active) if (at(to, row) > from) active[kept++] = row;
  active.length = kept;
}

function appendHull(pieces: NearCovers, { lo, hi }: NearCovers, active: readonly number[], from: number, to: number): void {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const row of active) {
    if (at(lo, row) < least) least = at(lo, row);
    if (at(hi, row) > most) most = at(hi, row);
  }
  pieces.append(from, to, least, most);
}

/** Rows by where they begin; evidence mostly comes in order. */
function orderOf(from: readonly number[]): Int32Array {
  const rows = new Int32Array(from.length);
  for (let row = 0; row < rows.length; row++) rows[row] = row;
  return isAscending(from) ? rows : rows.sort((a, b) => at(from, a) - at(from, b));
}

export function isAscending(values: ArrayLike<number>): boolean {
  for (let row = 1; row < values.length; row++) if ((values[row - 1] as number) > (values[row] as number)) return false;
  return true;
}

/** Ascending; some may be there more than once. */
function endsOf({ from, to }: NearCovers, quiet: readonly NearSilence[]): Float64Array {
  return merged(
    merged(ascending(from), ascending(to)),
    quiet.flatMap(({ from, to }) => [from, to]),
  );
}

const ascending = (values: readonly number[]): ArrayLike<number> => (isAscending(values) ? values : Float64Array.from(values).sort());

/** Of two that ascend. */
function merged(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const all = new Float64Array(a.length + b.length);
  let left = 0;
  let right = 0;
  for (let index = 0; index < all.length; index++) {
    const isLeft = right === b.length || (left < a.length && at(a, left) <= at(b, right));
    all[index] = isLeft ? at(a, left++) : at(b, right++);
  }
  return all;
}

function joined(silences: readonly NearSilence[]): NearSilence[] {
  const all: NearSilence[] = [];
  for (const { from, to } of [...silences].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
    const last = all.at(-1);
    if (to <= from) continue;
    if (last !== undefined && from <= last.to) {
      if (to > last.to) all[all.length - 1] = { from: last.from, to };
    } else all.push({ from, to });
  }
  return all;
}

/** As `less`: what pieces leave of a stretch. */
export function nearLess(one: NearSilence, pieces: NearCovers): NearSilence[] {
  const left: NearSilence[] = [];
  let from = one.from;
  for (let row = firstPast(pieces.to, one.from); row < pieces.length && at(pieces.from, row) < one.to; row++) {
    if (at(pieces.from, row) > from) left.push({ from, to: at(pieces.from, row) });
    if (at(pieces.to, row) > from) from = at(pieces.to, row);
  }
  return from < one.to ? [...left, { from, to: one.to }] : left;
}

/** The first of ascending values that is greater. */
export function firstPast(values: ArrayLike<number>, value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

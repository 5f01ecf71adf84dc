/** A stretch of UTC, both ends inside, ns since 1970. */
export interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

/** In per cent of the picture's width. */
export interface Placed {
  readonly left: number;
  readonly width: number;
}

export interface InstantsLayout {
  /** What the picture spans, ns, between its first and its last end. */
  readonly first: bigint;
  readonly last: bigint;
  readonly rows: readonly (readonly Placed[])[];
}

/** Air to both sides of the outermost ends, per cent. */
const AIR = 6;
const GRAIN = 1_000_000n;

/** Rows of stretches on one axis, to scale. Null = there is nothing to draw. */
export function instantsLayout(rows: readonly (readonly Stretch[])[]): InstantsLayout | null {
  const all = rows.flat();
  const [one] = all;
  if (one === undefined) return null;
  const first = all.reduce((least, { from }) => (from < least ? from : least), one.from);
  const last = all.reduce((most, { to }) => (to > most ? to : most), one.to);
  // All of it may be one nanosecond.
  const span = last > first ? last - first : 1n;
  const share = (ns: bigint): number => (Number((ns * GRAIN) / span) / Number(GRAIN)) * (100 - 2 * AIR);
  return {
    first,
    last,
    rows: rows.map((row) => row.map(({ from, to }) => ({ left: AIR + share(from - first), width: share(to - from) }))),
  };
}

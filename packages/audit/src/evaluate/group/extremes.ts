/** Of a clock over a stretch, scaled: how far E reaches at most (above, below), and at least, either way. */
export interface Extremes {
  readonly above: bigint;
  readonly below: bigint;
  readonly leastHi: bigint;
  readonly leastMinusLo: bigint;
}

/** The greatest sum of a figure of one and a figure of another one; null = there are no two. */
export function greatestSum<T>(all: readonly T[], one: (item: T) => bigint, other: (item: T) => bigint): bigint | null {
  if (all.length < 2) return null;
  const [a, b] = [twoGreatest(all, one), twoGreatest(all, other)];
  if (a.place !== b.place) return a.first + b.first;
  const [x, y] = [a.first + b.second, a.second + b.first];
  return x > y ? x : y;
}

function twoGreatest<T>(all: readonly T[], figure: (item: T) => bigint) {
  let [place, first, second]: [number, bigint | null, bigint | null] = [0, null, null];
  for (let index = 0; index < all.length; index++) {
    const value = figure(all[index] as T);
    if (first === null || value > first) [place, first, second] = [index, value, first];
    else if (second === null || value > second) second = value;
  }
  return { place, first: first as bigint, second: second as bigint };
}

export const isAbove = (sum: bigint | null, limit: bigint): boolean => sum !== null && sum > limit;

/** How far two of them can be apart at most. */
export const widest = (all: readonly Pick<Extremes, "above" | "below">[]): bigint | null =>
  greatestSum(
    all,
    ({ above }) => above,
    ({ below }) => below,
  );

/** So far some two may be apart throughout the stretch. */
export const apartThroughout = (all: readonly Extremes[]): bigint | null =>
  greatestSum(
    all,
    ({ leastHi }) => leastHi,
    ({ leastMinusLo }) => leastMinusLo,
  );

/** No two are certainly further apart than this. */
export const certainlyApart = (all: readonly Extremes[]): bigint | null =>
  greatestSum(
    all,
    ({ leastMinusLo }) => -leastMinusLo,
    ({ leastHi }) => -leastHi,
  );

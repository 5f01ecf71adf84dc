/** Which of many stretches hold a value: those that begin at or before it, looked at backwards until none can reach it. */
export class StabbingIndex<T extends { readonly from: bigint; readonly to: bigint }> {
  readonly #stretches: readonly T[];
  /** The furthest end of each stretch and all before it. */
  readonly #furthest: readonly bigint[];

  constructor(stretches: readonly T[]) {
    this.#stretches = [...stretches].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
    let furthest: bigint | null = null;
    this.#furthest = this.#stretches.map(({ to }) => {
      furthest = furthest === null || to > furthest ? to : furthest;
      return furthest;
    });
  }

  at(value: bigint): T[] {
    const found: T[] = [];
    for (let index = this.#lastFrom(value); index >= 0; index--) {
      if ((this.#furthest[index] as bigint) < value) break;
      const stretch = this.#stretches[index] as T;
      if (value <= stretch.to) found.push(stretch);
    }
    return found;
  }

  /** The last that begins at or before it; -1 = none. */
  #lastFrom(value: bigint): number {
    let [low, high] = [0, this.#stretches.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#stretches[middle] as T).from <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

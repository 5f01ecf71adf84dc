export interface Halving<T, R> {
  /** All or nothing: one result for each item, in their order, or it throws. */
  readonly work: (items: readonly T[]) => Promise<readonly R[]>;
  /** The error is the fault of an item, so that fewer of them may succeed. */
  readonly isFault: (error: unknown) => boolean;
  /** The result of an item that is refused by itself. */
  readonly alone: R;
}

/** Work on all items at once; where one of them spoils it, on each half, so that k faults among n cost about 2 k log₂ n calls and spoil nothing else. */
export async function halving<T, R>(items: readonly T[], { work, isFault, alone }: Halving<T, R>): Promise<readonly R[]> {
  try {
    return await work(items);
  } catch (error) {
    if (!isFault(error)) throw error;
  }
  if (items.length <= 1) return items.map(() => alone);
  const middle = Math.ceil(items.length / 2);
  const first = await halving(items.slice(0, middle), { work, isFault, alone });
  return [...first, ...(await halving(items.slice(middle), { work, isFault, alone }))];
}

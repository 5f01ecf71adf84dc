type Sets = readonly (readonly number[])[];

/**
 * All sets of the fewest members that have at least one in common with each given set, each in ascending order; null = it
 * takes more than `most`. Every member of a smallest one is needed, so each is found by branching over sets that are not hit yet.
 */
export function leastHittingSets(sets: Sets, most: number): readonly (readonly number[])[] | null {
  for (let size = 0; size <= most; size++) {
    const found = new Map<string, readonly number[]>();
    branch(sets, [], size, (set) => found.set(set.join(), set));
    if (found.size > 0) return [...found.values()];
  }
  return null;
}

function branch(sets: Sets, chosen: readonly number[], left: number, found: (set: readonly number[]) => void): void {
  const missed = sets.filter((set) => !set.some((member) => chosen.includes(member)));
  const [shortest] = missed;
  if (shortest === undefined) return found([...chosen].sort((a, b) => a - b));
  if (left === 0) return;
  const next = missed.reduce((least, set) => (set.length < least.length ? set : least), shortest);
  for (const member of next) branch(missed, [...chosen, member], left - 1, found);
}

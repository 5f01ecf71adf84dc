/** Leaves `from` up to and without `to`: one subtree of RFC 6962. Sizes stay below 2^53, so they are plain numbers. */
export interface Subtree {
  readonly from: number;
  readonly to: number;
}

export const leavesOf = ({ from, to }: Subtree): number => to - from;

/** Where a tree of `size` leaves, two or more, is split: the largest power of two that is less. */
export function splitOf(size: number): number {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}

/** A complete subtree never changes again, however the log grows. */
export function isComplete(one: Subtree): boolean {
  const leaves = leavesOf(one);
  return leaves === 1 || splitOf(leaves) * 2 === leaves;
}

export function halves({ from, to }: Subtree): readonly [Subtree, Subtree] {
  const middle = from + splitOf(to - from);
  return [
    { from, to: middle },
    { from: middle, to },
  ];
}

/** Of which subtrees the hashes prove that a leaf lies in a tree, from the leaf up (PATH of RFC 6962). */
export function inclusionPath(index: number, tree: Subtree): Subtree[] {
  if (leavesOf(tree) === 1) return [];
  const [left, right] = halves(tree);
  return index < left.to ? [...inclusionPath(index, left), right] : [...inclusionPath(index, right), left];
}

/** Of which subtrees the hashes prove that a tree of `size` leaves is the beginning of this one (SUBPROOF of RFC 6962). */
export function consistencyPath(size: number, tree: Subtree, isOld = true): Subtree[] {
  if (size === tree.to) return isOld ? [] : [tree];
  const [left, right] = halves(tree);
  return size <= left.to ? [...consistencyPath(size, left, isOld), right] : [...consistencyPath(size, right, false), left];
}

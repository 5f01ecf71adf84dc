import type { KeyChange } from "@truebound/wire";

/**
 * How the key in use goes back to the one by which a report was signed, the oldest change first; none = it is that key still. Null =
 * it does not: that key, or one that followed it, was lost, or never was this server's.
 */
export function followingKeys(issuer: string, inUse: string, changes: readonly KeyChange[]): readonly KeyChange[] | null {
  const way: KeyChange[] = [];
  for (let last = issuer; last !== inUse; last = way.at(-1)?.public_key as string) {
    const next = changes.find(({ before, signature }) => before === last && signature !== null);
    if (next === undefined || way.includes(next)) return null;
    way.push(next);
  }
  return way;
}

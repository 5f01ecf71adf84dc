import type { LeafPlace } from "@truebound/audit";

/** The month that was left after a key was lost, in which alone it could be proved. */
export interface LeftMonth {
  readonly leftMonth: string;
}

/**
 * The first registration of a person's key that can be proved, and that the log has before what they signed (null = they sign next).
 * A month that was left proves nothing; where the person was registered once more, that one counts. Null = there is none at all.
 */
export function provedRegistration<Leaf extends LeafPlace>(
  registrations: readonly Leaf[],
  signed: LeafPlace | null,
  left: ReadonlySet<string>,
): Leaf | LeftMonth | null {
  if (signed !== null && left.has(signed.shard)) return { leftMonth: signed.shard };
  const before = registrations.filter((one) => signed === null || isBefore(one, signed));
  const [first] = before;
  return before.find(({ shard }) => !left.has(shard)) ?? (first === undefined ? null : { leftMonth: first.shard });
}

const isBefore = (a: LeafPlace, b: LeafPlace): boolean => a.shard < b.shard || (a.shard === b.shard && a.index < b.index);

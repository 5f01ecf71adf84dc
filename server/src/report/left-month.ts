import type { HostLeaf, MadeReport, ReportLog, SignedHead } from "./ports.ts";

/** Of a month that was left after a key was lost, the head as that key had signed it. */
export type LeftHeads = ReadonlyMap<string, SignedHead>;

/** Which of these months no key vouches for that a reader of the bundle can follow; the sealed one is signed by the key in use. */
export async function leftHeads(
  log: Pick<ReportLog, "head">,
  shards: Iterable<string>,
  sealed: SignedHead,
  trusted: ReadonlySet<string>,
): Promise<LeftHeads> {
  const left = new Map<string, SignedHead>();
  for (const shard of new Set(shards)) {
    const head = shard === sealed.shard ? sealed : await log.head(shard);
    if (head !== null && !trusted.has(head.key_id)) left.set(shard, head);
  }
  return left;
}

/** What a report says of the one before it. */
export interface Before {
  /** The log is shown to go on from it. */
  readonly tied: MadeReport | null;
  /** Nothing ties the two: the month of that one was left. */
  readonly untied: { readonly report: MadeReport; readonly keyId: string } | null;
}

export function reportBefore(last: MadeReport | null, left: LeftHeads): Before {
  const head = last === null ? undefined : left.get(last.head.shard);
  return last === null || head === undefined ? { tied: last, untied: null } : { tied: null, untied: { report: last, keyId: head.key_id } };
}

/** No result rests on what was deleted: an entry of it that nobody can prove any more is left out, and the rest is made. */
export const provable = <Leaf extends Pick<HostLeaf, "shard">>(leaves: readonly Leaf[], left: LeftHeads): readonly Leaf[] =>
  leaves.filter(({ shard }) => !left.has(shard));

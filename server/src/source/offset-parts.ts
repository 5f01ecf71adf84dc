import type { Interval, UtcInstant } from "@truebound/time";

/** Where a source's offset lay by one report of one of its users. */
export interface SeenOffset {
  readonly at: UtcInstant;
  readonly offset: Interval;
  /** The host called it false then. */
  readonly isFalse: boolean;
}

export interface OffsetPart {
  /** From 0. */
  readonly part: number;
  readonly hull: Interval;
  readonly hosts: number;
  readonly falseBy: number;
}

export interface PartFrame {
  readonly from: UtcInstant;
  readonly to: UtcInstant;
  readonly parts: number;
}

/**
 * The hull of what was seen in each part of a range, which is never narrower than any of it; parts of which nothing was seen have
 * none. `seen` has at most one report of a host in a part.
 */
export function offsetParts(seen: readonly SeenOffset[], { from, to, parts }: PartFrame): OffsetPart[] {
  const found = new Map<number, OffsetPart>();
  for (const { at, offset, isFalse } of seen) {
    const part = Number(((at - from) * BigInt(parts)) / (to - from));
    const { hull, hosts, falseBy } = found.get(part) ?? { hull: offset, hosts: 0, falseBy: 0 };
    const wider = { lo: offset.lo < hull.lo ? offset.lo : hull.lo, hi: offset.hi > hull.hi ? offset.hi : hull.hi };
    found.set(part, { part, hull: wider, hosts: hosts + 1, falseBy: falseBy + Number(isFalse) });
  }
  return [...found.values()].sort((a, b) => a.part - b.part);
}

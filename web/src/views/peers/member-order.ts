import type { MeshMember } from "@truebound/wire";
import { standingLook } from "../../format/standing-look.ts";
import { accusedFirst, byName } from "./names.ts";

export const SORTS = ["standing", "name", "bound", "measured"] as const;
export type Sort = (typeof SORTS)[number];

export const sortOf = (text: string | null): Sort => SORTS.find((sort) => sort === text) ?? "standing";

const worst = ({ guaranteed }: MeshMember): bigint | null => {
  if (guaranteed === null) return null;
  const [lo, hi] = [BigInt(guaranteed.lo_ns), BigInt(guaranteed.hi_ns)];
  return -lo > hi ? -lo : hi;
};

/** No bound at all is worse than any. */
function byBound(a: MeshMember, b: MeshMember): number {
  const [first, second] = [worst(a), worst(b)];
  if (first === null || second === null) return Number(first !== null) - Number(second !== null);
  return first === second ? 0 : first > second ? -1 : 1;
}

const ORDERS: Readonly<Record<Sort, (a: MeshMember, b: MeshMember) => number>> = {
  standing: accusedFirst,
  name: byName,
  bound: byBound,
  measured: (a, b) => a.measures + a.measured_by - (b.measures + b.measured_by),
};

export const sorted = (members: readonly MeshMember[], sort: Sort): MeshMember[] =>
  members.toSorted((a, b) => ORDERS[sort](a, b) || byName(a, b));

/** Every word of the search must occur in the name, labels, domain, standing, trouble or remark. */
export function matchingMembers(members: readonly MeshMember[], search: string): readonly MeshMember[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return members.filter((member) => words.every((word) => textOf(member).includes(word)));
}

const textOf = (member: MeshMember): string =>
  [
    member.name,
    member.id,
    member.domain,
    member.kind,
    standingLook(member).word,
    member.trouble ?? "",
    member.remark ?? "",
    ...Object.entries(member.labels).map(([name, value]) => `${name}=${value}`),
  ]
    .join(" ")
    .toLowerCase();

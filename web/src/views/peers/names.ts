import type { MeshMember } from "@truebound/wire";
import { standingLook } from "../../format/standing-look.ts";
import { UTC } from "./accusation.ts";

const SHORT_ID = 8;
const collator = new Intl.Collator("en", { numeric: true });
const RANK: Readonly<Record<string, number>> = { flagged: 0, suspect: 1 };
const hasTrouble = (member: MeshMember): boolean => member.trouble !== null || standingLook(member).look === "unknown";
const rankOf = (member: MeshMember): number => RANK[member.standing] ?? (hasTrouble(member) ? 2 : 3);

export type Members = ReadonlyMap<string, MeshMember>;

export const byId = (members: readonly MeshMember[]): Members => new Map(members.map((member) => [member.id, member]));

/** What stands before the first dot; a number is no name. */
const HOST_PART = /^[^.]*[a-z][^.]*(?=\.)/i;
const hostPart = ({ name }: MeshMember): string => HOST_PART.exec(name)?.[0] ?? name;

/** Members' names, without their domain where no two become the same; of one that is gone the beginning of its id. */
export function namesOf(members: Members): (id: string) => string {
  const count = new Map<string, number>();
  for (const member of members.values()) count.set(hostPart(member), (count.get(hostPart(member)) ?? 0) + 1);
  return (id) => {
    const member = members.get(id);
    if (id === UTC) return UTC;
    if (member === undefined) return `${id.slice(0, SHORT_ID)}…`;
    return count.get(hostPart(member)) === 1 ? hostPart(member) : member.name;
  };
}

export const byName = (a: MeshMember, b: MeshMember): number => collator.compare(a.name, b.name);

/** Who is accused first, then who does not take part as it should, then by name. */
export const accusedFirst = (a: MeshMember, b: MeshMember): number => rankOf(a) - rankOf(b) || byName(a, b);

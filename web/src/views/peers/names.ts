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

/** A member's name; of one that is gone the beginning of its id. */
export const namesOf =
  (members: Members) =>
  (id: string): string =>
    id === UTC ? UTC : (members.get(id)?.name ?? `${id.slice(0, SHORT_ID)}…`);

export const byName = (a: MeshMember, b: MeshMember): number => collator.compare(a.name, b.name);

/** Who is accused first, then who does not take part as it should, then by name. */
export const accusedFirst = (a: MeshMember, b: MeshMember): number => rankOf(a) - rankOf(b) || byName(a, b);

import type { MeshMember, TargetView } from "@truebound/wire";
import { countWords } from "../../format/count-words.ts";
import { standingLook } from "../../format/standing-look.ts";
import type { Look } from "../../format/status-look.ts";

/** How a target stands: by the newest solution, where it has a place in one. */
export interface TargetStanding {
  readonly target: TargetView;
  /** Null = no host has measured it yet. */
  readonly member: MeshMember | null;
  readonly look: Look;
  readonly word: string;
  readonly why: string;
  /** The hosts that measure it, as far as they are known here. */
  readonly measurers: readonly Measurer[];
}

export interface Measurer {
  readonly id: string;
  readonly name: string;
}

/** Those of which least is known first, then by name. */
export const targetStandings = (targets: readonly TargetView[], members: readonly MeshMember[]): TargetStanding[] =>
  targets
    .map((target) => standingOf(target, members.find(({ id }) => id === target.id) ?? null, members))
    .toSorted((a, b) => rank(a) - rank(b) || (a.target.name < b.target.name ? -1 : 1));

const RANKS: readonly Look[] = ["conflict", "unverified", "unknown"];
function rank({ look }: TargetStanding): number {
  const at = RANKS.indexOf(look);
  return at === -1 ? RANKS.length : at;
}

function standingOf(target: TargetView, member: MeshMember | null, members: readonly MeshMember[]): TargetStanding {
  const measurers = measurersOf(member, members);
  if (member === null || member.measured_by === 0)
    return { target, member, measurers, look: "unknown", word: "not measured", why: `no host of ${target.domain} has measured it lately` };
  const { look, word, means } = standingLook(member);
  return { target, member, measurers, look, word, why: member.trouble ?? member.remark ?? means };
}

const measurersOf = (member: MeshMember | null, members: readonly MeshMember[]): Measurer[] =>
  (member?.measurers ?? [])
    .map((id) => ({ id, name: members.find((one) => one.id === id)?.name ?? id }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));

/** One word alone contradicts nobody. */
export const measuredWords = (member: MeshMember | null): string => {
  if (member === null || member.measured_by === 0) return "by nobody";
  return member.measured_by === 1 ? "by 1 host: nobody can contradict it" : `by ${countWords(member.measured_by, "host")}`;
};

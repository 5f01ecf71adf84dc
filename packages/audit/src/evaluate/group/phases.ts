import type { Exemption, GroupMember, Stretch } from "../../audit-case.ts";
import { isTimely } from "../accounting.ts";
import { type Stretches, unionOf } from "../stretches.ts";

/** late = only what is proved outside counts of its pairs; out = none of its pairs is asked. */
export type Role = "asked" | "late" | "out";

/** A stretch in which the same members are asked. */
export interface Phase extends Stretch {
  readonly roles: readonly Role[];
  /** Exemptions of single members leave no pair to be asked: so the time is exempt, and judged as if it were not. */
  readonly relief: "timely" | "late" | null;
}

/** An exemption of one member takes its pairs out, and leaves the others among themselves. */
export function phasesOf(members: readonly GroupMember[], window: Stretch): Phase[] {
  const relieved = members.map(({ exemptions }) => ({
    timely: unionOf(exemptions.filter(isTimely)),
    late: unionOf(exemptions.filter((one) => !isTimely(one))),
  }));
  const ends = endsWithin(
    window,
    relieved.flatMap(({ timely, late }) => [...timely, ...late]),
  );
  return ends.slice(0, -1).map((from, index) => {
    const roles = relieved.map(({ timely, late }): Role => (holds(timely, from) ? "out" : holds(late, from) ? "late" : "asked"));
    return { from, to: ends[index + 1] as bigint, ...relief(roles) };
  });
}

function endsWithin({ from, to }: Stretch, stretches: Stretches): bigint[] {
  const inside = stretches.flatMap((one) => [one.from, one.to]).filter((end) => from < end && end < to);
  return [...new Set([from, ...inside, to])].sort((a, b) => (a < b ? -1 : 1));
}

const holds = (stretches: Stretches, at: bigint): boolean => stretches.some(({ from, to }) => from <= at && at < to);

function relief(roles: readonly Role[]): Pick<Phase, "roles" | "relief"> {
  const left = roles.filter((role) => role !== "out").length;
  if (left < 2) return { roles: roles.map(() => "asked"), relief: "timely" };
  if (roles.filter((role) => role === "asked").length >= 2) return { roles, relief: null };
  return { roles: roles.map((role) => (role === "out" ? "out" : "asked")), relief: "late" };
}

/** What the phases add to the exemptions of all pairs. */
export const reliefsOf = (phases: readonly Phase[]): Exemption[] =>
  phases.flatMap(({ from, to, relief }) => (relief === null ? [] : [{ from, to, declaredAt: relief === "timely" ? from : from + 1n }]));

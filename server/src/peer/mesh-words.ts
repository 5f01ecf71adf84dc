import { formatUtc, type UtcInstant } from "@truebound/time";
import type { MeshMember } from "@truebound/wire";
import type { Member } from "./members.ts";
import type { MeshState } from "./peer-keeper.ts";
import { isSuspect, type Solution, type TierSolution } from "./solution.ts";

type Counts = Pick<MeshMember, "measures" | "measured_by">;

export const NOT_LOOKED = "This server has not looked at the mesh yet: ask again in a few seconds";

/** How the mesh stands as a whole, or why nothing is known of it. These nodes are meant. */
export function meshInWords({ members, leap, solution, standings }: MeshState, ids: readonly string[]): string {
  if (leap !== null) return leapInWords(leap.utc_ns);
  if (members.size === 0) return "No host is in a mesh: a policy rule with a mesh puts hosts that carry its labels into one";
  if (solution === null || ids.length === 0) return "No host and no target is in this domain";
  if (members.size === 1) return "One host alone is in a mesh: nobody measures it, and its bound is its own";
  const among = ids.map((id) => standings.get(id)?.standing);
  const [flagged = 0, suspects = 0] = (["flagged", "suspect"] as const).map(
    (wanted) => among.filter((standing) => standing === wanted).length,
  );
  if (flagged > 0 || suspects > 0)
    return `Some of what is claimed and measured cannot be true: ${flagged} accused, ${suspects} more suspected`;
  if (ids.some((id) => isSuspect(solution.guaranteed, id) || isSuspect(solution.tight, id)))
    return "Some of what is claimed and measured contradicts itself; nobody is accused before it was measured again";
  return "Nothing that hosts claim and measure contradicts itself";
}

const leapInWords = (at: bigint): string =>
  `A leap second at ${formatUtc(at as UtcInstant)} is within two minutes, and clocks take it each in its own way: until it is over nothing is computed, and nobody is newly accused or cleared`;

/** What keeps a host from being bounded, or its bound from meaning much. */
export function memberRemark(
  { facts, guaranteed, tight }: Solution,
  { record, reading }: Member,
  { measures, measured_by }: Counts,
): string | null {
  if (record.unreadable) return "its latest report could not be read, so it takes no part";
  if (reading === null) return "its last report is older than 90 s, so it takes no part until it reports again";
  if (isSuspect(guaranteed, record.id)) return contradicted(guaranteed, record.id);
  const bound = guaranteed.bounds.get(record.id) ?? null;
  if (facts.members.size > 1 && measures + measured_by === 0)
    return `nothing was measured between it and its neighbours in the last 90 s on the rulers that they have now: ${bound === null ? "it has no bound" : "its bound is its own"}`;
  if (isSuspect(tight, record.id)) return CONTRADICTED_TIGHTLY;
  return bound === null ? "it claims nothing of UTC itself, and no way leads by its neighbours to one that does" : null;
}

const contradicted = ({ blame: { flagged } }: TierSolution, id: string): string =>
  flagged.includes(id)
    ? "nothing explains all contradictions without it, so what it says counts for nobody and it has no bound"
    : "it is among those of whom some must be wrong, so what they say counts for nobody and they have no bound";

const CONTRADICTED_TIGHTLY =
  "in the tight tier it is among those of whom some must be wrong, by their clocks or by frequencies that moved, so it has no tight bound";

export function targetRemark({ guaranteed }: Solution, id: string, measuredBy: number): string | null {
  if (measuredBy === 0) return "no agent has measured it in the last 90 s";
  if (isSuspect(guaranteed, id)) return contradicted(guaranteed, id);
  if ((guaranteed.bounds.get(id) ?? null) === null) return "no agent that measures it has a bound of its own";
  return measuredBy === 1 ? "one agent alone measures it: its bound rests on that agent's word" : null;
}

/** Why two clocks have no bound on their difference. */
export function whyNoPair(state: MeshState, a: MeshMember, b: MeshMember): string {
  const { leap, solution } = state;
  if (leap !== null) return leapInWords(leap.utc_ns);
  if (solution === null) return NOT_LOOKED;
  const suspects = [a, b].filter(({ id }) => isSuspect(solution.guaranteed, id));
  if (suspects.length > 0)
    return `What ${suspects.map(({ name }) => name).join(" and ")} ${suspects.length > 1 ? "say" : "says"} is contradicted, and suspects have no bound`;
  const apart = [a, b].find(({ remark }) => remark !== null);
  if (apart !== undefined) return `${apart.name}: ${apart.remark}`;
  return `Nothing joins ${a.name} and ${b.name}: neither measurements, by whatever way, nor bounds on UTC of both`;
}

import { absolute, formatUtc, meshEdges, type PeerEdge, pairBound } from "@truebound/time";
import type { MeshMember, PairView, PathBound } from "@truebound/wire";
import { type PairProfiles, pairVerdicts } from "../audit/pair-verdicts.ts";
import { viewMembers } from "./mesh-view.ts";
import { whyNoPair } from "./mesh-words.ts";
import type { MeshState } from "./peer-keeper.ts";
import { type Solution, type TierSolution, withoutClaims } from "./solution.ts";
import { meshHostOf, rulerEdgesOf } from "./tier-constraints.ts";

/** What is known of clock b − clock a. null = one of them is in no mesh. */
export function viewPair(state: MeshState, ids: readonly [string, string], profiles: PairProfiles): PairView | null {
  const members = viewMembers(state);
  const [a, b] = ids.map((id) => members.find((member) => member.id === id));
  if (a === undefined || b === undefined) return null;
  const { solution } = state;
  const apart = solution && pairOf(solution.guaranteed, a, b);
  return {
    a,
    b,
    as_of: solution && formatUtc(solution.facts.asOf),
    apart_ns: solution && receivedApart(solution, a.id, b.id),
    guaranteed: apart && viewPath(apart),
    tight: viewPath(solution && pairOf(solution.tight, a, b)),
    direct: solution === null ? [] : directOf(solution, a.id, b.id),
    verdicts: solution === null ? [] : pairVerdicts(profiles, solution.facts.asOf, apart),
    why: apart === null ? whyNoPair(state, a, b) : null,
  };
}

const pairOf = ({ graph, without }: TierSolution, a: MeshMember, b: MeshMember) => pairBound(graph, a.id, b.id, without);

const viewPath = (path: ReturnType<typeof pairBound>): PathBound | null =>
  path && { lo_ns: path.lo.toString(), hi_ns: path.hi.toString(), above: [...path.above], below: [...path.below] };

function receivedApart({ facts: { members } }: Solution, a: string, b: string): string | null {
  const [one, other] = [a, b].map((id) => members.get(id)?.record.receivedAt ?? null);
  return one == null || other == null ? null : absolute(one - other).toString();
}

/** Each measurement between the two, carried to both readings. */
function directOf({ facts: { members, edges } }: Solution, a: string, b: string): PairView["direct"] {
  const hosts = [a, b].flatMap((id) => {
    const member = members.get(id);
    return member === undefined ? [] : (meshHostOf(member, "guaranteed") ?? []);
  });
  const between = edges.filter(({ from, to }) => (from === a && to === b) || (from === b && to === a));
  return between.flatMap((edge) =>
    meshEdges(withoutClaims(hosts), rulerEdgesOf(edge, "guaranteed")).map(({ from, to, lo, hi }: PeerEdge) => ({
      from,
      to,
      lo_ns: lo.toString(),
      hi_ns: hi.toString(),
      age_s: Math.max(0, edge.ageMs / 1000),
    })),
  );
}

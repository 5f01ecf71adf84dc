import { worstError } from "@truebound/time";
import { TIERS } from "@truebound/wire";
import { viewMesh } from "../peer/mesh-view.ts";
import type { MeshState } from "../peer/peer-keeper.ts";
import type { TierSolution } from "../peer/solution.ts";
import { type Sample, toSeconds } from "./fleet-samples.ts";

/** What the mesh looks like as this process solved it last. */
export function peerSamples(state: MeshState | null): Sample[] {
  if (state === null || state.solution === null || state.tookMs === null) return [];
  const { facts, guaranteed, tight } = state.solution;
  const agents = [...facts.members.values()].filter(({ reading }) => reading !== null).length;
  return [
    { family: "peerMembers", labels: { kind: "agent" }, value: agents },
    { family: "peerMembers", labels: { kind: "target" }, value: facts.targets.size },
    { family: "peerEdges", labels: {}, value: facts.edges.length },
    { family: "peerSolve", labels: {}, value: state.tookMs / 1000 },
    ...[guaranteed, tight].flatMap((solution) => tierSamples(solution, state)),
    ...flaggedSamples(state),
    ...closureSamples(state),
  ];
}

function tierSamples({ tier, blame, bounds }: TierSolution, state: MeshState): Sample[] {
  const known = [...bounds].flatMap(([id, bound]): Sample[] => {
    const host = nameOf(state, id);
    if (bound === null || host === null) return [];
    return [{ family: "peerErrorBound", labels: { host, tier }, value: toSeconds(worstError(bound), "up") }];
  });
  return [
    { family: "peerInconsistent", labels: { tier }, value: blame.contradictions.length > 0 ? 1 : 0 },
    { family: "peerSuspects", labels: { tier }, value: blame.suspects.length },
    ...known,
  ];
}

function flaggedSamples({ members, conflicts }: MeshState): Sample[] {
  const open = conflicts.filter(({ endedAt }) => endedAt === null);
  return TIERS.flatMap((tier) => {
    const flagged = new Set(open.filter((conflict) => conflict.tier === tier).flatMap((conflict) => conflict.flagged));
    return [...members.values()].map(
      ({ record }): Sample => ({ family: "peerFlagged", labels: { host: record.name, tier }, value: flagged.has(record.id) ? 1 : 0 }),
    );
  });
}

function closureSamples(state: MeshState): Sample[] {
  const { closure } = viewMesh(state, null);
  if (closure === null) return [];
  const { median, greatest } = closure;
  return Object.entries({ median, greatest }).map(([stat, value]): Sample => ({ family: "peerClosure", labels: { stat }, value }));
}

const nameOf = ({ members, targets }: MeshState, id: string): string | null =>
  members.get(id)?.record.name ?? targets.get(id)?.name ?? null;

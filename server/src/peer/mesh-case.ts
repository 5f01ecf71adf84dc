import { formatUtc, type PeerGraph } from "@truebound/time";
import type { PeersCase, Tier } from "@truebound/wire";
import { meshInWords } from "./mesh-words.ts";
import type { MeshState } from "./peer-keeper.ts";

/** All constraints, those of suspects too. */
export function viewCase(state: MeshState, tier: Tier): PeersCase {
  const { solution } = state;
  if (solution === null) return { about: meshInWords(state, [...state.members.keys()]), edges: [] };
  return { about: `The mesh at ${formatUtc(solution.facts.asOf)}, ${tier} tier`, edges: edgesOf(solution[tier].graph) };
}

function edgesOf({ tail, head, twin, weight, ids }: PeerGraph): PeersCase["edges"] {
  return [...twin.entries()].flatMap(([arc, back]) => {
    if (arc > back) return [];
    const ends = { from: ids[tail[arc] as number] as string, to: ids[head[arc] as number] as string };
    return spans(-(weight[back] as bigint), weight[arc] as bigint).map(([lo, hi]) => ({
      ...ends,
      lo_ns: lo.toString(),
      hi_ns: hi.toString(),
    }));
  });
}

/** Two nodes whose measurements leave nothing: no interval says so, and two that do not meet do. */
const spans = (lo: bigint, hi: bigint): [bigint, bigint][] =>
  lo <= hi
    ? [[lo, hi]]
    : [
        [lo, lo],
        [hi, hi],
      ];

import { relaxExactly } from "./exact-paths.ts";
import type { PeerGraph } from "./peer-graph.ts";

/** Least sums of weights, and for each node the arc by which its own was reached (−1 = none). */
export interface Paths {
  /** ns, exact; null = there is no way. */
  readonly distance: (node: number) => bigint | null;
  readonly via: Int32Array;
}

/** Arcs in the order of travel; the sum of their weights is negative. */
export interface NegativeCycle {
  readonly arcs: readonly number[];
}

export const isCycle = (found: Paths | NegativeCycle): found is NegativeCycle => "arcs" in found;

export interface Search {
  /** Where the ways begin; null = everywhere at once, so that every negative cycle is in reach. */
  readonly from: number | null;
  /** Arcs are travelled from head to tail, so that distances are *to* `from`. */
  readonly backwards?: boolean;
  /** Nodes that are left out: 1. */
  readonly without?: Uint8Array | null;
}

/** Bellman and Ford, by rounds over what changed in the round before. A negative cycle shows as one of the arcs by which nodes were reached. */
export function leastPaths(graph: PeerGraph, search: Search): Paths | NegativeCycle {
  const found = graph.small === null ? null : relax(graph, graph.small, search);
  // Too far for doubles: slower, and exact at any distance.
  return found ?? relaxExactly(graph, search);
}

/** Far below 2⁵³: one more weight is added exactly. */
const FAR = 2 ** 52;

function relax(graph: PeerGraph, small: Float64Array, { from, backwards = false, without = null }: Search): Paths | NegativeCycle | null {
  const { first, head, twin } = graph;
  const nodes = graph.ids.length;
  const distance = new Float64Array(nodes).fill(from === null ? 0 : Number.POSITIVE_INFINITY);
  const via = new Int32Array(nodes).fill(-1);
  const isQueued = new Uint8Array(nodes);
  let now = from === null ? [...distance.keys()].filter((node) => without?.[node] !== 1) : [from];
  if (from !== null) distance[from] = 0;
  while (now.length > 0) {
    const next: number[] = [];
    for (const node of now) isQueued[node] = 0;
    for (const node of now) {
      const reached = distance[node] as number;
      const end = first[node + 1] as number;
      for (let arc = first[node] as number; arc < end; arc++) {
        const there = head[arc] as number;
        const way = backwards ? (twin[arc] as number) : arc;
        const sum = reached + (small[way] as number);
        if (sum >= (distance[there] as number) || without?.[there] === 1) continue;
        if (sum > FAR || sum < -FAR) return null;
        distance[there] = sum;
        via[there] = way;
        if (isQueued[there] === 1) continue;
        isQueued[there] = 1;
        next.push(there);
      }
    }
    const cycle = cycleOf(graph, via, backwards);
    if (cycle !== null) return cycle;
    now = next;
  }
  const start = from ?? 0;
  const exact = (node: number) => {
    const sum = distance[node] as number;
    if (!Number.isFinite(sum)) return null;
    const moved = (graph.shift[node] as bigint) - (graph.shift[start] as bigint);
    return BigInt(sum) + (backwards ? -moved : moved);
  };
  return { distance: exact, via };
}

/** A cycle of arcs by which nodes were reached, in the order of travel along the arcs; null = they are trees. */
export function cycleOf({ tail, head }: PeerGraph, via: Int32Array, backwards: boolean): NegativeCycle | null {
  const seenBy = new Int32Array(via.length).fill(-1);
  const before = (node: number) => {
    const arc = via[node] as number;
    return arc < 0 ? -1 : ((backwards ? head[arc] : tail[arc]) as number);
  };
  for (let start = 0; start < via.length; start++) {
    let node = start;
    while (node >= 0 && seenBy[node] === -1) {
      seenBy[node] = start;
      node = before(node);
    }
    if (node < 0 || seenBy[node] !== start) continue;
    const arcs: number[] = [];
    const last = node;
    do {
      arcs.push(via[node] as number);
      node = before(node);
    } while (node !== last);
    return { arcs: backwards ? arcs : arcs.reverse() };
  }
  return null;
}

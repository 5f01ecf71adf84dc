import { cycleOf, type NegativeCycle, type Paths, type Search } from "./paths.ts";
import type { PeerGraph } from "./peer-graph.ts";

/** The same as `leastPaths` in integers of any size: every arc in turn, until none shortens anything. */
export function relaxExactly(graph: PeerGraph, { from, backwards = false, without = null }: Search): Paths | NegativeCycle {
  const { tail, head, weight } = graph;
  const nodes = graph.ids.length;
  const distance = Array.from({ length: nodes }, (): bigint | null => (from === null ? 0n : null));
  if (from !== null) distance[from] = 0n;
  const via = new Int32Array(nodes).fill(-1);
  for (let isShorter = true; isShorter; ) {
    isShorter = false;
    for (let arc = 0; arc < weight.length; arc++) {
      const [start, end] = backwards ? [head[arc] as number, tail[arc] as number] : [tail[arc] as number, head[arc] as number];
      const reached = distance[start] as bigint | null;
      if (reached === null || without?.[start] === 1 || without?.[end] === 1) continue;
      const sum = reached + (weight[arc] as bigint);
      const known = distance[end] as bigint | null;
      if (known !== null && sum >= known) continue;
      [distance[end], via[end], isShorter] = [sum, arc, true];
    }
    const cycle = cycleOf(graph, via, backwards);
    if (cycle !== null) return cycle;
  }
  return { distance: (node) => distance[node] as bigint | null, via };
}

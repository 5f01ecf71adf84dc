import type { NegativeCycle } from "./paths.ts";
import type { PeerGraph } from "./peer-graph.ts";

/**
 * Contradictions of one or two hosts, with or without UTC: what a host says of itself against what its neighbour says of both. One
 * pass over the arcs finds them all, and in a fleet of which a few lie there are hardly any others.
 */
export function shortContradictions(graph: PeerGraph): NegativeCycle[] {
  const { tail, head, twin, weight } = graph;
  const fromUtc = utcArcs(graph);
  const cycles: NegativeCycle[] = [];
  const consider = (...arcs: readonly number[]) => {
    if (arcs.reduce((sum, arc) => sum + (weight[arc] as bigint), 0n) < 0n) cycles.push({ arcs });
  };
  for (let arc = 0; arc < weight.length; arc++) {
    const [start, end, back] = [tail[arc] as number, head[arc] as number, twin[arc] as number];
    if (arc < back) consider(arc, back);
    const [out, home] = [fromUtc[start] as number, fromUtc[end] as number];
    if (start !== 0 && end !== 0 && out >= 0 && home >= 0) consider(out, arc, twin[home] as number);
  }
  return cycles;
}

/** For each node the arc from UTC to it, or −1. */
function utcArcs({ first, head, ids }: PeerGraph): Int32Array {
  const arcs = new Int32Array(ids.length).fill(-1);
  for (let arc = first[0] as number; arc < (first[1] as number); arc++) arcs[head[arc] as number] = arc;
  return arcs;
}

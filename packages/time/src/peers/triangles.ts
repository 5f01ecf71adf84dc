import { midpoint } from "../interval.ts";
import type { PeerGraph } from "./peer-graph.ts";

/**
 * How well three hosts' differences close, as a share of what their bounds allow: the middles of A→B, B→C and C→A add up to
 * nothing where paths are even, and to at most the sum of the half-widths where all three bounds hold. 0 = even, 1 = just
 * possible, more = contradictory. A health figure of paths, never a bound.
 */
export interface Triangle {
  readonly hosts: readonly [string, string, string];
  /** ns; the sum of the middles, in the order of the hosts and back to the first. */
  readonly closure: bigint;
  /** ns; the sum of the half-widths. */
  readonly room: bigint;
}

/** Every triangle of hosts, each once, UTC apart. */
export const triangles = (graph: PeerGraph): Triangle[] => [...triangleArcs(graph, 1)].map((arcs) => triangle(graph, arcs));

/** The arcs of every triangle of nodes numbered from `least` on, each once, in the order of travel. */
export function* triangleArcs({ first, head, ids, twin }: PeerGraph, least: number): Generator<readonly [number, number, number]> {
  const arcTo = new Map<number, number>();
  for (let a = least; a < ids.length; a++) {
    arcTo.clear();
    for (let arc = first[a] as number; arc < (first[a + 1] as number); arc++)
      if ((head[arc] as number) > a) arcTo.set(head[arc] as number, arc);
    for (const [b, ab] of arcTo)
      for (let bc = first[b] as number; bc < (first[b + 1] as number); bc++) {
        const ac = (head[bc] as number) > b ? arcTo.get(head[bc] as number) : undefined;
        if (ac !== undefined) yield [ab, bc, twin[ac] as number];
      }
  }
}

function triangle({ ids, tail, weight, twin }: PeerGraph, arcs: readonly [number, number, number]): Triangle {
  const bounds = arcs.map((arc) => ({ lo: -(weight[twin[arc] as number] as bigint), hi: weight[arc] as bigint }));
  const [width, closure] = [
    bounds.reduce((sum, { lo, hi }) => sum + hi - lo, 0n),
    bounds.reduce((sum, bound) => sum + midpoint(bound), 0n),
  ];
  return { hosts: arcs.map((arc) => ids[tail[arc] as number]) as [string, string, string], closure, room: (width + 1n) / 2n };
}

import type { Interval } from "../interval.ts";
import { isCycle, leastPaths, type NegativeCycle, type Paths } from "./paths.ts";
import { type PeerGraph, UTC_NODE } from "./peer-graph.ts";

/** A bound on C_b − C_a, and the nodes whose constraints, in this order, give its upper and its lower end. */
export interface PairBound extends Interval {
  readonly above: readonly string[];
  readonly below: readonly string[];
}

/** A negative cycle in words: nodes in the order of travel, and by how much the constraints on it contradict each other, ns. */
export interface Contradiction {
  readonly nodes: readonly string[];
  readonly weight: bigint;
}

/** Any cycle whose constraints exclude each other; null = all can be true together. */
export function findContradiction(graph: PeerGraph, without: Uint8Array | null = null): NegativeCycle | null {
  const found = leastPaths(graph, { from: null, without });
  return isCycle(found) ? found : null;
}

export const sayCycle = ({ ids, tail, weight }: PeerGraph, { arcs }: NegativeCycle): Contradiction => ({
  nodes: arcs.map((arc) => ids[tail[arc] as number] as string),
  weight: arcs.reduce((sum, arc) => sum + (weight[arc] as bigint), 0n),
});

/**
 * The tightest bounds on C_host − UTC that all constraints together allow, by host; null = nothing joins it to UTC (M8: two
 * single-source shortest paths). Only of a graph without a contradiction outside of `without`.
 */
export const utcBounds = (graph: PeerGraph, without: Uint8Array | null = null): Map<string, Interval | null> =>
  boundsFrom(graph, UTC_NODE, without);

/** The same of C_node − C_from, for every other node. */
export function boundsFrom(graph: PeerGraph, from: string, without: Uint8Array | null = null): Map<string, Interval | null> {
  const start = graph.nodeOf.get(from);
  if (start === undefined || without?.[start] === 1) return new Map();
  const [above, below] = [pathsOf(graph, start, false, without), pathsOf(graph, start, true, without)];
  const bounds = new Map<string, Interval | null>();
  for (let node = 0; node < graph.ids.length; node++) {
    if (node === start) continue;
    const [hi, lo] = [above.distance(node), below.distance(node)];
    const isKnown = hi !== null && lo !== null && without?.[node] !== 1;
    bounds.set(graph.ids[node] as string, isKnown ? { lo: -lo, hi } : null);
  }
  return bounds;
}

/** The tightest bound on C_b − C_a that all constraints together allow; null = nothing joins them, or one of them is not there. */
export function pairBound(graph: PeerGraph, a: string, b: string, without: Uint8Array | null = null): PairBound | null {
  const [start, end] = [graph.nodeOf.get(a), graph.nodeOf.get(b)];
  if (start === undefined || end === undefined || without?.[start] === 1 || without?.[end] === 1) return null;
  const [above, below] = [pathsOf(graph, start, false, without), pathsOf(graph, start, true, without)];
  const [hi, lo] = [above.distance(end), below.distance(end)];
  if (hi === null || lo === null) return null;
  const walk = (paths: Paths, ends: Int32Array) => wayTo(graph, paths, ends, end);
  return { lo: -lo, hi, above: walk(above, graph.tail), below: walk(below, graph.head) };
}

function pathsOf(graph: PeerGraph, from: number, backwards: boolean, without: Uint8Array | null): Paths {
  const found = leastPaths(graph, { from, backwards, without });
  if (isCycle(found)) throw new RangeError("Cannot bound clocks by constraints that contradict each other");
  return found;
}

/** From the start to `end`. */
function wayTo({ ids }: PeerGraph, { via }: Paths, ends: Int32Array, end: number): string[] {
  const way = [ids[end] as string];
  for (let arc = via[end] as number; arc >= 0; arc = via[ends[arc] as number] as number) way.push(ids[ends[arc] as number] as string);
  return way.reverse();
}

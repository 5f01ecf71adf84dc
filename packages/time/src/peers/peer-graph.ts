import type { Interval } from "../interval.ts";
import { absolute, maxOf, minOf } from "../units.ts";

/** The node that stands for true time. It is never a suspect. */
export const UTC_NODE = "UTC";

/** lo ≤ C_to − C_from ≤ hi, ns, where C is what a node's clock shows; both ends carried to one common epoch (M8). */
export interface PeerEdge extends Interval {
  readonly from: string;
  readonly to: string;
}

/**
 * The difference constraints of a fleet as a graph. Nodes are numbers, UTC is 0. Each edge is two arcs, one for each way; the
 * arcs that leave node n are numbered from `first[n]` to `first[n + 1] − 1`. What several edges say of two nodes is one: all of it holds.
 */
export interface PeerGraph {
  readonly ids: readonly string[];
  readonly nodeOf: ReadonlyMap<string, number>;
  readonly first: Int32Array;
  readonly tail: Int32Array;
  readonly head: Int32Array;
  /** The arc the other way. */
  readonly twin: Int32Array;
  /** At most so much is C_head − C_tail, ns. */
  readonly weight: readonly bigint[];
  /** The same less `shift[head] − shift[tail]`, where every one of them is an integer that a double holds with room for sums; else null. */
  readonly small: Float64Array | null;
  readonly shift: readonly bigint[];
}

export function peerGraph(edges: readonly PeerEdge[]): PeerGraph {
  const nodeOf = new Map([[UTC_NODE, 0]]);
  for (const { from, to } of edges) for (const id of [from, to]) if (!nodeOf.has(id)) nodeOf.set(id, nodeOf.size);
  const merged = mergeEdges(edges, nodeOf);
  const layout = layOut(merged, nodeOf.size);
  const small = shrink(layout, nodeOf.size);
  return { ids: [...nodeOf.keys()], nodeOf, ...layout, ...small };
}

/** Of two nodes, the lower number first. */
interface Merged {
  readonly a: number;
  readonly b: number;
  lo: bigint;
  hi: bigint;
}

function mergeEdges(edges: readonly PeerEdge[], nodeOf: ReadonlyMap<string, number>): readonly Merged[] {
  const merged = new Map<number, Merged>();
  for (const { from, to, lo, hi } of edges) {
    const [a, b] = [nodeOf.get(from) as number, nodeOf.get(to) as number];
    const one = a <= b ? { a, b, lo, hi } : { a: b, b: a, lo: -hi, hi: -lo };
    const key = one.a * nodeOf.size + one.b;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, one);
    else {
      known.lo = maxOf(known.lo, one.lo);
      known.hi = minOf(known.hi, one.hi);
    }
  }
  return [...merged.values()];
}

type Layout = Pick<PeerGraph, "first" | "tail" | "head" | "twin" | "weight">;

function layOut(merged: readonly Merged[], nodes: number): Layout {
  const first = new Int32Array(nodes + 1);
  for (const { a, b } of merged) for (const node of [a, b]) first[node + 1] = (first[node + 1] as number) + 1;
  for (let node = 0; node < nodes; node++) first[node + 1] = (first[node + 1] as number) + (first[node] as number);
  const next = first.slice();
  const [tail, head, twin] = [0, 1, 2].map(() => new Int32Array(2 * merged.length)) as [Int32Array, Int32Array, Int32Array];
  const weight = Array.from({ length: 2 * merged.length }, () => 0n);
  const take = (node: number) => {
    const arc = next[node] as number;
    next[node] = arc + 1;
    return arc;
  };
  for (const { a, b, lo, hi } of merged) {
    const [there, back] = [take(a), take(b)];
    [tail[there], head[there], twin[there], weight[there]] = [a, b, back, hi];
    [tail[back], head[back], twin[back], weight[back]] = [b, a, there, -lo];
  }
  return { first, tail, head, twin, weight };
}

/** Sums of a few of these stay far below 2⁵³. */
const SMALL = 2n ** 46n;

/** Clocks that are years off make weights that no double holds: each is measured from where a first guess puts it. */
function shrink({ first, tail, head, twin, weight }: Layout, nodes: number): Pick<PeerGraph, "small" | "shift"> {
  const isSmall = weight.every((one) => absolute(one) < SMALL);
  const shift = isSmall ? Array.from({ length: nodes }, () => 0n) : guesses({ first, head, twin, weight }, nodes);
  const small = new Float64Array(weight.length);
  for (let arc = 0; arc < weight.length; arc++) {
    const rest = isSmall
      ? (weight[arc] as bigint)
      : (weight[arc] as bigint) - (shift[head[arc] as number] as bigint) + (shift[tail[arc] as number] as bigint);
    if (absolute(rest) >= SMALL) return { small: null, shift };
    small[arc] = Number(rest);
  }
  return { small, shift };
}

/** Where each clock is, roughly, by the fewest edges from UTC. */
function guesses({ first, head, twin, weight }: Omit<Layout, "tail">, nodes: number): bigint[] {
  const guess: (bigint | undefined)[] = [];
  for (let root = 0; root < nodes; root++) {
    if (guess[root] !== undefined) continue;
    guess[root] = 0n;
    const queue = [root];
    for (let node = queue.shift(); node !== undefined; node = queue.shift())
      for (let arc = first[node] as number; arc < (first[node + 1] as number); arc++) {
        const there = head[arc] as number;
        if (guess[there] !== undefined) continue;
        const [least, most] = [-(weight[twin[arc] as number] as bigint), weight[arc] as bigint];
        guess[there] = (guess[node] as bigint) + (least + most) / 2n;
        queue.push(there);
      }
  }
  return guess as bigint[];
}

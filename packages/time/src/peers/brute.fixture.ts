import { type PeerEdge, UTC_NODE } from "./peer-graph.ts";

/** Everything by the definitions and nothing by thought: all pairs by Floyd and Warshall, all sets of hosts by their size. */
export function allPairs(edges: readonly PeerEdge[]): Map<string, Map<string, bigint>> {
  const ids = [...new Set([UTC_NODE, ...edges.flatMap(({ from, to }) => [from, to])])];
  const most = new Map(ids.map((id) => [id, new Map<string, bigint>([[id, 0n]])]));
  const shorten = (a: string, b: string, sum: bigint) => {
    const known = most.get(a)?.get(b);
    if (known === undefined || sum < known) most.get(a)?.set(b, sum);
  };
  for (const { from, to, lo, hi } of edges) {
    shorten(from, to, hi);
    shorten(to, from, -lo);
  }
  for (const through of ids)
    for (const a of ids)
      for (const b of ids) {
        const [first, second] = [most.get(a)?.get(through), most.get(through)?.get(b)];
        if (first !== undefined && second !== undefined) shorten(a, b, first + second);
      }
  return most;
}

export const isConsistent = (edges: readonly PeerEdge[]): boolean => [...allPairs(edges)].every(([id, row]) => (row.get(id) ?? 0n) >= 0n);

const without = (edges: readonly PeerEdge[], hosts: readonly string[]) =>
  edges.filter(({ from, to }) => !hosts.includes(from) && !hosts.includes(to));

/** All sets of the fewest hosts without which the rest is consistent. */
export function leastExplanations(edges: readonly PeerEdge[]): string[][] {
  const hosts = [...new Set(edges.flatMap(({ from, to }) => [from, to]))].filter((id) => id !== UTC_NODE);
  for (let size = 0; size <= hosts.length; size++) {
    const found = subsets(hosts, size).filter((set) => isConsistent(without(edges, set)));
    if (found.length > 0) return found;
  }
  return [];
}

function subsets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, index) => subsets(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]));
}

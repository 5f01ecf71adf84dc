import { boundsFrom, type Interval, intersect, type Triangle, triangles, worstError } from "@truebound/time";
import type { PeersView } from "@truebound/wire";
import type { TierSolution } from "./solution.ts";

/** Of so many nodes all pairs are bounded; of more, the worst of so many that measure each other. */
export const ALL_PAIRS_OF = 100;
export const WORST_PAIRS = 100;

/** A bound on clock b − clock a. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly bound: Interval;
}

/** Worst first. */
export function pairsOf(solution: TierSolution, ids: readonly string[]): Pair[] {
  if (ids.length <= ALL_PAIRS_OF) return allPairs(solution, ids).sort(worstFirst);
  return measuredPairs(solution, new Set(ids)).sort(worstFirst).slice(0, WORST_PAIRS);
}

const worstFirst = (one: Pair, other: Pair): number => {
  const [a, b] = [worstError(one.bound), worstError(other.bound)];
  return a > b ? -1 : a < b ? 1 : one.a < other.a || (one.a === other.a && one.b < other.b) ? -1 : 1;
};

const allPairs = ({ graph, without }: TierSolution, ids: readonly string[]): Pair[] =>
  ids.flatMap((a, index) => {
    const bounds = boundsFrom(graph, a, without);
    return ids.slice(index + 1).flatMap((b) => {
      const bound = bounds.get(b) ?? null;
      return bound === null ? [] : [{ a, b, bound }];
    });
  });

/** By what the two measured and what UTC says of both: wider than all ways together could make it, and quick. */
function measuredPairs({ graph, without, bounds }: TierSolution, ids: ReadonlySet<string>): Pair[] {
  const { tail, head, twin, weight, ids: names } = graph;
  const pairs: Pair[] = [];
  for (let arc = 0; arc < weight.length; arc++) {
    const [start, end, back] = [tail[arc] as number, head[arc] as number, twin[arc] as number];
    const [a, b] = [names[start] as string, names[end] as string];
    if (arc > back || !ids.has(a) || !ids.has(b) || without?.[start] === 1 || without?.[end] === 1) continue;
    const measured = { lo: -(weight[back] as bigint), hi: weight[arc] as bigint };
    pairs.push({ a, b, bound: byUtc(measured, bounds.get(a) ?? null, bounds.get(b) ?? null) });
  }
  return pairs;
}

const byUtc = (measured: Interval, a: Interval | null, b: Interval | null): Interval =>
  (a && b && intersect(measured, { lo: b.lo - a.hi, hi: b.hi - a.lo })) ?? measured;

/** Figures of triangles among these nodes; one without room has none. */
export function closureOf({ graph }: TierSolution, ids: ReadonlySet<string>): PeersView["closure"] {
  const shares = triangles(graph)
    .filter(({ hosts, room }) => room > 0n && hosts.every((id) => ids.has(id)))
    .map(shareOf)
    .sort((a, b) => a - b);
  const greatest = shares.at(-1);
  return greatest === undefined ? null : { triangles: shares.length, median: shares[Math.floor(shares.length / 2)] as number, greatest };
}

const shareOf = ({ closure, room }: Triangle): number => Math.abs(Number(closure)) / Number(room);

import { type PeerEdge, peerGraph, UTC_NODE, utc, utcBounds } from "@truebound/time";
import { describe, expect, it } from "vitest";
import { membersOf } from "./members.ts";
import { closureOf, pairsOf } from "./mesh-figures.ts";
import { RULES, SimMesh, START } from "./simulated-mesh.fixture.ts";
import { meshFacts, solveTier, type TierSolution } from "./solution.ts";

const edge = (from: string, to: string, lo: number, hi: number): PeerEdge => ({ from, to, lo: BigInt(lo), hi: BigInt(hi) });
function solution(edges: readonly PeerEdge[]): TierSolution {
  const graph = peerGraph(edges);
  return {
    tier: "guaranteed",
    graph,
    blame: { contradictions: [], suspects: [], flagged: [], cleared: [], leastLiars: 0 },
    without: null,
    bounds: utcBounds(graph),
  };
}

describe("pairs", () => {
  it("are all of them, the worst first, by whatever way bounds them best", () => {
    const solved = solution([edge(UTC_NODE, "a", 0, 10), edge("a", "b", 5, 6), edge("b", "c", -100, 100)]);
    expect(pairsOf(solved, ["a", "b", "c"])).toEqual([
      { a: "a", b: "c", bound: { lo: -95n, hi: 106n } },
      { a: "b", b: "c", bound: { lo: -100n, hi: 100n } },
      { a: "a", b: "b", bound: { lo: 5n, hi: 6n } },
    ]);
  });
  it("of more than a hundred nodes are the hundred worst that were measured, and hold the truth", () => {
    const mesh = new SimMesh(60, 101);
    const now = utc(START + 200n * 1_000_000_000n);
    const solved = solveTier(meshFacts(now, membersOf(mesh.entries(200), RULES, now), [], mesh.edges(200)), "guaranteed");
    const errors = new Map(mesh.hosts.map(({ id, error }) => [id, error]));
    const pairs = pairsOf(solved, [...errors.keys()]);
    expect(pairs).toHaveLength(100);
    for (const { a, b, bound } of pairs) {
      const apart = (errors.get(b) as bigint) - (errors.get(a) as bigint);
      expect(bound.lo <= apart && apart <= bound.hi).toBe(true);
    }
  });
});

describe("how triangles close", () => {
  it("is a share of what their bounds allow, of nodes that are meant", () => {
    const solved = solution([edge("a", "b", -10, 10), edge("b", "c", -10, 10), edge("a", "c", 5, 25)]);
    expect(closureOf(solved, new Set(["a", "b", "c"]))).toEqual({ triangles: 1, median: 0.5, greatest: 0.5 });
    expect(closureOf(solved, new Set(["a", "b"]))).toBeNull();
  });
});

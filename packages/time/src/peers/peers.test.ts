import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blame } from "./blame.ts";
import { allPairs, isConsistent, leastExplanations } from "./brute.fixture.ts";
import { relaxExactly } from "./exact-paths.ts";
import { isCycle, leastPaths } from "./paths.ts";
import { type PeerEdge, peerGraph, UTC_NODE } from "./peer-graph.ts";
import { findContradiction, pairBound, sayCycle, utcBounds } from "./solve.ts";
import { triangles } from "./triangles.ts";

const edge = (from: string, to: string, lo: number | bigint, hi: number | bigint): PeerEdge => ({
  from,
  to,
  lo: BigInt(lo),
  hi: BigInt(hi),
});

/** C11: three hosts, two of which UTC reaches on its own, and one that only hangs on them. */
const FLEET = [
  edge(UTC_NODE, "A", -5000, 7000),
  edge(UTC_NODE, "B", -200, 300),
  edge("A", "B", -400, 900),
  edge("B", "C", 100, 350),
  edge(UTC_NODE, "C", -4000, 4000),
];
const CONTRADICTORY = [...FLEET.slice(0, 4), edge(UTC_NODE, "C", 900, 4000)];

describe("a fleet whose bounds can all be true", () => {
  it("is bounded by its shortest paths", () => {
    const graph = peerGraph(FLEET);
    expect(findContradiction(graph)).toBeNull();
    expect(Object.fromEntries(utcBounds(graph))).toEqual({
      A: { lo: -1100n, hi: 700n },
      B: { lo: -200n, hi: 300n },
      C: { lo: -100n, hi: 650n },
    });
    expect(pairBound(graph, "A", "C")).toEqual({ lo: -300n, hi: 1250n, above: ["A", "B", "C"], below: ["C", "B", "A"].reverse() });
    expect(blame(graph)).toEqual({ contradictions: [], suspects: [], flagged: [], cleared: [], leastLiars: 0 });
  });
  it("says nothing of who is joined to nobody", () => {
    const graph = peerGraph([...FLEET, edge("X", "Y", -1, 1)]);
    expect(utcBounds(graph).get("X")).toBeNull();
    expect([pairBound(graph, "X", "A"), pairBound(graph, "X", "nobody"), pairBound(graph, "Y", "X")?.hi]).toEqual([null, null, 1n]);
  });
  it("is as exact with a clock that is 300 years off, and with one of which the edges say so little that no double holds it", () => {
    const far = 300n * 365n * 86_400_000_000_000n;
    const graph = peerGraph([...FLEET, edge("C", "D", far, far + 10n), edge("D", "E", -far * 4n, far * 4n)]);
    expect(utcBounds(graph).get("D")).toEqual({ lo: far - 100n, hi: far + 660n });
    expect(utcBounds(graph).get("E")).toEqual({ lo: -3n * far - 100n, hi: 5n * far + 660n });
  });
});

describe("a fleet whose bounds contradict each other", () => {
  it("names a cycle, and who may lie", () => {
    const graph = peerGraph(CONTRADICTORY);
    const said = blame(graph);
    expect(said).toEqual({
      contradictions: [{ nodes: expect.arrayContaining([UTC_NODE, "B", "C"]), weight: -250n }],
      suspects: ["B", "C"],
      flagged: [],
      cleared: ["A"],
      leastLiars: 1,
    });
  });
  it("accuses the one whom all others contradict", () => {
    const liar = ["B", "C", "D"].map((host) => edge("A", host, 49_000, 51_000));
    const honest = ["B", "C", "D"].map((host) => edge(UTC_NODE, host, -500, 500));
    const said = blame(peerGraph([edge(UTC_NODE, "A", -500, 500), ...honest, ...liar]));
    expect([said.flagged, said.suspects, said.cleared, said.leastLiars]).toEqual([["A"], ["A"], ["B", "C", "D"], 1]);
  });
  it("searches two conflicts apart from each other", () => {
    const pair = (a: string, b: string, c: string) => [
      ...[a, b, c].map((host) => edge(UTC_NODE, host, -5, 5)),
      edge(a, b, 100, 110),
      edge(a, c, 100, 110),
      edge(b, c, -3, 3),
    ];
    const said = blame(peerGraph([...pair("A", "B", "C"), ...pair("D", "E", "F")]));
    expect([said.flagged, said.leastLiars]).toEqual([["A", "D"], 2]);
  });
  it("suspects all of a conflict that no three explain, and accuses none", () => {
    const hosts = [..."ABCDEFGHIJKL"];
    const edges = hosts.flatMap((host, index) => [
      edge(UTC_NODE, host, index % 2 === 0 ? -5 : 95, index % 2 === 0 ? 5 : 105),
      ...hosts.slice(index + 1).map((other) => edge(host, other, -2, 2)),
    ]);
    expect(blame(peerGraph(edges))).toMatchObject({ suspects: hosts, flagged: [], cleared: [], leastLiars: 4 });
  });
  it("of which there are too many to search suspects all in them and accuses none of them, and the rest still contradicts nothing", () => {
    const circles = Array.from({ length: 250 }, (_, index) => [`a${index}`, `b${index}`, `c${index}`] as const);
    const edges = circles.flatMap(([a, b, c]) => [edge(a, b, 1, 2), edge(b, c, 1, 2), edge(c, a, 1, 2), edge(UTC_NODE, a, -9, 9)]);
    const graph = peerGraph([...edges, edge(UTC_NODE, "z", -1, 1), edge("z", "y", -1, 1)]);
    const said = blame(graph);
    expect([said.suspects, said.flagged, said.cleared]).toEqual([circles.flat().sort(), [], ["y", "z"]]);
    expect(said.leastLiars).toBe(250);
    const without = Uint8Array.from(graph.ids, (id) => (said.suspects.includes(id) ? 1 : 0));
    expect(utcBounds(graph, without).get("y")).toEqual({ lo: -2n, hi: 2n });
  });
});

/** Small fleets around true clocks, some of whose edges are moved off the truth. */
const fleets = fc
  .record({
    clocks: fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 6 }),
    edges: fc.array(
      fc.tuple(
        fc.nat(6),
        fc.nat(6),
        fc.nat(40),
        fc.nat(40),
        fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -300, max: 300 }) }),
      ),
      { maxLength: 18 },
    ),
    scale: fc.constantFrom(1n, 10n ** 16n),
  })
  .map(({ clocks, edges, scale }) => {
    const nodes = [0, ...clocks];
    const name = (node: number) => (node === 0 ? UTC_NODE : `h${node}`);
    return edges.flatMap(([a, b, below, above, lie]) => {
      const [from, to] = [a % nodes.length, b % nodes.length];
      if (from === to) return [];
      const difference = (nodes[to] as number) - (nodes[from] as number) + lie;
      return [edge(name(from), name(to), BigInt(difference - below) * scale, BigInt(difference + above) * scale)];
    });
  });

describe("any small fleet", () => {
  it("has a contradiction just where brute force finds one, and the cycle named is one", () =>
    fc.assert(
      fc.property(fleets, (edges) => {
        const graph = peerGraph(edges);
        const cycle = findContradiction(graph);
        expect(cycle === null).toBe(isConsistent(edges));
        if (cycle === null) return;
        const { nodes, weight } = sayCycle(graph, cycle);
        expect(new Set(nodes).size).toBe(nodes.length);
        const heads = cycle.arcs.map((arc) => graph.ids[graph.head[arc] as number]);
        expect(heads).toEqual([...nodes.slice(1), nodes[0]]);
        expect(weight < 0n).toBe(true);
      }),
    ));
  it("is bounded as all pairs of it are", () =>
    fc.assert(
      fc.property(fleets, (edges) => {
        if (!isConsistent(edges)) return;
        const graph = peerGraph(edges);
        const most = allPairs(edges);
        for (const [host, bound] of utcBounds(graph)) {
          const [hi, below] = [most.get(UTC_NODE)?.get(host), most.get(host)?.get(UTC_NODE)];
          expect(bound).toEqual(hi === undefined || below === undefined ? null : { lo: -below, hi });
        }
        for (const a of graph.ids)
          for (const b of graph.ids) {
            const bound = pairBound(graph, a, b);
            expect(bound?.hi).toBe(most.get(b) === undefined ? undefined : most.get(a)?.get(b));
          }
      }),
    ));
  it("has the same shortest ways in doubles and in integers of any size", () =>
    fc.assert(
      fc.property(fleets, fc.boolean(), (edges, backwards) => {
        const graph = peerGraph(edges);
        const [fast, slow] = [leastPaths(graph, { from: 0, backwards }), relaxExactly(graph, { from: 0, backwards })];
        expect(isCycle(fast)).toBe(isCycle(slow));
        if (isCycle(fast) || isCycle(slow)) return;
        for (let node = 0; node < graph.ids.length; node++) expect(fast.distance(node)).toBe(slow.distance(node));
      }),
    ));
  it("blames just those whom all smallest explanations leave", () =>
    fc.assert(
      fc.property(fleets, (edges) => {
        const explanations = leastExplanations(edges);
        const size = explanations[0]?.length ?? 0;
        const said = blame(peerGraph(edges));
        const hosts = [...new Set(edges.flatMap(({ from, to }) => [from, to]))].filter((id) => id !== UTC_NODE).sort();
        expect(said.contradictions.length > 0).toBe(size > 0);
        expect(said.leastLiars).toBeLessThanOrEqual(size);
        // Beyond three it depends on which conflicts hang together.
        if (size > 3) return;
        expect(said.suspects).toEqual(hosts.filter((host) => explanations.some((set) => set.includes(host))));
        expect(said.flagged).toEqual(hosts.filter((host) => explanations.every((set) => set.includes(host))));
        expect(said.cleared).toEqual(size === 0 ? [] : hosts.filter((host) => !said.suspects.includes(host)));
        expect(said.leastLiars).toBe(size);
      }),
      { numRuns: 500 },
    ));
});

describe("triangles", () => {
  it("are each found once, and close as their middles do", () => {
    const square = [
      edge("A", "B", -10, 30),
      edge("B", "C", -10, 10),
      edge("C", "A", -5, 5),
      edge("C", "D", 0, 1),
      edge(UTC_NODE, "A", 0, 1),
    ];
    expect(triangles(peerGraph(square))).toEqual([{ hosts: ["A", "B", "C"], closure: 10n, room: 35n }]);
  });
  it("that cannot close are contradictions", () =>
    fc.assert(
      fc.property(fleets, (edges) => {
        const graph = peerGraph(edges);
        const torn = triangles(graph).some(({ closure, room }) => (closure < 0n ? -closure : closure) > room + 3n);
        if (torn) expect(findContradiction(graph)).not.toBeNull();
      }),
    ));
});

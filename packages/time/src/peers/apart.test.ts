import { describe, expect, it } from "vitest";
import { conflictsApart } from "./apart.ts";
import { blame } from "./blame.ts";
import { type PeerEdge, peerGraph, UTC_NODE } from "./peer-graph.ts";

const edge = (from: string, to: string, lo: number, hi: number): PeerEdge => ({ from, to, lo: BigInt(lo), hi: BigInt(hi) });

/** The first contradicts both others, and what it says of itself. */
const liarAmong = (a: string, b: string, c: string) => [
  ...[a, b, c].map((host) => edge(UTC_NODE, host, -5, 5)),
  edge(a, b, 100, 110),
  edge(a, c, 100, 110),
  edge(b, c, -3, 3),
];

describe("conflicts that share no host", () => {
  it("are told apart, each with its own suspects and its own least number of liars", () => {
    const said = blame(peerGraph([...liarAmong("A", "B", "C"), ...liarAmong("D", "E", "F"), edge(UTC_NODE, "G", -5, 5)]));
    expect(conflictsApart(said)).toEqual([
      { contradictions: expect.any(Array), suspects: ["A"], flagged: ["A"], cleared: ["B", "C"], leastLiars: 1 },
      { contradictions: expect.any(Array), suspects: ["D"], flagged: ["D"], cleared: ["E", "F"], leastLiars: 1 },
    ]);
    expect(conflictsApart(said).flatMap(({ contradictions }) => contradictions)).toHaveLength(said.contradictions.length);
  });
  it("are one where they meet in a host", () => {
    const said = blame(peerGraph([...liarAmong("A", "B", "C"), ...liarAmong("D", "B", "F")]));
    expect(conflictsApart(said)).toMatchObject([{ flagged: ["A", "D"], leastLiars: 2, cleared: ["B", "C", "F"] }]);
  });
  it("are none where nothing contradicts", () => {
    expect(conflictsApart(blame(peerGraph([edge(UTC_NODE, "A", 0, 1)])))).toEqual([]);
  });
});

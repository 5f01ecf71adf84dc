import {
  type Blame,
  blame,
  type Interval,
  type PeerEdge,
  type PeerGraph,
  pairBound,
  peerGraph,
  UTC_NODE,
  utcBounds,
} from "@truebound/time";
import type { Explained } from "./bound.ts";
import { CaseReader, type Json } from "./case-reader.ts";

interface PeersCase {
  readonly edges: readonly PeerEdge[];
  readonly pairs: readonly (readonly [string, string])[];
}

/** `truebound explain peers`: a graph of differences in, bounds or contradictions with those suspected out. */
export function explainPeersCase(json: Json): Explained {
  const reader = new CaseReader(json);
  const given = readCase(reader);
  const ignored = reader.strangers;
  if (reader.problems.length > 0) return { kind: "unreadable", problems: reader.problems, ignored };
  return { kind: "explained", answer: answer(given), ignored, doubts: [] };
}

function readCase(reader: CaseReader): PeersCase {
  const edges = reader.key("edges");
  if (!edges.present) edges.problem("is missing: it must be a list");
  const read = edges.list(readEdge);
  const known = new Set([UTC_NODE, ...read.flatMap(({ from, to }) => [from, to])]);
  const pairs = reader.key("pairs").list((pair) => readPair(pair, known));
  for (const remark of ["id", "about", "expect"]) reader.key(remark);
  reader.closeObject();
  return { edges: read, pairs };
}

function readEdge(reader: CaseReader): PeerEdge {
  const [from, to] = [reader.key("from").text(), reader.key("to").text()];
  const [lo, hi] = [reader.key("lo_ns").integer(), reader.key("hi_ns").integer()];
  if (from === to) reader.problem(`is from ${JSON.stringify(from)} to itself: an edge joins two nodes`);
  if (lo > hi) reader.problem(`has lo_ns ${lo} above hi_ns ${hi}`);
  reader.closeObject();
  return { from, to, lo, hi };
}

function readPair(reader: CaseReader, known: ReadonlySet<string>): readonly [string, string] {
  const names = reader.list((name) => {
    const id = name.text();
    if (!known.has(id)) name.problem(`is ${JSON.stringify(id)}: no edge names it`);
    return id;
  });
  if (names.length !== 2) reader.problem("must be a list of two nodes");
  return [names[0] ?? "", names[1] ?? ""];
}

function answer({ edges, pairs }: PeersCase): object {
  const graph = peerGraph(edges);
  const said = blame(graph);
  return said.contradictions.length === 0 ? sayBounds(graph, pairs) : sayBlame(said);
}

const sayBounds = (graph: PeerGraph, pairs: PeersCase["pairs"]) => ({
  consistent: true,
  nodes: Object.fromEntries([...utcBounds(graph)].map(([host, bound]) => [host, { clock_minus_utc: bound && sayEnds(bound) }])),
  pairs: pairs.map(([a, b]) => ({ a, b, ...(sayEnds(pairBound(graph, a, b)) ?? { lo_ns: null, hi_ns: null }) })),
  ...sayNames({ contradictions: [], suspects: [], flagged: [], cleared: [], leastLiars: 0 }),
});

/** What contradicts itself bounds nothing. */
const sayBlame = (said: Blame) => ({ consistent: false, nodes: {}, pairs: [], ...sayNames(said) });

const sayNames = ({ contradictions, suspects, flagged, cleared, leastLiars }: Blame) => ({
  negative_cycles: contradictions.map(({ nodes, weight }) => ({ nodes, weight_ns: weight.toString() })),
  suspects,
  flagged,
  cleared,
  least_liars: leastLiars,
});

const sayEnds = (bound: Interval | null) => bound && { lo_ns: bound.lo.toString(), hi_ns: bound.hi.toString() };

import {
  type Blame,
  blameInSteps,
  type Interval,
  type MeshHost,
  meshEdges,
  type PeerEdge,
  type PeerGraph,
  peerGraph,
  type Steps,
  type UtcInstant,
  utcBounds,
} from "@truebound/time";
import type { Tier } from "@truebound/wire";
import { isFreshEdge, type Member, withFreshHull } from "./members.ts";
import type { MeasuredEdge } from "./ports.ts";
import type { Target } from "./target.ts";
import { targetEdges } from "./target-edges.ts";
import { meshHostOf, rulerEdgesOf } from "./tier-constraints.ts";

/** What is known of the mesh at one moment. */
export interface MeshFacts {
  readonly asOf: UtcInstant;
  readonly members: ReadonlyMap<string, Member>;
  readonly targets: ReadonlyMap<string, Target>;
  /** Received lately, between nodes that are there, on the rulers by which they are known now. */
  readonly edges: readonly MeasuredEdge[];
}

export interface TierSolution {
  readonly tier: Tier;
  readonly graph: PeerGraph;
  readonly blame: Blame;
  /** Marks the suspects, whose constraints count for nobody; null = there are none. */
  readonly without: Uint8Array | null;
  /** On each node's clock − UTC. */
  readonly bounds: ReadonlyMap<string, Interval | null>;
}

export interface Solution {
  readonly facts: MeshFacts;
  readonly guaranteed: TierSolution;
  readonly tight: TierSolution;
}

export function meshFacts(
  asOf: UtcInstant,
  members: readonly Member[],
  targets: readonly Target[],
  edges: readonly MeasuredEdge[],
): MeshFacts {
  const memberOf = new Map(members.map((member) => [member.record.id, member]));
  const targetOf = new Map(targets.map((target) => [target.id, target]));
  const isOn = (id: string, ruler: number) => {
    const member = memberOf.get(id);
    return member !== undefined && member.reading !== null && member.mesh.ruler === ruler;
  };
  const isKnown = (edge: MeasuredEdge) =>
    edge.from !== edge.to &&
    isFreshEdge(edge) &&
    isOn(edge.from, edge.fromRuler) &&
    (edge.toRuler === null ? targetOf.has(edge.to) : isOn(edge.to, edge.toRuler));
  return { asOf, members: memberOf, targets: targetOf, edges: edges.filter(isKnown).map(withFreshHull) };
}

/** One tier, in steps between which others may have the process. */
type Solving = Steps<TierSolution>;

/** So many edges are carried in a step. */
const STEP_EDGES = 5_000;

/**
 * One tier: hosts first, then with the targets, for when a target was measured follows from the bound of the agent that did.
 * Where constraints contradict each other the suspects leave the graph with all that they say and all that is said of them. What
 * stays is consistent, since without any of the smallest explanations it is; suspects have no bound.
 */
export function* solving({ members, edges }: MeshFacts, tier: Tier): Solving {
  const hosts = [...members.values()].flatMap((member) => meshHostOf(member, tier) ?? []);
  const [between, silent] = [meshEdges(hosts, []), withoutClaims(hosts)];
  for (let start = 0; start < edges.length; start += STEP_EDGES) {
    const some = edges.slice(start, start + STEP_EDGES).flatMap((edge) => rulerEdgesOf(edge, tier));
    for (const edge of meshEdges(silent, some)) between.push(edge);
    yield;
  }
  const alone = yield* bounding(tier, between);
  const measured = edges.filter(({ toRuler }) => toRuler === null);
  const toTargets = targetEdges(new Map(hosts.map((host): [string, MeshHost] => [host.id, host])), alone.bounds, measured, tier);
  return toTargets.length === 0 ? alone : yield* bounding(tier, [...between, ...toTargets]);
}

export const isSuspect = ({ graph, without }: TierSolution, id: string): boolean => {
  const node = graph.nodeOf.get(id);
  return node !== undefined && without?.[node] === 1;
};

/** Without a pause. */
export function solveTier(facts: MeshFacts, tier: Tier): TierSolution {
  const steps = solving(facts, tier);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

export const withoutClaims = (hosts: readonly MeshHost[]): MeshHost[] => hosts.map((host) => ({ ...host, claim: null }));

function* bounding(tier: Tier, edges: readonly PeerEdge[]): Solving {
  const graph = peerGraph(edges);
  yield;
  const said = yield* blameInSteps(graph);
  yield;
  const without = said.suspects.length === 0 ? null : marked(graph, said.suspects);
  return { tier, graph, blame: said, without, bounds: utcBounds(graph, without) };
}

function marked({ ids, nodeOf }: PeerGraph, hosts: readonly string[]): Uint8Array {
  const marks = new Uint8Array(ids.length);
  for (const host of hosts) marks[nodeOf.get(host) as number] = 1;
  return marks;
}

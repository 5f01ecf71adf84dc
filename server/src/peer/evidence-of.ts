import { type Contradiction, UTC_NODE } from "@truebound/time";
import type { Tier } from "@truebound/wire";
import type { MeshFacts } from "./solution.ts";
import { spansOf } from "./tier-constraints.ts";

/**
 * Names of what contradictions rest on: readings of hosts beside UTC, and measurements between two that stand beside each other.
 * All measurements of such two count, since one of them gives one end of what is known and another the other.
 */
export function evidenceOf(contradictions: readonly Contradiction[], facts: MeshFacts, tier: Tier): Set<string> {
  const pairs = contradictions.flatMap(({ nodes }) =>
    nodes.map((node, index) => [node, nodes[(index + 1) % nodes.length] as string] as const),
  );
  const claimants = pairs.filter((pair) => pair.includes(UTC_NODE)).map(([a, b]) => (a === UTC_NODE ? b : a));
  const between = new Set(pairs.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  const measured = facts.edges.filter(({ from, to }) => between.has(`${from} ${to}`));
  return new Set([
    ...claimants.map((id) => `${id} reads ${facts.members.get(id)?.reading?.raw}`),
    ...measured.flatMap((edge) => spansOf(edge, tier).map(({ at }, kind) => `${edge.from} to ${edge.to}, ${kind}, at ${at}`)),
  ]);
}

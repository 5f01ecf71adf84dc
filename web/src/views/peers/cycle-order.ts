import { UTC } from "./accusation.ts";

/** The same way round, begun at UTC where it is on it. */
export function utcFirst(nodes: readonly string[]): string[] {
  const start = Math.max(0, nodes.indexOf(UTC));
  return [...nodes.slice(start), ...nodes.slice(0, start)];
}

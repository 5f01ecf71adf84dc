import type { PairView } from "@truebound/wire";
import { UTC } from "./accusation.ts";

/** The same way round, begun at UTC where it is on it. */
export function utcFirst(nodes: readonly string[]): string[] {
  const start = Math.max(0, nodes.indexOf(UTC));
  return [...nodes.slice(start), ...nodes.slice(0, start)];
}

type Measurement = PairView["direct"][number];

/** Of the measurements between two the one that says most on a way from a to b: by which clock b is the least ahead at most. */
export const strongest = (direct: readonly Measurement[], a: string): Measurement | null =>
  direct.reduce<Measurement | null>((best, one) => (best === null || atMostAhead(one, a) < atMostAhead(best, a) ? one : best), null);

const atMostAhead = ({ from, lo_ns, hi_ns }: Measurement, a: string): bigint => (from === a ? BigInt(hi_ns) : -BigInt(lo_ns));

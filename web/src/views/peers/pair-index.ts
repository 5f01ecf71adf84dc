import type { PeerPair } from "@truebound/wire";

export type PairOf = (a: string, b: string) => PeerPair | null;

const keyOf = (a: string, b: string): string => (a < b ? `${a} ${b}` : `${b} ${a}`);

/** Pairs by their two ends, whichever comes first. */
export function pairIndex(pairs: readonly PeerPair[]): PairOf {
  const index = new Map(pairs.map((pair) => [keyOf(pair.a, pair.b), pair]));
  return (a, b) => index.get(keyOf(a, b)) ?? null;
}

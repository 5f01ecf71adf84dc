import type { Spark } from "@truebound/wire";

/** What is known of the last hours of hosts; null = it could not be had. */
export type Sparks = ReadonlyMap<string, HeldSpark>;

export interface HeldSpark {
  readonly spark: Spark | null;
  /** When it was asked for, monotonic. */
  readonly at_ms: number;
}

const FRESH_MS = 60_000;
const AT_ONCE = 100;
/** Those that are no longer on show are let go, the longest known first, beyond this many. */
const HELD_MOST = 400;

/** Hosts on show of which nothing is held, or something old; in parts, of which each is one question. */
export function dueSparks(held: Sparks, ids: readonly string[], now_ms: number): string[][] {
  const due = ids.filter((id) => now_ms - (held.get(id)?.at_ms ?? Number.NEGATIVE_INFINITY) >= FRESH_MS);
  return Array.from({ length: Math.ceil(due.length / AT_ONCE) }, (_, part) => due.slice(part * AT_ONCE, (part + 1) * AT_ONCE));
}

/** `sparks` null = the question had no answer: what was known before stays. */
export function laidIn(held: Sparks, asked: readonly string[], sparks: readonly Spark[] | null, now_ms: number): Sparks {
  const next = new Map(held);
  const answered = new Map(sparks?.map((spark) => [spark.id, spark]));
  for (const id of asked) {
    const known = sparks === null ? (held.get(id)?.spark ?? null) : null;
    next.delete(id);
    next.set(id, { spark: answered.get(id) ?? known, at_ms: now_ms });
  }
  return next.size > HELD_MOST ? new Map([...next].slice(-HELD_MOST)) : next;
}

import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Source } from "../probe/source.ts";

/** The numeric address of a source: itself, or the one that its slot has among the name's addresses. Null when the name does not resolve. */
export async function resolveSource(source: Source): Promise<string | null> {
  if (isIP(source.host) !== 0) return source.host;
  try {
    const found = await lookup(source.host, { all: true });
    const distinct = [...new Set(found.map(({ address }) => address))];
    return distinct[source.slot] ?? null;
  } catch {
    return null; // unresolved is a state of the source, counted and shown as such
  }
}

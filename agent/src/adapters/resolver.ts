import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Source } from "../probe/source.ts";

/** An IPv4 address of a host; null when it has none. */
export async function resolveIpv4(host: string): Promise<string | null> {
  try {
    return (await lookup(host, { family: 4 })).address;
  } catch {
    return null; // as below
  }
}

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

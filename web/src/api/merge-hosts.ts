import type { HostSummary } from "@truebound/wire";

/**
 * News laid over the list without moving a row: the order is the server's, and comes with the next list. Hosts that the
 * list does not know yet stand at its end until then; one that was retired meanwhile leaves it.
 */
export function mergeHosts(hosts: readonly HostSummary[], news: ReadonlyMap<string, HostSummary>): HostSummary[] {
  const known = new Set(hosts.map(({ id }) => id));
  const fresh = [...news.values()].filter(({ id }) => !known.has(id));
  return [...hosts.map((host) => news.get(host.id) ?? host), ...fresh].filter(({ liveness }) => liveness !== "retired");
}

/** News after which the server may order or count differently. A worst error of as many digits moves a row by little. */
export const changesOrder = (before: HostSummary | undefined, after: HostSummary): boolean =>
  before === undefined ||
  before.status !== after.status ||
  before.liveness !== after.liveness ||
  before.worst_error_ns?.length !== after.worst_error_ns?.length;

import { parseUtc } from "@truebound/time";
import type { HostSummary } from "@truebound/wire";

/**
 * News laid over the list without moving a row: the order is the server's, and comes with the next list. Hosts that the
 * list does not know yet stand at its end until then; one that was retired meanwhile leaves it. News that is older than what
 * the list says is none.
 */
export function mergeHosts(hosts: readonly HostSummary[], news: ReadonlyMap<string, HostSummary>): HostSummary[] {
  const strangers = new Map(news);
  const merged = hosts.map((host) => (strangers.delete(host.id) ? newer(host, news.get(host.id)) : host));
  return [...merged, ...strangers.values()].filter(({ liveness }) => liveness !== "retired");
}

const newer = (listed: HostSummary, news: HostSummary | undefined): HostSummary =>
  news === undefined || isBefore(news, listed) ? listed : news;

/** By the host's latest reading, else by when the server last heard it. Who was never measured comes before who was. */
function isBefore(a: HostSummary, b: HostSummary): boolean {
  const [readA, readB] = [instant(a.as_of), instant(b.as_of)];
  if (readA !== readB) return readA < readB;
  return instant(a.last_received_at) < instant(b.last_received_at);
}

const NEVER = -(2n ** 64n);
const instant = (text: string | null): bigint => (text === null ? null : parseUtc(text)) ?? NEVER;

/** News after which the server may order or count differently. A worst error of as many digits moves a row by little. */
export const changesOrder = (before: HostSummary | undefined, after: HostSummary): boolean =>
  before === undefined ||
  before.status !== after.status ||
  before.liveness !== after.liveness ||
  before.worst_error_ns?.length !== after.worst_error_ns?.length;

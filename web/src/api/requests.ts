import type { FleetSparks, HostDetail, HostEvent, HostList, HostSummary, PairView, PeersView, Series, TermsSeries } from "@truebound/wire";
import type { Answer } from "./answer.ts";
import { getJson } from "./get-json.ts";
import type { ServerClock } from "./server-clock.ts";

const API = "/api/v1";
/** As many as the server gives at once: each page more would wait for the one before. */
const PAGE = "10000";

/** All hosts in the server's order, page after page. A host whose rank changes meanwhile may come twice; its first place counts. */
export async function loadHosts(clock: ServerClock, signal: AbortSignal): Promise<Answer<HostSummary[]>> {
  const hosts = new Map<string, HostSummary>();
  let after: string | null = null;
  do {
    const query: string = new URLSearchParams({ limit: PAGE, ...(after === null ? {} : { after }) }).toString();
    const page: Answer<HostList> = await getJson(`${API}/hosts?${query}`, clock, signal);
    if (!page.ok) return page;
    for (const host of page.value.items) hosts.set(host.id, host);
    after = page.value.next;
  } while (after !== null);
  return { ok: true, value: [...hosts.values()] };
}

export const loadHost = (id: string, clock: ServerClock, signal: AbortSignal): Promise<Answer<HostDetail>> =>
  getJson(`${API}/hosts/${encodeURIComponent(id)}`, clock, signal);

/** How far back sparks look. */
export const SPARK_HOURS = 6;

/** Of at most 100 hosts at once. */
export function loadSparks(ids: readonly string[], clock: ServerClock, signal: AbortSignal): Promise<Answer<FleetSparks>> {
  const query = new URLSearchParams({ from: `now-${SPARK_HOURS}h`, points: "72" });
  return getJson(`${API}/fleet/sparks?ids=${ids.join(",")}&${query}`, clock, signal);
}

export interface SeriesWish {
  /** RFC 3339, or relative to the server's clock: "now-15m". */
  readonly from: string;
  readonly to: string;
  readonly points: number;
}

export function loadSeries(id: string, { from, to, points }: SeriesWish, clock: ServerClock, signal: AbortSignal): Promise<Answer<Series>> {
  const query = new URLSearchParams({ from, to, points: String(points) });
  return getJson(`${API}/hosts/${encodeURIComponent(id)}/series?${query}`, clock, signal);
}

/** Of a stretch, newest first, as many as a picture can show. */
export function loadEvents(
  id: string,
  { from, to }: Pick<Series, "from" | "to">,
  clock: ServerClock,
  signal: AbortSignal,
): Promise<Answer<{ readonly items: readonly HostEvent[] }>> {
  const query = new URLSearchParams({ from, to, limit: "200" });
  return getJson(`${API}/hosts/${encodeURIComponent(id)}/events?${query}`, clock, signal);
}

export function loadTerms(
  id: string,
  { from, to }: Pick<SeriesWish, "from" | "to">,
  clock: ServerClock,
  signal: AbortSignal,
): Promise<Answer<TermsSeries>> {
  const query = new URLSearchParams({ from, to, points: "120" });
  return getJson(`${API}/hosts/${encodeURIComponent(id)}/terms?${query}`, clock, signal);
}

export const loadPeers = (clock: ServerClock, signal: AbortSignal): Promise<Answer<PeersView>> => getJson(`${API}/peers`, clock, signal);

export const loadPair = (a: string, b: string, clock: ServerClock, signal: AbortSignal): Promise<Answer<PairView>> =>
  getJson(`${API}/peers/${encodeURIComponent(a)}/${encodeURIComponent(b)}`, clock, signal);

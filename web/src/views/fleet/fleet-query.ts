import type { HostSummary } from "@truebound/wire";
import { withQuery } from "../../route/query.ts";
import { matching } from "./search.ts";

/** What of the fleet is on show and in which order, as the address says it. */
export interface FleetQuery {
  readonly words: string;
  /** Each as name=value; a host must carry all of them. */
  readonly labels: readonly string[];
  readonly sort: Sort | null;
}

export interface Sort {
  readonly by: SortKey;
  readonly isDown: boolean;
}

export const SORT_KEYS = ["name", "status", "worst", "heard"] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export function readFleetQuery(search: string): FleetQuery {
  const query = new URLSearchParams(search);
  const sort = query.get("sort") ?? "";
  const by = SORT_KEYS.find((key) => key === sort.replace(/^-/, ""));
  const labels = (query.get("labels") ?? "").split(",").filter((label) => label.includes("="));
  return { words: query.get("q") ?? "", labels, sort: by === undefined ? null : { by, isDown: sort.startsWith("-") } };
}

/** The address with these labels. A comma would end one, so it stands as a percent sign and its code. */
export const withLabels = (search: string, labels: readonly string[]): string =>
  withQuery(search, { labels: labels.join(","), ranks: null });

export const labelText = (name: string, value: string): string => `${name}=${value}`.replaceAll(",", "%2C");

/** The next press: the worse end first, then the other, then the server's order again. */
export function nextSort(sort: Sort | null, by: SortKey): string | null {
  const first = by === "name" || by === "status" ? by : `-${by}`;
  const second = first === by ? `-${by}` : by;
  if (sort?.by !== by) return first;
  return (sort.isDown ? `-${by}` : by) === first ? second : null;
}

export function selected(hosts: readonly HostSummary[], { words, labels }: FleetQuery): readonly HostSummary[] {
  const found = matching(hosts, words);
  if (labels.length === 0) return found;
  return found.filter((host) => labels.every((label) => carries(host, label)));
}

const carries = ({ labels }: HostSummary, label: string): boolean =>
  Object.entries(labels).some(([name, value]) => labelText(name, value) === label);

/** In the server's order unless another is asked for. Who has no figure stands behind all that have one, whichever way. */
export function ordered(hosts: readonly HostSummary[], sort: Sort | null): readonly HostSummary[] {
  if (sort === null) return hosts;
  const compare = COMPARE[sort.by];
  const has = HAS[sort.by];
  return hosts.toSorted((a, b) => Number(has(b)) - Number(has(a)) || (sort.isDown ? compare(b, a) : compare(a, b)));
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byName = new Intl.Collator("en", { numeric: true });
/** Decimal strings of magnitudes: the longer is the greater. */
const magnitude = (a: string, b: string): number => a.length - b.length || text(a, b);
const COMPARE: Readonly<Record<SortKey, (a: HostSummary, b: HostSummary) => number>> = {
  name: (a, b) => byName.compare(a.name, b.name),
  status: (a, b) => text(a.liveness, b.liveness) || text(a.status, b.status),
  worst: (a, b) => magnitude(a.worst_error_ns ?? "0", b.worst_error_ns ?? "0"),
  heard: (a, b) => text(a.last_received_at ?? "", b.last_received_at ?? ""),
};
const HAS: Readonly<Record<SortKey, (host: HostSummary) => boolean>> = {
  name: () => true,
  status: () => true,
  worst: ({ worst_error_ns }) => worst_error_ns !== null,
  heard: ({ last_received_at }) => last_received_at !== null,
};

/** News in the order that stood before; who was not there then comes last. */
export function keepOrder(ids: readonly string[], hosts: readonly HostSummary[]): readonly HostSummary[] {
  const rank = new Map(ids.map((id, index) => [id, index]));
  const rankOf = ({ id }: HostSummary): number => rank.get(id) ?? ids.length;
  return hosts.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** The labels that hosts carry, each with how many do; the most frequent first, and so many of them at most. */
export function labelsPresent(hosts: readonly HostSummary[], most: number): { readonly label: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { labels } of hosts)
    for (const [name, value] of Object.entries(labels)) {
      const label = labelText(name, value);
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
  return [...counts]
    .map(([label, count]) => ({ label, count }))
    .sort((a, b) => b.count - a.count || text(a.label, b.label))
    .slice(0, most);
}

/** Whether the hosts at each place carry the same labels, whoever they are. */
export const sameLabels = (a: readonly HostSummary[], b: readonly HostSummary[]): boolean =>
  a.length === b.length && a.every((host, place) => host === b[place] || sameSet(host.labels, b[place]?.labels ?? {}));

function sameSet(a: HostSummary["labels"], b: HostSummary["labels"]): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

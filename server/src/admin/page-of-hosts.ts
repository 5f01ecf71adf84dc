import { decodeCursor, encodeCursor } from "../query/cursor.ts";
import type { EnrolmentView } from "./ports.ts";

export interface HostsQuestion {
  /** Words; each must stand somewhere in the id, the name, the state or the labels, in any case. */
  readonly q: string;
  readonly limit: number;
  /** The `next` of the page before; null = from the beginning. */
  readonly after: string | null;
}

export interface HostsPage {
  readonly items: readonly EnrolmentView[];
  readonly next: string | null;
  readonly found: number;
  readonly total: number;
}

/** As the page says them too. */
const STATES: Readonly<Record<EnrolmentView["state"], string>> = {
  pending: "waits for approval",
  active: "may report",
  suspended: "suspended",
  revoked: "revoked",
  retired: "retired",
};

/** What waits first, then by name. Null = the cursor is none of this list. */
export function pageOfHosts(hosts: readonly EnrolmentView[], { q, limit, after }: HostsQuestion): HostsPage | null {
  const start = after === null ? null : placeOf(after);
  if (after !== null && start === null) return null;
  const words = q.toLowerCase().split(/\s+/);
  const found = hosts.filter((host) => words.every((word) => textOf(host).includes(word))).toSorted((a, b) => inOrder(keyOf(a), keyOf(b)));
  const rest = start === null ? found : found.filter((host) => inOrder(start, keyOf(host)) < 0);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    next: last === undefined || rest.length <= limit ? null : encodeCursor(keyOf(last)),
    found: found.length,
    total: hosts.length,
  };
}

const textOf = ({ id, name, state, labels }: EnrolmentView): string =>
  `${id} ${name} ${state} ${STATES[state]} ${Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(" ")}`.toLowerCase();

type Key = [waits: string, name: string, id: string];
const keyOf = ({ state, name, id }: EnrolmentView): Key => [state === "pending" ? "0" : "1", name, id];

function inOrder(a: Key, b: Key): number {
  const at = a.findIndex((part, index) => part !== b[index]);
  return at < 0 ? 0 : String(a[at]) < String(b[at]) ? -1 : 1;
}

function placeOf(cursor: string): Key | null {
  const [waits, name, id] = decodeCursor(cursor, 3) ?? [];
  return (waits === "0" || waits === "1") && typeof name === "string" && typeof id === "string" ? [waits, name, id] : null;
}

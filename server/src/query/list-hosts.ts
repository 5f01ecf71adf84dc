import type { HostList } from "@truebound/wire";
import { bySeverity, type SeverityKey, severityKey } from "../fleet/severity.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { decodeCursor, encodeCursor } from "./cursor.ts";

export interface ListQuestion {
  readonly limit: number;
  readonly after: string | null;
  /** Part of the name, in any case; null = all. */
  readonly search: string | null;
  /** Those that were retired too. */
  readonly retired?: boolean;
}

export const LIMIT_MAX = 10_000;
export const LIMIT_DEFAULT = 200;

/** One page of the fleet, worst first. */
export function listHosts(entries: readonly FleetEntry[], { limit, after, search, retired = false }: ListQuestion): HostList | Refusal {
  const start = after === null ? null : keyOf(after);
  if (after !== null && start === null) return refuse("bad_request", "Cannot continue from this cursor: it is none that this list gave");
  const wanted = search?.toLowerCase() ?? "";
  const ranked = entries
    .filter(({ liveness }) => retired || liveness !== "retired")
    .filter(({ record }) => record.name.toLowerCase().includes(wanted))
    .map((entry) => ({ entry, key: severityKey(entry.record, entry.liveness) }))
    .filter(({ key }) => start === null || bySeverity(start, key) < 0)
    .sort((a, b) => bySeverity(a.key, b.key));
  const page = ranked.slice(0, limit);
  const last = page.at(-1);
  return { items: page.map(({ entry }) => entry.summary), next: last && ranked.length > limit ? cursorOf(last.key) : null };
}

const cursorOf = ({ concern, worst, name, id }: SeverityKey): string => encodeCursor([concern, worst?.toString() ?? null, name, id]);

function keyOf(cursor: string): SeverityKey | null {
  const [concern, worst, name, id] = decodeCursor(cursor, 4) ?? [];
  if (concern !== "blind" && concern !== "measured" && concern !== "out_of_service") return null;
  if (typeof name !== "string" || typeof id !== "string" || (worst && !/^\d{1,30}$/.test(worst))) return null;
  return { concern, worst: worst ? BigInt(worst) : null, name, id };
}

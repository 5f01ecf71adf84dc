import type { Incident } from "@truebound/wire";
import { toMs } from "../../../format/instant.ts";
import { withQuery } from "../../../route/query.ts";

const AIR_MS = 10 * 60_000;

/** The stretch of time in which an incident lay, with ten minutes before and after, as a query of the host page. */
export function rangeAround({ opened_at, resolved_at }: Pick<Incident, "opened_at" | "resolved_at">): string {
  const to = resolved_at === null ? "now" : instantOf(toMs(resolved_at) + AIR_MS);
  return withQuery("", { from: instantOf(toMs(opened_at) - AIR_MS), to });
}

const instantOf = (at_ms: number): string => new Date(at_ms).toISOString();

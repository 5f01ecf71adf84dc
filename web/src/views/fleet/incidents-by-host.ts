import type { Incident } from "@truebound/wire";
import { hostOfCause } from "../../format/cause-words.ts";
import { worstFirst } from "../incidents/shelves.ts";

/** The worst open incident of each host of which that is the matter alone; what many share is told above the list. */
export function incidentsByHost(incidents: readonly Incident[]): ReadonlyMap<string, Incident> {
  const worst = new Map<string, Incident>();
  for (const incident of incidents.toSorted(worstFirst)) {
    const host = hostOfCause(incident.cause);
    if (host !== null && !worst.has(host)) worst.set(host, incident);
  }
  return worst;
}

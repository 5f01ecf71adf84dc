import { refidOf } from "../adapters/refid-of.ts";
import type { FleetEntry } from "../fleet/watcher.ts";
import { type FleetSources, lookAtSources } from "../source/fleet-sources.ts";

/** Hosts report every few seconds; whoever asks more often is told the same. */
const KEPT_MS = 1000;

export function sourcesOf(fleet: { entries(): FleetEntry[] }, monotonic: () => number): () => FleetSources {
  let kept: { readonly at: number; readonly sources: FleetSources } | null = null;
  return () => {
    const now = monotonic();
    if (kept === null || now - kept.at >= KEPT_MS) kept = { at: now, sources: lookAtSources(fleet.entries(), refidOf) };
    return kept.sources;
  };
}

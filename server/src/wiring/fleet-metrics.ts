import { type MetricsPage, metricsPage } from "../adapters/prometheus/registry.ts";
import type { FleetWatcher } from "../fleet/watcher.ts";
import { fleetSamples, type Sample } from "../metrics/fleet-samples.ts";
import { peerSamples } from "../metrics/peer-samples.ts";
import { ReportedErrors } from "../metrics/reported-errors.ts";
import { ownClockSamples } from "../metrics/server-samples.ts";
import { sourceSamples } from "../metrics/source-samples.ts";
import type { MeshState } from "../peer/peer-keeper.ts";

export interface MetricsParts {
  readonly watcher: FleetWatcher;
  /** Null = the mesh was not solved yet. */
  readonly mesh: () => MeshState | null;
  /** Of this machine; null = it has none. */
  readonly bootId: string | null;
  /** What the other parts of this process say of themselves. */
  readonly others: () => readonly Sample[];
}

/** The page that a Prometheus reads, made anew each time of what is known of the fleet then. */
export function joinMetrics({ watcher, mesh, bootId, others }: MetricsParts): MetricsPage {
  const reported = new ReportedErrors();
  watcher.subscribe(({ id }) => {
    const entry = watcher.entry(id);
    if (entry !== null) reported.heard(entry);
  });
  const samples = () => {
    const entries = watcher.entries();
    return [
      ...fleetSamples(entries, watcher.rules),
      ...sourceSamples(entries),
      ...ownClockSamples(entries, bootId),
      ...peerSamples(mesh()),
      ...others(),
    ];
  };
  return metricsPage(samples, { reportedErrorBound: () => reported.samples() });
}

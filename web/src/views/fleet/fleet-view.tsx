import type { HostSummary } from "@truebound/wire";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useOpenIncidents } from "../../api/open-incidents.ts";
import { useFleet } from "../../api/use-fleet.ts";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { Loading } from "../parts/loading.tsx";
import { StaleBanner } from "../parts/stale-banner.tsx";
import { StaleFrame } from "../parts/stale-frame.tsx";
import { useStale } from "../parts/use-stale.ts";
import { useTitle } from "../parts/use-title.ts";
import { FleetEmpty } from "./fleet-empty.tsx";
import { FleetIncidents } from "./fleet-incidents.tsx";
import { FleetList } from "./fleet-list.tsx";
import { FleetSummary } from "./fleet-summary.tsx";

export function FleetView({ search }: { readonly search: string }): JSX.Element {
  const { loaded, renew } = useFleet();
  const since = useStale(loaded);
  useTitle(loaded.kind === "ready" ? titleOf(loaded.value) : "Fleet");
  const isWaiting = useIncidentsAwaited(loaded.kind === "ready");
  if (loaded.kind === "loading" || (loaded.kind === "ready" && isWaiting)) return <Loading title="Asking the server for the fleet…" />;
  if (loaded.kind === "failed") return <FailureNotice failure={loaded.failure} onRetry={renew} />;
  return (
    <>
      {since !== null && <StaleBanner since={since} failure={loaded.failure} onRetry={renew} />}
      {loaded.value.length === 0 ? <FleetEmpty /> : <Fleet hosts={loaded.value} search={search} since={since} />}
    </>
  );
}

const PATIENCE_MS = 500;

/** What is open stands above all hosts: they wait for it, so that they need not move; but not for long. */
function useIncidentsAwaited(areHostsThere: boolean): boolean {
  const { loaded } = useOpenIncidents();
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    if (!areHostsThere) return;
    const timer = window.setTimeout(() => setOver(true), PATIENCE_MS);
    return () => window.clearTimeout(timer);
  }, [areHostsThere]);
  return loaded.kind === "loading" && !isOver;
}

interface FleetProps {
  readonly hosts: readonly HostSummary[];
  readonly search: string;
  readonly since: string | null;
}

const Fleet = ({ hosts, search, since }: FleetProps): JSX.Element => (
  <StaleFrame isStale={since !== null}>
    <FleetSummary hosts={hosts} search={search} since={since} />
    <FleetIncidents search={search} />
    <FleetList hosts={hosts} search={search} isStale={since !== null} />
  </StaleFrame>
);

const titleOf = (hosts: readonly HostSummary[]): string => (hosts.length === 1 ? "1 host" : `${hosts.length} hosts`);

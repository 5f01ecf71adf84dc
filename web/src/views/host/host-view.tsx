import type { HostDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { isNotFound } from "../../api/answer.ts";
import { useHost } from "../../api/use-host.ts";
import { Link } from "../../route/link.tsx";
import { lastingQuery } from "../../route/query.ts";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { Loading } from "../parts/loading.tsx";
import { Notice } from "../parts/notice.tsx";
import { StaleBanner } from "../parts/stale-banner.tsx";
import { StaleFrame } from "../parts/stale-frame.tsx";
import { useStale } from "../parts/use-stale.ts";
import { useTitle } from "../parts/use-title.ts";
import { BandSection } from "./band-section.tsx";
import { BatchesOverTime } from "./batches-over-time.tsx";
import { DaemonSection } from "./daemon-section.tsx";
import { EventsSection } from "./events-section.tsx";
import { ForecastSection } from "./forecast-section.tsx";
import { HostFacts } from "./host-facts.tsx";
import { HostHeading } from "./host-heading.tsx";
import { HostIncidents } from "./host-incidents.tsx";
import { SourcesSection } from "./sources-section.tsx";
import { TermsSection } from "./terms-section.tsx";
import { TrueTimeSection } from "./true-time-section.tsx";

interface HostViewProps {
  readonly id: string;
  readonly search: string;
}

export function HostView({ id, search }: HostViewProps): JSX.Element {
  const { loaded, renew } = useHost(id);
  const since = useStale(loaded);
  useTitle(loaded.kind === "ready" ? loaded.value.name : "Host");
  if (loaded.kind === "loading") return <Loading title="Asking the server for this host…" />;
  if (loaded.kind === "failed")
    return isNotFound(loaded.failure) ? (
      <UnknownHost id={id} search={search} />
    ) : (
      <FailureNotice failure={loaded.failure} onRetry={renew} />
    );
  return (
    <>
      {since !== null && <StaleBanner since={since} failure={loaded.failure} onRetry={renew} />}
      <Host host={loaded.value} search={search} isStale={since !== null} />
    </>
  );
}

interface HostProps {
  readonly host: HostDetail;
  readonly search: string;
  readonly isStale: boolean;
}

const Host = ({ host, search, isStale }: HostProps): JSX.Element => (
  <article class="host">
    <Link to={`/${lastingQuery(search)}`} class="back">
      ◂ All hosts
    </Link>
    <StaleFrame isStale={isStale}>
      <HostHeading host={host} isStale={isStale} />
      <HostIncidents host={host} search={search} />
      <TrueTimeSection host={host} />
      <HostFacts host={host} />
      <BandSection host={host} search={search} />
      <DaemonSection host={host} />
      <TermsSection host={host} />
      <BatchesOverTime host={host} search={search} />
      <ForecastSection host={host} />
      <SourcesSection host={host} search={search} />
      <EventsSection host={host} />
    </StaleFrame>
  </article>
);

const UnknownHost = ({ id, search }: HostViewProps): JSX.Element => (
  <Notice title="This host is not known">
    <p>
      The server has no host <code>{id}</code>. It may never have enrolled, or the address is cut short.{" "}
      <Link to={`/${lastingQuery(search)}`}>All hosts</Link>
    </p>
  </Notice>
);

import type { IncidentDetail } from "@truebound/wire";
import type { JSX } from "preact";
import { isNotFound } from "../../../api/answer.ts";
import { useIncident } from "../../../api/use-incidents.ts";
import { Link } from "../../../route/link.tsx";
import { INCIDENTS_PATH } from "../../../route/place.ts";
import { lastingQuery } from "../../../route/query.ts";
import { FailureNotice } from "../../parts/failure-notice.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Notice } from "../../parts/notice.tsx";
import { StaleBanner } from "../../parts/stale-banner.tsx";
import { StaleFrame } from "../../parts/stale-frame.tsx";
import { useStale } from "../../parts/use-stale.ts";
import { useTitle } from "../../parts/use-title.ts";
import { ActionsSection } from "./actions-section.tsx";
import { DeliveriesSection } from "./deliveries-section.tsx";
import { FlightsSection } from "./flights-section.tsx";
import { GuideSection } from "./guide-section.tsx";
import { IncidentHeading } from "./incident-heading.tsx";
import { KnownSection } from "./known-section.tsx";
import { MembersSection } from "./members-section.tsx";
import { TimelineSection } from "./timeline-section.tsx";

interface IncidentViewProps {
  readonly id: string;
  readonly search: string;
}

export function IncidentView({ id, search }: IncidentViewProps): JSX.Element {
  const { loaded, renew } = useIncident(id);
  const since = useStale(loaded);
  useTitle(loaded.kind === "ready" ? loaded.value.title : "Incident");
  if (loaded.kind === "loading") return <Loading title="Asking the server for this incident…" />;
  if (loaded.kind === "failed")
    return isNotFound(loaded.failure) ? (
      <UnknownIncident id={id} search={search} />
    ) : (
      <FailureNotice failure={loaded.failure} onRetry={renew} />
    );
  return (
    <>
      {since !== null && <StaleBanner since={since} failure={loaded.failure} onRetry={renew} />}
      <Whole incident={loaded.value} search={search} isStale={since !== null} onChanged={renew} />
    </>
  );
}

interface WholeProps {
  readonly incident: IncidentDetail;
  readonly search: string;
  readonly isStale: boolean;
  readonly onChanged: () => void;
}

const Whole = ({ incident, search, isStale, onChanged }: WholeProps): JSX.Element => (
  <article class="host incident-page">
    <Link to={`${INCIDENTS_PATH}${lastingQuery(search)}`} class="back">
      ◂ All incidents
    </Link>
    <StaleFrame isStale={isStale}>
      <IncidentHeading incident={incident} search={search} />
      <KnownSection incident={incident} />
      <GuideSection incident={incident} />
      <ActionsSection incident={incident} onChanged={onChanged} />
      <MembersSection incident={incident} search={search} />
      <div class="incident-told">
        <TimelineSection timeline={incident.timeline} />
        <DeliveriesSection deliveries={incident.deliveries} />
      </div>
      <FlightsSection flights={incident.flights} />
    </StaleFrame>
  </article>
);

const UnknownIncident = ({ id, search }: IncidentViewProps): JSX.Element => (
  <Notice title="This incident is not known">
    <p>
      The server has no incident <code>{id}</code>. It may be older than what is kept, or the address is cut short.{" "}
      <Link to={`${INCIDENTS_PATH}${lastingQuery(search)}`}>All incidents</Link>
    </p>
  </Notice>
);
